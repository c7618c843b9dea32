// What a history went through is counted, and violations are told with what happened around them.
#include <gmock/gmock.h>

#include "tests/check/check_all.hpp"
#include "tests/check/history_builder.hpp"
#include "tests/check/properties.hpp"

namespace hawser::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(CheckCoverage, AQuietRunHasNothingToShow) {
  HistoryBuilder run;
  const CoverageCounts counts = coverage(run.view(1, "A B C").multicasts("A", "m", "A B C").history());
  EXPECT_EQ(counts.views, 1U);
  EXPECT_EQ(counts.moves_of_three + counts.cuts_differed + counts.merges + counts.joins + counts.splits, 0U);
}

TEST(CheckCoverage, WhatIsDeliveredInTheStepOfTheViewChangeShowsThatCutsDiffered) {
  HistoryBuilder run;
  run.view(1, "A B C D").multicasts("D", "m", "A B").crashes("D").delivers("C", "D", "m");
  HistoryBuilder late = run;
  EXPECT_EQ(coverage(run.view(2, "A B C").history()).cuts_differed, 0U) << "C caught up before the view change";
  const CoverageCounts counts = coverage(late.at_once().view(2, "A B C").history());
  EXPECT_EQ(counts.cuts_differed, 1U);
  EXPECT_EQ(counts.cuts_differed_of_three, 1U);
  EXPECT_EQ(counts.crashes_of_three, 1U);
  EXPECT_EQ(counts.crashes, 1U);
}

TEST(CheckCoverage, SplitsMergesAndJoinsAreCounted) {
  HistoryBuilder run;
  run.view(1, "A B C D").view(2, "A").view(2, "B C D").view(3, "A B C D").view(4, "A B C D E").leaves("E");
  const CoverageCounts counts = coverage(run.history());
  EXPECT_EQ(counts.views, 5U);
  EXPECT_EQ(counts.splits, 1U);
  EXPECT_EQ(counts.merges, 1U);
  EXPECT_EQ(counts.joins, 1U);
  EXPECT_EQ(counts.joins_of_three, 1U);
  EXPECT_EQ(counts.moves_of_three, 3U);
  EXPECT_EQ(counts.leaves, 1U);
}

TEST(CheckCoverage, LightGroupsAndTopicsAreCounted) {
  HistoryBuilder run;
  run.view(1, "A B C").light_view("t", 1, "A").light_view("t", 2, "A B").crashes("C").view(2, "A B");
  run.light_view("u", 1, "A").light_view("u", 2, "A B").crashes("B").view(3, "A").light_repair("u", "A");
  run.light_leaves("t", "A").light_view("t", 3, "A").installs_state("t", "A", "A", 1).sees_gap("t", "A");
  const CoverageCounts counts = coverage(run.history());
  EXPECT_EQ(counts.light_views, 6U);
  EXPECT_EQ(counts.light_joins, 2U);
  EXPECT_EQ(counts.light_repairs, 1U);
  EXPECT_EQ(counts.light_rejoins, 1U);
  EXPECT_EQ(counts.states_handed_over, 1U);
  EXPECT_EQ(counts.gaps, 1U);
}

TEST(CheckCoverage, CountsOfSeveralRunsAndOfTheMachinesAddUp) {
  CoverageCounts sum;
  CoverageCounts one;
  one.merges = 2;
  one.machines["overtaken_start_changes"] = 3;
  sum += one;
  sum += one;
  EXPECT_EQ(sum.merges, 4U);
  EXPECT_THAT(to_string(sum), HasSubstr("merges=4"));
  EXPECT_THAT(to_string(sum), HasSubstr(" overtaken_start_changes=6"));
}

TEST(CheckReport, AViolationNamesThePropertyAndShowsTheEventsAroundIt) {
  HistoryBuilder run;
  run.view(1, "A B").multicasts("A", "m1", "A B").delivers("B", "A", "m1").multicasts("A", "m2", "A B");
  const std::vector<Violation> violations = check_all(run.history());
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].property, kHeavy.no_duplication);
  EXPECT_THAT(violations[0].what, HasSubstr("n2 delivers"));
  EXPECT_THAT(to_string(violations[0]), HasSubstr(">       0.004000  delivers"));
  EXPECT_THAT(violations[0].around, SizeIs(5)) << "a heading and B's four events";
}

TEST(CheckReport, AThousandViolationsOfAPropertyAreToldInAFew) {
  HistoryBuilder run;
  run.view(1, "A B");
  for (int i = 0; i < 1000; ++i) run.delivers("B", "A", "m" + std::to_string(i));
  const std::vector<Violation> violations = check_all(run.history());
  ASSERT_THAT(violations, SizeIs(3));
  EXPECT_THAT(violations.back().what, HasSubstr("(and 997 more)"));
}

TEST(CheckReport, TheSameHistoryGivesTheSameWords) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "m1", "A").multicasts("B", "m2", "B C").view(2, "A B C");
  const auto words = [&] {
    std::string text;
    for (const Violation& violation : check_all(run.history())) text += to_string(violation);
    return text;
  };
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.virtual_synchrony));
  EXPECT_EQ(words(), words());
}

}  // namespace
}  // namespace hawser::check
