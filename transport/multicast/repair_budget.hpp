// How much of what others lack a node sends at a time: a repair must not push out of a receiver's buffer what comes
// new.
#pragma once

#include <cstddef>

#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"
#include "transport/multicast/receive_window.hpp"

namespace hawser {

/// Of the credit, which is what the slowest receiver's buffer has room for, one part in so many may be repairs for all,
/// and as much repairs for those who are answered alone.
inline constexpr std::size_t kRepairShare = 2;

/// Counts what a node repairs for all its groups together, in stretches of kRepairInterval. What is refused is asked
/// for again.
class RepairBudget {
 public:
  /// True where so many bytes may go out now. The first packet of a stretch always may.
  bool take(std::size_t bytes, std::size_t credit_bytes, Time now) {
    if (begun_ == Time::min() || now - begun_ >= kRepairInterval) {
      begun_ = now;
      used_ = 0;
    }
    if (used_ > 0 && used_ + bytes > credit_bytes / kRepairShare) return false;
    used_ += bytes;
    return true;
  }

  void add_to(StateDigest& digest) const {
    digest.add_past(begun_, kRepairInterval);
    digest.add(used_);
  }

 private:
  Time begun_ = Time::min();
  std::size_t used_ = 0;
};

}  // namespace hawser
