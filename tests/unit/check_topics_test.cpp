// The checks of topics pass on right histories, and find what is wrong with broken ones.
#include <gmock/gmock.h>

#include "tests/check/history_builder.hpp"
#include "tests/check/properties.hpp"

namespace hawser::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// P publishes "t", and has published two messages; A subscribes from the beginning, B comes and gets the state.
HistoryBuilder joiner() {
  HistoryBuilder run;
  run.view(1, "P A B").subscribes("t", "A").light_view("t", 1, "A").light_view("t", 2, "A P");
  run.publishes("t", "P").receives("t", "A", "P", 1).publishes("t", "P").receives("t", "A", "P", 2);
  run.subscribes("t", "B").light_view("t", 3, "A P B").takes_state("t", "A", 77).installs_state("t", "B", "A", 77);
  run.receives_retained("t", "B", "P", 2);
  return run;
}

TEST(CheckTopics, AJoinerWithStateAndStreamIsRight) {
  HistoryBuilder run = joiner();
  run.publishes("t", "P").receives("t", "A B", "P", 3).publishes("t", "B").receives("t", "A B", "B", 1);
  EXPECT_THAT(run.broken(), IsEmpty());
  EXPECT_THAT(run.has_directory("P A B", 1).settles().broken(), IsEmpty());
}

TEST(CheckTopics, AStateThatDiffersFromTheDonorsIsFound) {
  HistoryBuilder run = joiner();
  run.edit<trace::StateInstalled>("B", [](auto& state) { state.digest = 78; });
  EXPECT_THAT(run.broken(), ElementsAre(kStateAtCut));
}

TEST(CheckTopics, AStateOfAnotherCutIsFound) {
  HistoryBuilder run = joiner();
  run.edit<trace::StateInstalled>("B", [](auto& state) { --state.cut_era.number; });
  EXPECT_THAT(run.broken(), ElementsAre(kStateAtCut));
}

TEST(CheckTopics, AStateThatTheDonorNeverTookIsFound) {
  HistoryBuilder run = joiner();
  run.edit<trace::StateInstalled>("B", [](auto& state) { state.donor = HistoryBuilder::id("P"); });
  EXPECT_THAT(run.broken(), ElementsAre(kStateAtCut));
  EXPECT_THAT(run.truncated("P").broken(), IsEmpty()) << "it could not write it down";
}

TEST(CheckTopics, TwoDonorsWithDifferentStatesAtOneCutAreFound) {
  HistoryBuilder run = joiner();
  EXPECT_THAT(run.takes_state("t", "P", 77).broken(), IsEmpty());
  run.edit<trace::StateTaken>("P", [](auto& state) { state.digest = 78; });
  EXPECT_THAT(run.broken(), ElementsAre(kStateAtCut));
}

TEST(CheckTopics, AChangedPayloadBreaksIntegrity) {
  HistoryBuilder run = joiner();
  run.edit<trace::Received>("B", [](auto& received) { ++received.payload; });
  EXPECT_THAT(run.broken(), ElementsAre(kTopicIntegrity));
}

TEST(CheckTopics, AMessageThatWasNeverPublishedBreaksIntegrity) {
  HistoryBuilder run = joiner();
  run.receives("t", "A B", "P", 3);
  EXPECT_THAT(run.broken(), ElementsAre(kTopicIntegrity));
  EXPECT_THAT(run.crashes("P").truncated("P").broken(), IsEmpty());
}

TEST(CheckTopics, APublisherThatSkipsANumberBreaksIntegrity) {
  HistoryBuilder run = joiner();
  run.publishes("t", "P").edit<trace::Published>("P", [](auto& published) { ++published.number; });
  EXPECT_THAT(run.broken(), ElementsAre(kTopicIntegrity));
}

TEST(CheckTopics, AMessageToOneWhoDoesNotSubscribeIsFound) {
  HistoryBuilder run = joiner();
  run.unsubscribes("t", "A").publishes("t", "P").receives("t", "B", "P", 3);
  EXPECT_THAT(run.broken(), IsEmpty());
  EXPECT_THAT(run.receives("t", "A", "P", 3).broken(), ElementsAre(kSubscribersOnly));
}

