// Which members hold up this node's stream in one view, so that a minority of slow ones does not set everybody's pace.
//
// While the stream waits for credit, those are to blame who lack more than half of what is on its way, as long as most
// members have it. Who is to blame for nine tenths of the time, for kLagPatience, is slow from there on: its
// acknowledgements return no credit until it lacks no more than what is on its way to the others. What is kept for it
// is bounded by kUnstablePacketsMax (send_window.hpp): beyond that the stream waits for it again.
#pragma once

#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"

namespace hawser {

inline constexpr Duration kLagPatience = std::chrono::milliseconds{100};
/// Time when nobody is to blame counts so many times.
inline constexpr int kLagForgiveness = 9;
/// More than this between two observations is not held against anybody: it was this node that did not run.
inline constexpr Duration kLagObservedMax = std::chrono::milliseconds{50};

/// Threads: single-threaded.
class Laggards {
 public:
  void start_view(std::size_t members);

  /// How it has stood since the last call: by rank, how far each member has acknowledged this node's stream of `sent`
  /// packets, and whether that was held up. To be called before each acknowledgement counts, and from time to time.
  /// Returns those that are slow from here on.
  std::vector<Rank> observe(const std::vector<Seqno>& acknowledged, Seqno sent, bool held_up, Time now);

  /// What all members have that are not slow.
  [[nodiscard]] Seqno credited(const std::vector<Seqno>& acknowledged) const;
  [[nodiscard]] bool is_slow(Rank member) const { return members_[member].slow; }

  void add_to(StateDigest& digest) const {
    digest.add(members_);
    digest.add_past(observed_at_, kLagObservedMax);
  }

 private:
  struct Member {
    bool slow = false;
    Duration blame{};
  };
  [[nodiscard]] std::vector<bool> to_blame(const std::vector<Seqno>& acknowledged, Seqno sent) const;

  std::vector<Member> members_;
  Time observed_at_ = Time::min();
};

}  // namespace hawser
