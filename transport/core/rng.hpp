// The machines' only source of chance: seeded, so that every run can be replayed.
#pragma once

#include <cstdint>

#include "transport/core/check.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/time.hpp"

namespace hawser {

/// SplitMix64 (Steele, Lea, Flood 2014): small and fast; not for secrets.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    return mix64(state_);
  }
  /// Uniform in [0, bound); `bound` > 0. (The bias below 2^-32 for small bounds does not matter here.)
  std::uint64_t below(std::uint64_t bound) {
    HAWSER_CHECK(bound > 0);
    return next() % bound;
  }
  /// Uniform in [low, high].
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    const std::uint64_t last = high - low;
    return last == UINT64_MAX ? next() : low + below(last + 1);
  }
  /// Uniform in [low, high].
  Duration between(Duration low, Duration high) {
    return Duration{static_cast<std::int64_t>(
        between(static_cast<std::uint64_t>(low.count()), static_cast<std::uint64_t>(high.count())))};
  }
  /// True once in `n` times on average.
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  /// True with probability `permille` / 1000.
  bool permille(std::uint64_t permille) { return below(1000) < permille; }
  /// A generator of its own, whose draws do not disturb this one's.
  Rng fork() { return Rng{next()}; }

 private:
  std::uint64_t state_;
};

}  // namespace hawser
