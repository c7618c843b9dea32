// The checks of light-weight groups pass on right histories, and find what is wrong with broken ones.
#include <gmock/gmock.h>

#include "tests/check/history_builder.hpp"
#include "tests/check/properties.hpp"

namespace hawser::check {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A, B, C and D in one heavy view. A founds the group "g", B joins it.
HistoryBuilder two_members() {
  HistoryBuilder run;
  run.view(1, "A B C D").light_view("g", 1, "A").light_view("g", 2, "A B");
  return run;
}

TEST(CheckLight, JoinsLeavesAndARepairAreRight) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A B").light_sends("g", "C", "c1").light_sends("g", "A", "a2");
  run.light_delivers("g", "A B", "A", "a2").light_view("g", 3, "A B C").light_delivers("g", "A B C", "C", "c1");
  run.light_multicasts("g", "A", "a3", "A B C").light_sends("g", "B", "b1").light_delivers("g", "C", "B", "b1");
  run.light_delivers("g", "A", "B", "b1").crashes("B").view(2, "A C D").light_repair("g", "A C");
  run.light_view("g", 4, "C", "C").light_leaves("g", "A").light_multicasts("g", "C", "c2", "C");
  run.light_view("g", 5, "A C").light_multicasts("g", "C", "c3", "A C").light_multicasts("g", "A", "a4", "A C");
  EXPECT_THAT(run.broken(), IsEmpty());
  EXPECT_THAT(run.has_directory("A C D", 1).settles().broken(), IsEmpty());
}

TEST(CheckLight, ALostLineageRejoinsWithAFreshFirstView) {
  HistoryBuilder run;
  run.view(1, "A B").view(1, "C").light_view("g", 1, "A").light_view("g", 2, "A B").light_view("g", 1, "C");
  run.light_multicasts("g", "C", "c1", "C").light_sends("g", "C", "c2").view(2, "A B C").light_leaves("g", "C");
  run.edit<trace::LightLeft>("C", [](auto& left) { left.asked = false; });
  run.light_view("g", 3, "A B C").light_multicasts("g", "C", "c3", "A B C");
  EXPECT_THAT(run.has_directory("A B C", 1).settles().broken(), IsEmpty()) << "c2 was lost, and C knows";
}

TEST(CheckLight, AViewWithoutItselfBreaksSelfInclusion) {
  HistoryBuilder run = two_members();
  run.light_view("g", 3, "A B", "B");
  EXPECT_THAT(run.broken(), Contains(kLight.self_inclusion));
}

TEST(CheckLight, AnEarlierEraBreaksLocalMonotonicity) {
  HistoryBuilder run;
  run.view(1, "A B").light_view("g", 2, "A").light_view("g", 1, "A B");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.local_monotonicity));
}

TEST(CheckLight, AnotherGroupIdWithoutLeavingBreaksLocalMonotonicity) {
  HistoryBuilder run = two_members();
  run.light_view("g", 3, "A B");
  EXPECT_THAT(run.broken(), IsEmpty());
  run.edit<trace::LightViewSeen>("A", [](auto& seen) {
    ++seen.view.group.value;
    seen.transitional = HistoryBuilder::ids("A");
    seen.newcomers = HistoryBuilder::ids("A");
  });
  EXPECT_THAT(run.broken(), Contains(kLight.local_monotonicity));
}

TEST(CheckLight, OneIdWithAnotherOrderBreaksViewAgreement) {
  HistoryBuilder run = two_members();
  run.edit<trace::LightViewSeen>("B", [](auto& seen) {
    const LightMembers& members = seen.view.members;
    seen.view.members = {members[1], members[0]};
  });
  EXPECT_THAT(run.broken(), ElementsAre(kLight.view_agreement));
}

TEST(CheckLight, OneIdWithAnotherRoleBreaksViewAgreement) {
  HistoryBuilder run = two_members();
  run.edit<trace::LightViewSeen>("B", [](auto& seen) {
    LightMembers::List members = seen.view.members.list();
    members[0].role = Role::publisher;
    seen.view.members = LightMembers{std::move(members)};
  });
  EXPECT_THAT(run.broken(), ElementsAre(kLight.view_agreement));
}

TEST(CheckLight, OneIdWithOtherNewcomersBreaksViewAgreement) {
  HistoryBuilder run = two_members();
  run.light_view("g", 3, "A B C");
  run.edit<trace::LightViewSeen>("A", [](auto& seen) { seen.newcomers.clear(); });
  EXPECT_THAT(run.broken(), ElementsAre(kLight.view_agreement));
}

TEST(CheckLight, AMemberOutsideTheHeavyViewIsFound) {
  HistoryBuilder run;
  run.view(1, "A B").view(2, "A").light_view("g", 1, "A", "A B");
  EXPECT_THAT(run.broken(), ElementsAre(kLightInHeavy));
}

