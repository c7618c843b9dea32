// The checks of heavy-weight messages pass on right histories, and find what is wrong with broken ones.
#include <gmock/gmock.h>

#include "tests/check/history_builder.hpp"
#include "tests/check/properties.hpp"

namespace hawser::check {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CheckHeavyMessages, MessagesOverSeveralViewsAreRight) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "a1", "A B C").multicasts("B", "b1", "A B C").sends("A", "a2");
  run.view(2, "A B C D").delivers("A B C D", "A", "a2").multicasts("D", "d1", "A B C D", Order::total);
  run.sends("C", "c1").crashes("C").delivers("A", "C", "c1").delivers("B D", "C", "c1").view(3, "A B D");
  run.multicasts("A", "a3", "A B D").has_directory("A B D", 1).settles();
  EXPECT_THAT(run.broken(), IsEmpty());
}

TEST(CheckHeavyMessages, ADeliveryBeforeTheFirstViewIsFound) {
  HistoryBuilder run;
  run.view(1, "A", "A B").sends("A", "m").delivers("B", "A", "m").view(1, "B", "A B");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.delivery_in_view));
}

TEST(CheckHeavyMessages, ADeliveryOfWhatWasNeverSentIsFound) {
  HistoryBuilder run;
  run.view(1, "A B").delivers("A B", "A", "m");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.delivery_integrity));
}

TEST(CheckHeavyMessages, ADeliveryInAnotherOrderClassThanSentIsFound) {
  HistoryBuilder run;
  run.view(1, "A B").sends("A", "m", Order::total).delivers("A B", "A", "m");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.delivery_integrity));
}

TEST(CheckHeavyMessages, WhatAKilledSenderCouldNotWriteDownIsExcused) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "m1", "A B C").delivers("B C", "A", "m2").crashes("A");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.delivery_integrity));
  run.truncated("A");
  EXPECT_THAT(run.broken(), IsEmpty());
  run.delivers("B", "A", "m2");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.no_duplication)) << "a second time is not excused";
}

TEST(CheckHeavyMessages, ACausalMessageBeforeWhatItFollowsIsFound) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "question", "A B").multicasts("B", "answer", "A B", Order::causal);
  run.delivers("C", "B", "answer", Order::causal).delivers("C", "A", "question");
  EXPECT_THAT(run.broken(), ElementsAre(kReliableCausal));
}

TEST(CheckHeavyMessages, ACausalMessageAfterWhatItFollowsIsRight) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "question", "A B", Order::total);
  run.multicasts("B", "answer", "A B", Order::causal).multicasts("C", "aside", "A B C", Order::causal);
  run.delivers("C", "A", "question", Order::total).delivers("C", "B", "answer", Order::causal);
  EXPECT_THAT(run.broken(), IsEmpty());
}

TEST(CheckHeavyMessages, ASafeMessageThatAMemberNeverDeliversIsFound) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "m", "A B", Order::safe).view(2, "A B").view(2, "C");
  EXPECT_THAT(run.broken(), ElementsAre(kSafeIndication));
}

TEST(CheckHeavyMessages, ASafeMessageMayBeDeliveredAsTotalWhereTheViewEnds) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "m", "A", Order::safe).delivers("B", "A", "m", Order::total);
  run.crashes("C").view(2, "A B");
  EXPECT_THAT(run.broken(), IsEmpty());
}

TEST(CheckHeavyMessages, ADeliveryFromOutsideTheViewIsFound) {
  HistoryBuilder run;
  run.view(1, "A B").view(1, "C").multicasts("C", "m", "C").delivers("A", "C", "m");
  EXPECT_THAT(run.broken(), Contains(kHeavy.delivery_integrity));
}

TEST(CheckHeavyMessages, ADeliveryBeforeItsOwnSendIsFound) {
  HistoryBuilder run;
  run.view(1, "A").delivers("A", "A", "m").sends("A", "m");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.delivery_integrity));
}

TEST(CheckHeavyMessages, ADeliveryInAViewThatTheSenderHadLeftIsFound) {
  HistoryBuilder run;
  run.view(1, "A B").view(2, "A").sends("A", "m").delivers("B", "A", "m");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.delivery_integrity));
}

TEST(CheckHeavyMessages, ASecondDeliveryBreaksNoDuplication) {
  HistoryBuilder run;
  run.view(1, "A B").multicasts("A", "m1", "A B").multicasts("A", "m2", "A B").delivers("B", "A", "m1");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.no_duplication));
}

TEST(CheckHeavyMessages, ASecondDeliveryInALaterViewBreaksNoDuplication) {
  HistoryBuilder run;
  run.view(1, "A B").multicasts("A", "m1", "A B").view(2, "A B").delivers("B", "A", "m1");
  EXPECT_THAT(run.broken(), Contains(kHeavy.no_duplication));
}

TEST(CheckHeavyMessages, DeliveriesInDifferentViewsBreakSameViewDelivery) {
  HistoryBuilder run;
  run.view(1, "A B").sends("A", "m").delivers("B", "A", "m").view(2, "A B").delivers("A", "A", "m");
  EXPECT_THAT(run.broken(), Contains(kHeavy.same_view_delivery));
}

