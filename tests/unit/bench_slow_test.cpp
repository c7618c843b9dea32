#include "tests/bench/slow.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hawser::bench {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// Notes every 5 ms, from 0 to `end_ms`: a thousand messages each, but none from `stands_ms` to `goes_on_ms`.
Progress progress(std::int64_t end_ms, std::int64_t stands_ms = 0, std::int64_t goes_on_ms = 0) {
  Progress progress;
  std::uint64_t messages = 0;
  for (std::int64_t ms = 0; ms <= end_ms; ms += 5) {
    if (ms < stands_ms || ms >= goes_on_ms) messages += 1000;
    progress.note(ms * kMs, messages);
  }
  return progress;
}
constexpr double kFull = 200'000;  // Messages per second.

TEST(BenchProgress, GoesEvenlyBetweenTwoNotes) {
  Progress progress;
  progress.note(1000 * kMs, 0);
  progress.note(2000 * kMs, 100);
  EXPECT_DOUBLE_EQ(progress.messages_per_second(1000 * kMs, 2000 * kMs), 100);
  EXPECT_DOUBLE_EQ(progress.messages_per_second(1500 * kMs, 1600 * kMs), 100);
  EXPECT_DOUBLE_EQ(progress.messages_per_second(1500 * kMs, 2500 * kMs), 50) << "after the last note nothing came";
  EXPECT_DOUBLE_EQ(progress.messages_per_second(1500 * kMs, 1500 * kMs), 0);
  EXPECT_DOUBLE_EQ(Progress{}.messages_per_second(0, 1000), 0);
}

TEST(BenchProgress, ComesBackFromItsText) {
  const auto told = json(progress(100)).get<Progress>();
  EXPECT_DOUBLE_EQ(told.messages_per_second(50 * kMs, 100 * kMs), kFull);
  EXPECT_EQ(told.ended_ns(), 100 * kMs);
}

TEST(BenchProgress, FindsWhereItIsAsFastAsWanted) {
  const Progress stands = progress(2000, 1000, 1500);
  const auto at_ns = stands.first_at_rate(kFull / 2, 1100 * kMs, 20 * kMs);
  ASSERT_TRUE(at_ns.has_value());
  EXPECT_GE(*at_ns, 1500 * kMs);
  EXPECT_LE(*at_ns, 1520 * kMs);
  EXPECT_FALSE(stands.first_at_rate(kFull * 2, 0, 20 * kMs).has_value());
}

std::vector<DiaryEntry> view_of(std::size_t members, std::int64_t at_ms) {
  return {{.what = "view", .members = members, .at_ns = at_ms * kMs}};
}

TEST(BenchSlow, TimesCountFromWhenTheMemberWasMadeSlow) {
  const std::vector<Progress> others{progress(4000, 2050, 2300), progress(4000, 2060, 2310)};
  const std::vector<DiaryEntry> sender{{.what = "slow", .at_ns = 100 * kMs},  // before: of something else
                                       {.what = "slow", .at_ns = 2200 * kMs},
                                       {.what = "failed: silence", .at_ns = 2400 * kMs}};
  const SlowTimes times = slow_times(others, sender, {view_of(3, 2410), view_of(3, 2420)}, 4, 2000 * kMs);
  EXPECT_DOUBLE_EQ(times.warned_ms.value_or(-1), 200);
  EXPECT_DOUBLE_EQ(times.evicted_ms.value_or(-1), 420) << "when the last of the others has the view";
  EXPECT_EQ(times.cause, "silence");
  EXPECT_GE(times.flowing_ms.value_or(-1), 310);
  EXPECT_LE(times.flowing_ms.value_or(-1), 340);
}

TEST(BenchSlow, TheCauseIsWhatTheFirstWasToldBeforeTheViewAndNotWhatCameLater) {
  const std::vector<DiaryEntry> sender{{.what = "failed: process exit", .at_ns = 3900 * kMs}};
  std::vector<DiaryEntry> receiver{{.what = "failed: slow", .at_ns = 2390 * kMs}};
  receiver.push_back(view_of(3, 2400).front());
  EXPECT_EQ(slow_times({progress(4000)}, sender, {receiver}, 4, 2000 * kMs).cause, "slow");
  EXPECT_EQ(slow_times({progress(4000)}, sender, {view_of(3, 2400)}, 4, 2000 * kMs).cause, "");
}

TEST(BenchSlow, WhatDidNotHappenHasNoTime) {
  const SlowTimes times = slow_times({progress(4000)}, {}, {view_of(4, 100)}, 4, 2000 * kMs);
  EXPECT_FALSE(times.warned_ms.has_value());
  EXPECT_FALSE(times.evicted_ms.has_value());
  EXPECT_DOUBLE_EQ(times.flowing_ms.value_or(-1), 0) << "it never stood still";
  EXPECT_EQ(times.cause, "");
}

TEST(BenchSlow, RatesAreOfTheSlowestOfTheOthersInEachPart) {
  SlowTimes times;
  times.warned_ms = 500;
  times.evicted_ms = 1500;
  const SlowRates rates = slow_rates({progress(4000, 2000, 2500), progress(4000, 2500, 3000)}, times, 2000 * kMs);
  EXPECT_NEAR(rates.before, kFull, kFull / 100);
  EXPECT_NEAR(rates.waiting, 0, kFull / 50);
  EXPECT_NEAR(rates.kept, kFull / 2, kFull / 50);
  EXPECT_NEAR(rates.after, kFull, kFull / 50);
  EXPECT_NEAR(rates.all, kFull * 3 / 4, kFull / 50);
}

}  // namespace
}  // namespace hawser::bench
