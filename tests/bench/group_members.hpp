// The four processes of a groups benchmark, and how they come to be in all topics.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/group_member.hpp"

namespace hawser::bench {

inline constexpr std::uint32_t kGroupMembers = 4;

/// What members sent, and how much memory they use.
struct MemberFigures {
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t heap_bytes = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MemberFigures, datagrams, bytes, resident_bytes, heap_bytes)

/// When a join had reached which of its stages; CLOCK_MONOTONIC.
struct JoinTimes {
  std::int64_t began_ns = 0;   ///< just before the call of the joiner
  std::int64_t views_ns = 0;   ///< all who are in the topics have the views of all of them with the joiner
  std::int64_t synced_ns = 0;  ///< the joiner has the state of all
};

/// Threads: one at a time.
class GroupMembers {
 public:
  /// Starts the processes and waits until all are in one view. `topics`: in how many they will be.
  /// Errors: as GroupMember's, and so with the others.
  Status start(std::uint32_t topics);
  /// Lets one that is in none of the topics subscribe to all, and waits until it is done everywhere.
  Result<JoinTimes> join(std::uint32_t index);
  /// From now on the topics are as many others, of which nobody is a member yet.
  void go_on_to_other_topics() { in_.clear(); }
  /// Waits until what may follow a join is over: topics that move to another heavy-weight group, acknowledgements.
  void settle() const;
  /// Ends the subscription of one that is in the topics. Returns the time just before. Who waits for the others to be
  /// done calls wait_until_all_changed_ns().
  Result<std::int64_t> leave_ns(std::uint32_t index);
  /// As leave_ns(), by SIGKILL.
  std::int64_t kill_ns(std::uint32_t index);
  /// When the last of those in the topics had the views of all topics with one more change.
  Result<std::int64_t> wait_until_all_changed_ns();

  /// Of all that run but `left_out`, added up.
  Result<MemberFigures> figures(std::optional<std::uint32_t> left_out = std::nullopt);
  /// Ends those that still run.
  Status end();

  [[nodiscard]] const GroupMember& at(std::uint32_t index) const { return members_[index]; }
  /// Those in all topics.
  [[nodiscard]] const std::vector<std::uint32_t>& in() const { return in_; }

 private:
  std::vector<GroupMember> members_;
  std::vector<std::uint32_t> in_;
  std::vector<std::uint32_t> running_;
};

}  // namespace hawser::bench
