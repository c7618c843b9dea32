// The checks of heavy-weight views pass on right histories, and find what is wrong with broken ones.
#include <gmock/gmock.h>

#include "tests/check/history_builder.hpp"
#include "tests/check/properties.hpp"

namespace hawser::check {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A founds, B and C join, C crashes, and A and B go on.
HistoryBuilder three_nodes() {
  HistoryBuilder run;
  run.view(1, "A").view(1, "B");
  run.view(2, "A B").view(3, "A B C");
  run.crashes("C").view(4, "A B");
  return run;
}

TEST(CheckHeavyViews, AJoinAMergeAndACrashAreRight) { EXPECT_THAT(three_nodes().broken(), IsEmpty()); }

TEST(CheckHeavyViews, APartitionThatMergesAgainIsRight) {
  HistoryBuilder run;
  run.view(1, "A B C D").view(2, "A B").view(2, "C D").view(3, "C").view(4, "A B C D");
  EXPECT_THAT(run.broken(), IsEmpty());
  run.edit<trace::HeavyView>("D", [](auto& seen) { seen.transitional = HistoryBuilder::ids("C D"); });
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.transitional_set)) << "C had left {C, D} before";
}

TEST(CheckHeavyViews, AViewWithoutItselfBreaksSelfInclusion) {
  HistoryBuilder run = three_nodes();
  run.view(5, "A", "B");
  EXPECT_THAT(run.broken(), Contains(kHeavy.self_inclusion));
}

TEST(CheckHeavyViews, AViewOfALowerEpochBreaksLocalMonotonicity) {
  HistoryBuilder run = three_nodes();
  run.view(3, "A B");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.local_monotonicity));
}

TEST(CheckHeavyViews, TheSameEpochTwiceBreaksLocalMonotonicity) {
  HistoryBuilder run = three_nodes();
  run.view(4, "A");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.local_monotonicity));
}

TEST(CheckHeavyViews, OneIdWithTwoOrdersBreaksViewAgreement) {
  HistoryBuilder run = three_nodes();
  run.edit<trace::HeavyView>("B", [](auto& seen) { std::swap(seen.view.members[0], seen.view.members[1]); });
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.view_agreement));
}

TEST(CheckHeavyViews, OneIdWithOtherStartChangesBreaksViewAgreement) {
  HistoryBuilder run = three_nodes();
  run.edit<trace::HeavyView>("B", [](auto& seen) { ++seen.view.start_ids[0].value; });
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.view_agreement));
}

TEST(CheckHeavyViews, ATransitionalSetWithoutACompanionIsFound) {
  HistoryBuilder run = three_nodes();
  run.edit<trace::HeavyView>("A", [](auto& seen) { seen.transitional = HistoryBuilder::ids("A"); });
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.transitional_set));
}

TEST(CheckHeavyViews, ATransitionalSetWithoutItselfIsFound) {
  HistoryBuilder run = three_nodes();
  run.edit<trace::HeavyView>("A", [](auto& seen) { seen.transitional = HistoryBuilder::ids("B"); });
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.transitional_set));
}

TEST(CheckHeavyViews, ATransitionalSetWithSomeoneFromAnotherViewIsFound) {
  HistoryBuilder run;
  run.view(1, "A").view(1, "B").view(2, "A B");
  EXPECT_THAT(run.broken(), IsEmpty());
  run.edit<trace::HeavyView>("A", [](auto& seen) { seen.transitional = HistoryBuilder::ids("A B"); });
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.transitional_set));
}

TEST(CheckHeavyViews, ATransitionalSetWithTheCrashedIsFound) {
  HistoryBuilder run = three_nodes();
  run.edit<trace::HeavyView>("A", [](auto& seen) { seen.transitional = HistoryBuilder::ids("A B C"); });
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.transitional_set));
}

TEST(CheckHeavyViews, AFirstViewHasNoCompanions) {
  HistoryBuilder run;
  run.view(1, "A B");
  run.edit<trace::HeavyView>("A", [](auto& seen) { seen.transitional = HistoryBuilder::ids("A B"); });
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.transitional_set));
}

TEST(CheckHeavyViews, OneWhoNeverInstalledTheViewMayStillHaveComeAlong) {
  HistoryBuilder run;
  run.view(1, "A B C").view(2, "A B", "A B C").crashes("C");
  run.edit<trace::HeavyView>("A", [](auto& seen) { seen.transitional = HistoryBuilder::ids("A B C"); });
  run.edit<trace::HeavyView>("B", [](auto& seen) { seen.transitional = HistoryBuilder::ids("A B C"); });
  EXPECT_THAT(run.broken(), IsEmpty());
}

TEST(CheckHeavyViews, ASettledRunEndsInOneViewOfTheLiving) {
  HistoryBuilder run = three_nodes();
  run.has_directory("A B", 1).settles();
  EXPECT_THAT(run.broken(), IsEmpty());
  run.view(5, "A");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.membership_precision));
}

TEST(CheckHeavyViews, ASettledRunThatKeepsTheDeadIsFound) {
  HistoryBuilder run;
  run.view(1, "A B").has_directory("A B", 1).crashes("B").settles();
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.membership_precision));
}

TEST(CheckHeavyViews, ALiveNodeWithoutAViewIsFoundWhenSettled) {
  HistoryBuilder run;
  run.view(1, "A").has_directory("A B", 1).settles();
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.membership_precision));
}

TEST(CheckHeavyViews, EachComponentEndsInAViewOfItsOwn) {
  HistoryBuilder run;
  run.view(1, "A B C").view(2, "A B").view(2, "C").has_directory("A B", 1).has_directory("C", 2).settles();
  EXPECT_THAT(run.broken(), ElementsAre(kOneDirectory, kHeavy.membership_precision));
  run.trace_of("C").component = 1;
  EXPECT_THAT(run.broken(), IsEmpty());
}

TEST(CheckHeavyViews, WithoutTimeToSettleNothingIsDemandedOfTheEnd) {
  HistoryBuilder run = three_nodes();
  run.view(5, "A");
  EXPECT_THAT(run.broken(), IsEmpty());
}

}  // namespace
}  // namespace hawser::check