/// A, B and C move from one view to the next, where `holders` have delivered A's second message.
HistoryBuilder move_where(std::string_view holders) {
  HistoryBuilder run;
  run.view(1, "A B C D").multicasts("A", "m1", "A B C D").multicasts("A", "m2", holders);
  run.crashes("A").view(2, "B C D");
  return run;
}

TEST(CheckHeavyMessages, ASurvivorWithoutWhatTheOthersHaveBreaksVirtualSynchrony) {
  EXPECT_THAT(move_where("A B C D").broken(), IsEmpty());
  EXPECT_THAT(move_where("B C D").broken(), IsEmpty()) << "the crashed sender need not have delivered it itself";
  EXPECT_THAT(move_where("A").broken(), IsEmpty()) << "nobody who lives has it";
  EXPECT_THAT(move_where("A B C").broken(), ElementsAre(kHeavy.virtual_synchrony));
}

TEST(CheckHeavyMessages, WhoGoesAnotherWayNeedNotHaveDeliveredTheSame) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "m", "A B").view(2, "A B").view(2, "C");
  EXPECT_THAT(run.broken(), IsEmpty());
}

TEST(CheckHeavyMessages, AHoleInASendersStreamBreaksReliableFifo) {
  HistoryBuilder run;
  run.view(1, "A B").multicasts("A", "m1", "A B").multicasts("A", "m2", "A").multicasts("A", "m3", "A B");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.reliable_fifo));
}

TEST(CheckHeavyMessages, AStreamThatBeginsLateInAViewBreaksReliableFifo) {
  HistoryBuilder run;
  run.view(1, "A B")
      .multicasts("A", "m1", "A B")
      .view(2, "A B")
      .multicasts("A", "m2", "A")
      .multicasts("A", "m3", "A B");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.reliable_fifo));
}

TEST(CheckHeavyMessages, SwappedMessagesBreakReliableFifo) {
  HistoryBuilder run;
  run.view(1, "A B").sends("A", "m1").sends("A", "m2").delivers("A", "A", "m1").delivers("A", "A", "m2");
  EXPECT_THAT(run.broken(), IsEmpty());
  run.delivers("B", "A", "m2").delivers("B", "A", "m1");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.reliable_fifo));
}

TEST(CheckHeavyMessages, ATotalMessageMayBeOvertakenByAFifoOne) {
  HistoryBuilder run;
  run.view(1, "A B").sends("A", "t", Order::total).multicasts("A", "m", "A B").delivers("A B", "A", "t", Order::total);
  EXPECT_THAT(run.broken(), IsEmpty());
}

TEST(CheckHeavyMessages, AJoinerHearsASenderFromTheViewsBeginningOn) {
  HistoryBuilder run;
  run.view(1, "A B").multicasts("A", "m1", "A B").view(2, "A B C").multicasts("A", "m2", "A B C");
  EXPECT_THAT(run.broken(), IsEmpty());
  run.multicasts("A", "m3", "A B").multicasts("A", "m4", "A B C");
  EXPECT_THAT(run.broken(), ElementsAre(kHeavy.reliable_fifo));
}

/// B delivers two total messages in the order of `first` and `second`, A in that of sending; then both end as said.
HistoryBuilder total_order(std::string_view first, std::string_view second) {
  HistoryBuilder run;
  run.view(1, "A B C").sends("A", "a", Order::total).sends("B", "b", Order::total);
  run.delivers("A", "A", "a", Order::total).delivers("A", "B", "b", Order::total);
  const auto sender = [](std::string_view message) { return message == "a" ? "A" : "B"; };
  run.delivers("B", sender(first), first, Order::total).delivers("B", sender(second), second, Order::total);
  return run;
}

TEST(CheckHeavyMessages, MoversWithTwoOrdersBreakTotalOrder) {
  EXPECT_THAT(total_order("a", "b").view(2, "A B").broken(), IsEmpty());
  EXPECT_THAT(total_order("b", "a").view(2, "A B").broken(), ElementsAre(kTotalOrder));
}

TEST(CheckHeavyMessages, StayersWithTwoOrdersBreakTotalOrder) {
  EXPECT_THAT(total_order("a", "b").broken(), IsEmpty()) << "C is behind, which is no disagreement";
  EXPECT_THAT(total_order("b", "a").broken(), ElementsAre(kTotalOrder));
}

TEST(CheckHeavyMessages, WhoPartsMayHaveOrderedItsLeftoversInItsOwnWay) {
  EXPECT_THAT(total_order("b", "a").view(2, "A").view(2, "B").broken(), IsEmpty());
}

TEST(CheckHeavyMessages, ALiveNodeWithoutItsOwnMessageBreaksSelfDeliveryWhenSettled) {
  HistoryBuilder run;
  run.view(1, "A B").multicasts("A", "m1", "A B").sends("A", "m2").has_directory("A B", 1);
  EXPECT_THAT(run.broken(), IsEmpty());
  EXPECT_THAT(run.settles().broken(), ElementsAre(kHeavy.self_delivery));
}

TEST(CheckHeavyMessages, AMemberOfTheLastViewWithoutItsMessagesBreaksLivenessWhenSettled) {
  HistoryBuilder run;
  run.view(1, "A B C").multicasts("A", "m1", "A B").has_directory("A B C", 1);
  EXPECT_THAT(run.broken(), IsEmpty());
  EXPECT_THAT(run.settles().broken(), ElementsAre(kHeavy.multicast_liveness));
}

}  // namespace
}  // namespace hawser::check
