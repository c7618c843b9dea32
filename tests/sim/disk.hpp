// A site's disk, which outlives its processes: one file, written in the background, of which a crash leaves either the
// old or the new.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

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

/// A write takes long where a voter that waits for it holds up what waits for a primary view.
constexpr Duration kLongWrite = 100ms;

class Disk {
 public:
  /// What its processes have met.
  struct Counts {
    std::uint64_t failed = 0;
    std::uint64_t slow = 0;           ///< took longer than kLongWrite
    std::uint64_t restarts_lost = 0;  ///< starts after a crash that lost what was being written
  };

  Disk(const DiskProfile& profile, Rng rng) : profile_(profile), rng_(rng) {}

  /// Takes a write. Returns when it will be over.
  Instant write(StoreRequest request, Instant now) {
    const bool slow = rng_.permille(profile_.slow_permille);
    const Duration takes = rng_.between(profile_.sync_min, slow ? Duration{1s} : profile_.sync_max);
    busy_until_ = std::max(now, busy_until_) + takes;
    writes_.push_back({std::move(request), takes, rng_.permille(profile_.fail_permille)});
    return busy_until_;
  }
  /// What has become of the oldest write.
  struct Written {
    std::uint64_t ticket = 0;
    bool failed = false;
  };
  Written finish() {
    const Write write = carry_out();
    if (write.fails) ++counts_.failed;
    if (write.takes > kLongWrite) ++counts_.slow;
    return {write.request.ticket, write.fails};
  }
  void on_start() {
    if (std::exchange(lost_, false)) ++counts_.restarts_lost;
  }
  /// The process is gone: of what it had not been told of, any beginning may be on the disk.
  void on_crash() {
    while (!writes_.empty() && rng_.one_in(2)) carry_out();
    lost_ = std::any_of(writes_.begin(), writes_.end(), [](const Write& write) { return !write.fails; });
    writes_.clear();
    busy_until_ = {};
  }
  [[nodiscard]] const std::optional<VotingState>& state() const { return state_; }
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Write {
    StoreRequest request;
    Duration takes{};
    bool fails = false;
  };

  Write carry_out() {
    Write write = std::move(writes_.front());
    writes_.pop_front();
    if (!write.fails) state_ = write.request.state;
    return write;
  }

  DiskProfile profile_;
  Rng rng_;
  std::optional<VotingState> state_;
  std::deque<Write> writes_;
  Instant busy_until_{};
  bool lost_ = false;  // by the last crash
  Counts counts_;
};

}  // namespace hawser::sim
