// A site's disk, which outlives its processes: one file, written in the background, of which a crash leaves either the
// old or the new.
#pragma once

#include <deque>
#include <optional>

#include "tests/sim/sim_time.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/rng.hpp"

namespace hawser::sim {

struct DiskProfile {
  Duration sync_min = 200us;  ///< one write with its fsync
  Duration sync_max = 5ms;
  unsigned slow_permille = 0;  ///< of writes that take up to a second
  unsigned fail_permille = 0;  ///< of writes that never succeed
};

class Disk {
 public:
  Disk(const DiskProfile& profile, Rng rng) : profile_(profile), rng_(rng) {}

  /// Takes a write. Returns when it will be over.
  Instant write(StoreRequest request, Instant now) {
    const bool slow = rng_.permille(profile_.slow_permille);
    const Duration takes = rng_.between(profile_.sync_min, slow ? Duration{1s} : profile_.sync_max);
    busy_until_ = std::max(now, busy_until_) + takes;
    writes_.push_back({std::move(request), rng_.permille(profile_.fail_permille)});
    return busy_until_;
  }
  /// What has become of the oldest write.
  struct Written {
    std::uint64_t ticket = 0;
    bool failed = false;
  };
  Written finish() {
    Write write = std::move(writes_.front());
    writes_.pop_front();
    if (!write.fails) state_ = std::move(write.request.state);
    return {write.request.ticket, write.fails};
  }
  /// The process is gone: of what it had not been told of, any beginning may be on the disk.
  void on_crash() {
    while (!writes_.empty() && rng_.one_in(2)) finish();
    writes_.clear();
    busy_until_ = {};
  }
  [[nodiscard]] const std::optional<VotingState>& state() const { return state_; }

 private:
  struct Write {
    StoreRequest request;
    bool fails = false;
  };
  DiskProfile profile_;
  Rng rng_;
  std::optional<VotingState> state_;
  std::deque<Write> writes_;
  Instant busy_until_{};
};

}  // namespace hawser::sim
