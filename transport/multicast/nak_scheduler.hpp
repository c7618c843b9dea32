// Decides when to ask for one sender's missing packets.
// Source: RFC 5401 (random back-off, suppression). Departs: a NAK goes by unicast to who can repair, and it is the
// repair, which is multicast, that silences the others who miss the same: so a NAK costs nobody else an interrupt.
#pragma once

#include <algorithm>

#include "transport/core/ids.hpp"
#include "transport/core/rng.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"

namespace hawser {

struct NakTimes {
  Duration backoff_min = std::chrono::microseconds{200};  ///< before the first NAK: reordered packets may still come
  Duration backoff_max = std::chrono::microseconds{1200};
  Duration retry_min = std::chrono::milliseconds{6};  ///< doubled each time nothing came of it
  Duration retry_max = std::chrono::milliseconds{25};
  Duration progress = std::chrono::milliseconds{3};  ///< added to the back-off once something came of it
};

/// States: idle (no gap), waiting (a gap, asked 0 or more times).
class NakScheduler {
 public:
  /// `contiguous` is what is held without a gap: when it grows, asking has helped, and waits are short again. Not all
  /// may come at once, so the rest is asked for before long.
  void on_gap(Seqno contiguous, const NakTimes& times, Rng& rng, Time now) {
    if (deadline_ != kNever && contiguous == asked_at_) return;
    asked_at_ = contiguous;
    retry_ = times.retry_min;
    const Duration wait = rng.between(times.backoff_min, times.backoff_max) + (asked_ ? times.progress : Duration{});
    deadline_ = std::min(deadline_, now + wait);
  }
  void on_no_gap() {
    deadline_ = kNever;
    asked_ = false;
  }
  /// True when a NAK is due now; the next one is scheduled.
  bool due(const NakTimes& times, Rng& rng, Time now) {
    if (now < deadline_) return false;
    deadline_ = now + rng.between(retry_, retry_ * 3 / 2);
    retry_ = std::min(retry_ * 2, times.retry_max);
    asked_ = true;
    return true;
  }
  [[nodiscard]] Time next_deadline() const { return deadline_; }

  void add_to(StateDigest& digest) const { digest.add(deadline_, retry_, asked_at_, asked_); }

 private:
  Time deadline_ = kNever;
  Duration retry_{};
  Seqno asked_at_;
  bool asked_ = false;
};

}  // namespace hawser
