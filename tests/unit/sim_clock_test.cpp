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

TEST(SimClock, AJumpGoesForwardFromWhereItIsAndLeavesWhatWasBefore) {
  DriftingClock clock{Time{100s}, 0};
  clock.jump(Instant{2s}, 5s);
  EXPECT_EQ(clock.at(Instant{1s}), Time{101s});
  EXPECT_EQ(clock.at(Instant{3s}), Time{108s});
  EXPECT_EQ(clock.when(Time{101s}), Instant{1s});
  EXPECT_EQ(clock.when(Time{108s}), Instant{3s});
}

TEST(SimClock, WhatAJumpLeavesOutIsShownWhenItJumps) {
  DriftingClock clock{Time{100s}, 0};
  clock.jump(Instant{2s}, 5s);
  EXPECT_EQ(clock.when(Time{104s}), Instant{2s});
}

TEST(SimClock, ARateThatChangesCountsFromThenOn) {
  DriftingClock clock{Time{100s}, 1000};
  clock.set_drift(Instant{10s}, -20'000);
  EXPECT_EQ(clock.at(Instant{10s}), Time{110s + 10ms});
  EXPECT_EQ(clock.at(Instant{11s}), Time{111s + 10ms - 20ms});
  EXPECT_EQ(clock.at(clock.when(Time{111s})), Time{111s});
}

TEST(SimClock, WhenIsTheFirstInstantAcrossChangesToo) {
  Rng rng{2};
  for (int i = 0; i < 2'000; ++i) {
    DriftingClock clock{Time{rng.between(Duration{1s}, Duration{1'000'000s})},
                        static_cast<int>(rng.below(2001)) - 1000};
    clock.jump(Instant{rng.between(Duration{1s}, Duration{10s})}, rng.between(Duration{1ns}, Duration{10s}));
    clock.set_drift(Instant{rng.between(Duration{10s}, Duration{20s})}, static_cast<int>(rng.below(40'001)) - 20'000);
    const Time local = clock.at(Instant{}) + rng.between(Duration{1ns}, Duration{60s});
    const Instant instant = clock.when(local);
    EXPECT_GE(clock.at(instant), local);
    EXPECT_LT(clock.at(instant - 1ns), local);
  }
}

}  // namespace
}  // namespace hawser::sim