TEST(CheckLight, AViewOnAHeavyWeightGroupThatTheNodeIsNotInIsFound) {
  HistoryBuilder run = two_members();
  run.light_view("g", 3, "A B");
  for (const auto* node : {"A", "B"}) {
    run.edit<trace::LightViewSeen>(node, [](auto& seen) { seen.heavy = GroupId{99}; });
  }
  EXPECT_THAT(run.broken(), ElementsAre(kLightInHeavy));
}

TEST(CheckLight, ATransitionalSetWithoutACompanionIsFound) {
  HistoryBuilder run = two_members();
  run.light_view("g", 3, "A B C");
  run.edit<trace::LightViewSeen>("A", [](auto& seen) { seen.transitional = HistoryBuilder::ids("A"); });
  EXPECT_THAT(run.broken(), ElementsAre(kLight.transitional_set));
}

TEST(CheckLight, ANewcomerInTheTransitionalSetIsFound) {
  HistoryBuilder run = two_members();
  run.edit<trace::LightViewSeen>("A", [](auto& seen) { seen.transitional = HistoryBuilder::ids("A B"); });
  EXPECT_THAT(run.broken(), ElementsAre(kLight.transitional_set));
}

TEST(CheckLight, ANewcomerThatIsNotNamedIsFound) {
  HistoryBuilder run = two_members();
  for (const auto* node : {"A", "B"}) {
    run.edit<trace::LightViewSeen>(node, [](auto& seen) { seen.newcomers.clear(); });
  }
  EXPECT_THAT(run.broken(), ElementsAre(kLight.transitional_set));
}

TEST(CheckLight, ADeliveryToANonMemberIsFound) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A B C");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.delivery_in_view));
}

TEST(CheckLight, ADeliveryAfterLeavingIsFound) {
  HistoryBuilder run = two_members();
  run.light_view("g", 3, "A").light_leaves("g", "B").light_multicasts("g", "A", "a1", "A B");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.delivery_in_view));
}

TEST(CheckLight, ADeliveryFromANonMemberIsFound) {
  HistoryBuilder run = two_members();
  run.light_sends("g", "C", "c1").light_delivers("g", "A B", "C", "c1");
  EXPECT_THAT(run.broken(), ElementsAre(kFromMembersOnly));
}

TEST(CheckLight, ADeliveryOfWhatWasNeverSentIsFound) {
  HistoryBuilder run = two_members();
  run.light_sends("h", "A", "a1").light_delivers("g", "A B", "A", "a1");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.delivery_integrity)) << "it was sent to another group";
}

TEST(CheckLight, WhoLeavesBehindWhatItHasSentIsFound) {
  HistoryBuilder run = two_members();
  run.light_sends("g", "B", "b1").light_view("g", 3, "A").light_leaves("g", "B");
  EXPECT_THAT(run.broken(), ElementsAre(kNothingLeftBehind));
  run.edit<trace::LightLeft>("B", [](auto& left) { left.asked = false; });
  EXPECT_THAT(run.broken(), IsEmpty()) << "its lineage has given way";
}

TEST(CheckLight, TwoOrdersBreakTotalOrderWhereThereShouldBeOne) {
  HistoryBuilder run = two_members();
  run.light_sends("g", "A", "a1").light_sends("g", "B", "b1");
  run.light_delivers("g", "A", "A", "a1").light_delivers("g", "A", "B", "b1");
  run.light_delivers("g", "B", "B", "b1").light_delivers("g", "B", "A", "a1");
  run.light_view("g", 3, "A B");
  EXPECT_THAT(run.broken(), IsEmpty()) << "in fifo order";
  HistoryBuilder total = two_members();
  for (const auto* node : {"A", "B"}) {
    total.edit<trace::LightViewSeen>(node, [](auto& seen) { seen.total = true; });
  }
  total.light_sends("g", "A", "a1").light_sends("g", "B", "b1");
  total.light_delivers("g", "A", "A", "a1").light_delivers("g", "A", "B", "b1");
  total.light_delivers("g", "B", "B", "b1").light_delivers("g", "B", "A", "a1");
  total.light_view("g", 3, "A B");
  EXPECT_THAT(total.broken(), ElementsAre(kLightTotalOrder));
}

TEST(CheckLight, ASecondDeliveryBreaksNoDuplication) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A B").light_delivers("g", "B", "A", "a1");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.no_duplication));
}

TEST(CheckLight, DeliveriesInDifferentViewsBreakSameViewDelivery) {
  HistoryBuilder run = two_members();
  run.light_sends("g", "A", "a1").light_delivers("g", "A", "A", "a1").light_view("g", 3, "A B C");
  run.light_delivers("g", "B", "A", "a1");
  EXPECT_THAT(run.broken(), Contains(kLight.same_view_delivery));
}

