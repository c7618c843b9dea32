#include <gtest/gtest.h>

#include "tests/sim/sim_time.hpp"
#include "transport/core/rng.hpp"

namespace hawser::sim {
namespace {

TEST(SimClock, AFastClockGainsAMillisecondASecond) {
  const DriftingClock clock{Time{100s}, 1000};
  EXPECT_EQ(clock.at(Instant{1s}), Time{101s + 1ms});
}

TEST(SimClock, WhenIsTheFirstInstantAtWhichTheClockShowsIt) {
  Rng rng{1};
  for (int i = 0; i < 10'000; ++i) {
    const DriftingClock clock{Time{rng.between(Duration{1s}, Duration{1'000'000s})},
                              static_cast<int>(rng.below(2001)) - 1000};
    const Time local = clock.at(Instant{}) + rng.between(Duration{1ns}, Duration{3600s});
    const Instant instant = clock.when(local);
    EXPECT_GE(clock.at(instant), local);
    EXPECT_LT(clock.at(instant - 1ns), local);
  }
}

TEST(SimClock, ADeadlineThatNeverComesIsNoInstant) {
  EXPECT_EQ((DriftingClock{Time{5s}, -1000}.when(kNever)), kNeverHappens);
}

TEST(SimClock, ATimeBeforeTheOriginIsTheBegin) { EXPECT_EQ((DriftingClock{Time{5s}, 0}.when(Time{1s})), Instant{}); }

}  // namespace
}  // namespace hawser::sim
