// The simulator itself: the same seed is the same run, and it notices what it is there for.
#include <gtest/gtest.h>

#include "tests/sim/report.hpp"
#include "tests/sim/run_plan.hpp"
#include "tests/sim/runner.hpp"

namespace hawser::sim {
namespace {

TEST(Simulator, TheSameSeedGivesTheSameRunToTheLastBit) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const RunResult once = run(make_run_plan(seed, 5, 15s));
    const RunResult again = run(make_run_plan(seed, 5, 15s));
    EXPECT_EQ(once.digest, again.digest) << "seed " << seed;
    EXPECT_EQ(seed_line(once), seed_line(again));
  }
}

TEST(Simulator, DifferentSeedsGiveDifferentRuns) {
  EXPECT_NE(run(make_run_plan(1, 5, 5s)).digest, run(make_run_plan(2, 5, 5s)).digest);
}

TEST(Simulator, AnUnsettledWorldIsReportedWithItsReason) {
  World world{{.nodes = 2}};
  world.settle();
  world.cut("A", "B");
  world.run_for(2s);

  try {
    world.settle(5s);
    FAIL() << "settled although B does not hear A";
  } catch (const ScenarioFailed& failure) {
    EXPECT_NE(std::string{failure.what()}.find("view is not of all that run"), std::string::npos) << failure.what();
  }
}

TEST(Simulator, ABlockThatMetNothingIsNotBelieved) {
  BlockReport report;
  for (std::uint64_t seed = 0; seed < BlockReport::kBlockMin; ++seed) report.add(RunResult{});
  EXPECT_FALSE(report.shortcomings().empty());
}

TEST(Simulator, ASmallBlockNeedNotMeetEverything) {
  BlockReport report;
  report.add(RunResult{});
  EXPECT_TRUE(report.shortcomings().empty());
}

TEST(Simulator, UnprovokedExclusionsPartingsAndFencesFailABlock) {
  for (const auto unprovoked :
       {&RunCounts::exclusions_unprovoked, &RunCounts::partings_unprovoked, &RunCounts::fences_unprovoked}) {
    BlockReport report;
    RunResult result;
    for (const NamedCount& named : named_counts()) result.counts.*named.count = 1;
    result.counts.exclusions_unprovoked = result.counts.partings_unprovoked = result.counts.fences_unprovoked = 0;
    result.counts.*unprovoked = 1;
    for (std::uint64_t seed = 0; seed < BlockReport::kBlockMin; ++seed) report.add(result);
    const std::vector<std::string> shortcomings = report.shortcomings();
    ASSERT_EQ(shortcomings.size(), 1U);
    EXPECT_NE(shortcomings[0].find("unprovoked"), std::string::npos);
  }
}

}  // namespace
}  // namespace hawser::sim
