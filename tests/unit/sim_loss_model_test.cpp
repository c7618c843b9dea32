#include "tests/sim/loss_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hawser::sim {
namespace {

// Sends a datagram each 100 us for `length`; returns how many of a thousand were lost, and the longest silence.
struct Losses {
  std::uint64_t permille = 0;
  Duration silence_max{};
};
Losses lose(const LossProfile& profile, Duration length) {
  LossModel model;
  Rng rng{1};
  model.change(profile, Instant{});
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  Instant last_received{};
  Losses losses;
  for (Instant now{}; now.time_since_epoch() < length; now += 100us) {
    ++sent;
    if (model.drops(now, rng)) {
      ++lost;
      losses.silence_max = std::max(losses.silence_max, Duration{now - last_received});
    } else {
      last_received = now;
    }
  }
  losses.permille = lost * 1000 / sent;
  return losses;
}

TEST(SimLossModel, IndependentLossIsAsOftenAsAsked) {
  const Losses losses = lose({.independent_permille = 300}, 100s);
  EXPECT_NEAR(static_cast<double>(losses.permille), 300, 10);
}

TEST(SimLossModel, ABurstLosesEverythingAndEnds) {
  const Losses losses = lose({.burst_gap_max = 200ms, .burst_length_max = 50ms}, 100s);
  EXPECT_GT(losses.permille, 100U);
  EXPECT_LT(losses.permille, 300U);
  EXPECT_GT(losses.silence_max, 25ms);
  EXPECT_LT(losses.silence_max, 200ms) << "loss alone would excuse an exclusion";
}

TEST(SimLossModel, WithoutAProfileNothingIsLost) { EXPECT_EQ(lose({}, 1s).permille, 0U); }

}  // namespace
}  // namespace hawser::sim