TEST(CheckTopics, ARetainedMessageAfterALiveOneIsFound) {
  HistoryBuilder run = joiner();
  run.publishes("t", "P").receives("t", "B", "P", 3).receives_retained("t", "B", "P", 2);
  EXPECT_THAT(run.broken(), ElementsAre(kRetainedFirst));
}

TEST(CheckTopics, WhoComesBackToATopicIsHandedTheStateAgain) {
  HistoryBuilder run = joiner();
  run.publishes("t", "P").receives("t", "A B", "P", 3).unsubscribes("t", "B").publishes("t", "P").publishes("t", "P");
  run.receives("t", "A", "P", 4).receives("t", "A", "P", 5).subscribes("t", "B").receives_retained("t", "B", "P", 5);
  run.publishes("t", "P").receives("t", "A B", "P", 6);
  EXPECT_THAT(run.broken(), IsEmpty());
}

TEST(CheckTopics, AHoleIsFoundUnlessAGapNamesIt) {
  HistoryBuilder run = joiner();
  run.publishes("t", "P").publishes("t", "P");
  HistoryBuilder named = run;
  EXPECT_THAT(run.receives("t", "A", "P", 4).broken(), ElementsAre(kContiguousStream));
  EXPECT_THAT(named.sees_gap("t", "A").receives("t", "A", "P", 4).broken(), IsEmpty());
}

TEST(CheckTopics, AMessageReceivedTwiceIsFound) {
  EXPECT_THAT(joiner().receives("t", "A", "P", 2).broken(), ElementsAre(kContiguousStream));
}

TEST(CheckTopics, AGapDoesNotExcuseAMessageReceivedTwice) {
  EXPECT_THAT(joiner().sees_gap("t", "A").receives("t", "A", "P", 2).broken(), ElementsAre(kContiguousStream));
}

TEST(CheckTopics, AMessageReceivedAgainAfterSubscribingAnewIsFound) {
  HistoryBuilder run = joiner();
  run.unsubscribes("t", "A").subscribes("t", "A").receives("t", "A", "P", 2);
  EXPECT_THAT(run.broken(), ElementsAre(kContiguousStream));
}

TEST(CheckTopics, ALossBetweenTheStateAndTheStreamIsFound) {
  HistoryBuilder run = joiner();
  run.publishes("t", "P").publishes("t", "P").receives("t", "B", "P", 4);
  EXPECT_THAT(run.broken(), ElementsAre(kContiguousStream));
}

TEST(CheckTopics, ALiveMessageThatTheStateHadIsFound) {
  EXPECT_THAT(joiner().receives("t", "B", "P", 2).broken(), ElementsAre(kContiguousStream));
}

TEST(CheckTopics, WithTwoPublishersTheStateMayLackLaterOverwrittenMessages) {
  HistoryBuilder run;
  run.publishes("t", "P").publishes("t", "P").publishes("t", "P").publishes("t", "Q").subscribes("t", "B");
  run.receives_retained("t", "B", "P", 1).receives_retained("t", "B", "Q", 1).receives("t", "B", "P", 3);
  EXPECT_THAT(run.broken(), IsEmpty()) << "number 2 had a key for which Q's message is newer";
}

TEST(CheckTopics, ASubscriberThatNeverHearsTheLastMessageBreaksLivenessWhenSettled) {
  HistoryBuilder run = joiner();
  run.publishes("t", "P").receives("t", "A", "P", 3).has_directory("P A B", 1).settles();
  EXPECT_THAT(run.broken(), ElementsAre(kTopicLiveness)) << "B heard nothing live, though it was in the view";
  HistoryBuilder rest = run;
  EXPECT_THAT(run.receives("t", "B", "P", 3).broken(), IsEmpty());
  rest.receives("t", "B", "P", 3).publishes("t", "P").receives("t", "A", "P", 4);
  EXPECT_THAT(rest.broken(), ElementsAre(kTopicLiveness)) << "B has heard P, but not its last";
}

TEST(CheckTopics, WhatAPublisherLostInAMergeIsExcused) {
  HistoryBuilder run = joiner();
  run.publishes("t", "P").light_leaves("t", "P").light_view("t", 4, "A B").light_view("t", 5, "A B P");
  EXPECT_THAT(run.has_directory("P A B", 1).settles().broken(), IsEmpty());
}

}  // namespace
}  // namespace hawser::check
