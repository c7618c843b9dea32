// A coordinator with its mapper in virtual time: joins, leaves, and releases after a grace period.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "lwg/mapper.hpp"

namespace hawser::bench {

/// Threads: single-threaded.
class MappingRun {
 public:
  struct Counts {
    std::array<std::uint64_t, 4> by_kind{};  // Placement::Kind
    std::vector<std::int64_t> times_ns;      // of the placements
  };

  MappingRun(const MapperPolicy& policy, std::uint32_t topics, std::uint64_t seed);

  void join(std::uint32_t topic, std::uint32_t node, double now_seconds);
  /// Of one of the members, which must not be the last.
  void leave(std::uint32_t topic, std::size_t member, double now_seconds);
  /// Lets those out who have not been needed for as long as the grace period.
  void release_until(double seconds);

  [[nodiscard]] bool is_member(std::uint32_t topic, std::uint32_t node) const;
  [[nodiscard]] std::size_t size_of(std::uint32_t topic) const { return members_[topic].size(); }
  [[nodiscard]] const Mapper& mapper() const { return mapper_; }
  /// Since the last call.
  [[nodiscard]] Counts take_counts();

 private:
  struct Idle {
    double since_seconds;
    GroupId heavy;
    NodeId node;
  };
  void place(std::uint32_t topic, double now_seconds);

  Mapper mapper_;
  std::vector<std::vector<NodeId>> members_;  // by topic, oldest first
  std::deque<Idle> perhaps_idle_;
  Counts counts_;
};

/// The light-weight group of a topic.
[[nodiscard]] inline LightGroupId light_group_of(std::uint32_t topic) { return LightGroupId{topic + 1}; }

}  // namespace hawser::bench