TEST(CheckLight, WhoPartsMayDeliverAMessageInTheViewOfItsOwnSide) {
  HistoryBuilder run = two_members();
  run.light_sends("g", "C", "c1").light_view("g", 3, "A", "A B C").light_delivers("g", "A", "C", "c1");
  HistoryBuilder together = run;
  run.view(2, "A D")
      .view(3, "B C")
      .light_repair("g", "B")
      .light_view("g", 4, "B C")
      .light_delivers("g", "B C", "C", "c1");
  EXPECT_THAT(run.broken(), IsEmpty()) << "A had the last marker of change 3 before the partition, B and C had not";
  together.view(2, "A B C D").light_view("g", 4, "B C").light_delivers("g", "B C", "C", "c1");
  EXPECT_THAT(together.broken(), Contains(kLight.same_view_delivery));
}

TEST(CheckLight, MoversWithDifferentDeliveriesBreakVirtualSynchrony) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A").light_view("g", 3, "A B C");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.virtual_synchrony));
}

TEST(CheckLight, AHoleInASendersStreamBreaksReliableFifo) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A B").light_multicasts("g", "A", "a2", "A");
  run.light_multicasts("g", "A", "a3", "A B");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.reliable_fifo));
}

TEST(CheckLight, AHoleBetweenTwoViewsBreaksReliableFifo) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A B").light_sends("g", "A", "a2").light_view("g", 3, "A B C");
  run.light_multicasts("g", "A", "a3", "A B C");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.reliable_fifo)) << "a2 is lost at everyone, A included";
}

TEST(CheckLight, AJoinerThatMissesTheFirstMessagesOfItsViewBreaksReliableFifo) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A B").light_view("g", 3, "A B C").light_multicasts("g", "A", "a2", "A B");
  EXPECT_THAT(run.broken(), IsEmpty());
  run.light_multicasts("g", "A", "a3", "A B C");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.reliable_fifo));
}

TEST(CheckLight, AMemberThatMissesANewcomersFirstMessagesBreaksReliableFifo) {
  HistoryBuilder run = two_members();
  run.light_sends("g", "C", "c1").light_sends("g", "C", "c2").light_view("g", 3, "A B C");
  run.light_delivers("g", "A B C", "C", "c2");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.reliable_fifo));
}

TEST(CheckLight, WhatWasSentBeforeAMergeAndTheFirstViewMayBeLost) {
  HistoryBuilder run;
  run.view(1, "A").view(1, "C").light_view("g", 1, "A").light_sends("g", "C", "c1").view(2, "A C");
  run.light_view("g", 2, "A C").light_multicasts("g", "C", "c2", "A C").has_directory("A C", 1).settles();
  EXPECT_THAT(run.broken(), IsEmpty());
  run.light_multicasts("g", "C", "c3", "").light_multicasts("g", "C", "c4", "A C");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.reliable_fifo, kLight.self_delivery));
}

TEST(CheckLight, AMemberWithoutItsOwnMessageBreaksSelfDeliveryWhenSettled) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A B").light_sends("g", "A", "a2").has_directory("A B C D", 1);
  EXPECT_THAT(run.broken(), IsEmpty());
  EXPECT_THAT(run.settles().broken(), ElementsAre(kLight.self_delivery));
}

TEST(CheckLight, AMemberOfTheLastViewWithoutItsMessagesBreaksLivenessWhenSettled) {
  HistoryBuilder run = two_members();
  run.light_multicasts("g", "A", "a1", "A").has_directory("A B C D", 1).settles();
  EXPECT_THAT(run.broken(), ElementsAre(kLight.multicast_liveness));
}

TEST(CheckLight, DifferentFinalViewsAreFoundWhenSettled) {
  HistoryBuilder run = two_members();
  run.light_view("g", 3, "A B", "A B C").has_directory("A B C D", 1).settles();
  EXPECT_THAT(run.broken(), ElementsAre(kLight.membership_precision)) << "C never installs it";
}

TEST(CheckLight, ASubscriberOutsideTheFinalViewIsFoundWhenSettled) {
  HistoryBuilder run = two_members();
  run.subscribes("g", "A B").has_directory("A B C D", 1).settles();
  EXPECT_THAT(run.broken(), IsEmpty());
  run.subscribes("g", "C");
  EXPECT_THAT(run.broken(), ElementsAre(kLight.membership_precision));
}

TEST(CheckLight, TwoDirectoriesInOneComponentAreFoundWhenSettled) {
  HistoryBuilder run;
  run.view(1, "A B").has_directory("A", 1).has_directory("B", 2);
  EXPECT_THAT(run.broken(), IsEmpty());
  EXPECT_THAT(run.settles().broken(), ElementsAre(kOneDirectory));
  EXPECT_THAT(run.has_directory("B", 1).broken(), IsEmpty());
  EXPECT_THAT(run.has_directory("B", 1, false).broken(), ElementsAre(kOneDirectory));
}

}  // namespace
}  // namespace hawser::check
