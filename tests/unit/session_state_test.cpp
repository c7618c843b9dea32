// How a topic's state comes to a joiner: at its cut, whole, once, whatever happens on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pubsub-api/src/session/item_chunker.hpp"
#include "tests/unit/session_world.hpp"

namespace hawser::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SessionState, AJoinerGetsTheLastValueOfEachKeyThenTheLiveOnes) {
  SessionWorld world;
  world.start("AB");
  world.publish('A', "t", "keyless");
  world.publish('A', "t", "old", "k");
  world.publish('A', "t", "new", "k");
  world.settle();
  world.subscribe('B', {"t"});
  world.settle();
  world.publish('A', "t", "live", "k");
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A1:keyless", "state A3:k=new", "synced 2", "A4:k=live"));
  EXPECT_TRUE(world.same_state("t"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, ATopicHasChangedWhereItsMembersHave) {
  SessionWorld world;
  world.start("AB");
  world.publish('B', "t", "x");
  world.settle();
  world.subscribe('A', {"t", "u"});
  world.settle();
  EXPECT_EQ(world.session('A').take_changed(), 2U);
  EXPECT_EQ(world.session('A').take_changed(), 0U);
  EXPECT_EQ(world.session('B').take_changed(), 2U) << "itself, then A";

  const SubscriberId subscriber = world.subscribe('B', {"t"});
  world.settle();
  EXPECT_EQ(world.session('A').take_changed(), 0U) << "the publisher is a subscriber now, too";
  world.unsubscribe('B', subscriber);
  world.leave('B');
  world.settle();
  EXPECT_EQ(world.session('A').take_changed(), 1U);

  world.subscribe('B', {"t", "u"});
  world.settle();
  EXPECT_EQ(world.session('A').take_changed(), 2U);
  world.crash('B');
  world.change({"A"});
  world.settle();
  EXPECT_EQ(world.session('A').take_changed(), 2U);
}

TEST(SessionState, WhatComesBetweenTheCutAndTheStateIsHandedAfterIt) {
  SessionWorld world;
  world.start("ABC");
  world.publish('A', "t", "before");
  world.publish('C', "t", "other");
  world.settle();
  world.subscribe('B', {"t"});
  world.settle("AC");
  world.settle_but('B', 'A');  // B marks its join; A's own marker and state do not get here yet.
  world.settle("AC");
  world.settle_but('B', 'A');
  world.publish('C', "t", "after the cut");
  world.settle_but('B', 'A');
  EXPECT_THAT(world.history('B', "t"), IsEmpty());
  world.settle();
  EXPECT_EQ(world.history('B', "t").back(), "C2:after the cut");
  EXPECT_EQ(world.history('B', "t").front().substr(0, 6), "state ");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, APublisherThatComesLaterIsLaterThanWhatIsRetained) {
  SessionWorld world;
  world.start("ABC");
  for (int i = 0; i < 5; ++i) world.publish('A', "t", "old", "k");
  world.settle();
  world.publish('B', "t", "new", "k");  // Its first message, and the newest of the topic all the same.
  world.settle();
  world.subscribe('C', {"t"});
  world.settle();
  EXPECT_THAT(world.history('C', "t"), ElementsAre("state B1:k=new", "synced 1"));
}

TEST(SessionState, AStateOfManyPartsArrivesWhole) {
  SessionWorld world;
  world.start("AB");
  for (int i = 0; i < 10; ++i) {
    world.publish('A', "t", std::string(kStateChunkBytes / 3, 'x'), "key " + std::to_string(i));
  }
  world.settle();
  world.subscribe('B', {"t"});
  world.settle();
  EXPECT_EQ(world.history('B', "t").size(), 11U);
  EXPECT_EQ(world.history('B', "t").back(), "synced 10");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, TheNextOldestServesWhenTheDonorDiesBeforeItHasSent) {
  SessionWorld world;
  world.start("ABC");
  world.publish('A', "t", "one");
  world.settle();
  world.subscribe('B', {"t"});
  world.settle();
  world.subscribe('C', {"t"});
  world.settle_directory();
  world.refuse('A', true);  // A has marked C's join, but its state gets nowhere.
  world.settle();
  EXPECT_THAT(world.history('C', "t"), IsEmpty());
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_THAT(world.history('C', "t"), ElementsAre("state A1:one", "synced 1"));
  EXPECT_TRUE(world.same_state("t"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, WhatWasHeardBeforeTheNewDonorsCutIsInItsStateAndNotHandedTwice) {
  SessionWorld world;
  world.start("ABC");
  world.subscribe('A', {"t"});
  world.settle();
  world.subscribe('B', {"t"});
  world.settle();
  world.subscribe('C', {"t"});
  world.settle_directory();
  world.refuse('A', true);
  world.settle();
  world.publish('B', "t", "heard by C while it waits");
  world.settle();
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_THAT(world.history('C', "t"), ElementsAre("state B1:heard by C while it waits", "synced 1"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, WithEverybodyGoneThatHadTheStateTheOldestFoundsAndSaysSo) {
  SessionWorld world;
  world.start("ABC");
  world.publish('A', "t", "lost with A");
  world.settle();
  world.subscribe('B', {"t"});
  world.subscribe('C', {"t"});
  world.settle_directory();
  world.refuse('A', true);
  world.settle();
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("gap state_lost", "synced 0, lost"));
  EXPECT_THAT(world.history('C', "t"), ElementsAre("synced 0"));
  world.publish('C', "t", "the topic lives");
  world.settle();
  EXPECT_EQ(world.history('B', "t").back(), "C1:the topic lives");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, MembersNewAtTheSameViewShareOneState) {
  SessionWorld world;
  world.start("ABC");
  world.publish('A', "t", "one");
  world.settle();
  world.subscribe('B', {"t"});
  world.subscribe('C', {"t"});
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A1:one", "synced 1"));
  EXPECT_THAT(world.history('C', "t"), ElementsAre("state A1:one", "synced 1"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, AMergeTellsTheLosingSideOfTheGapAndHandsItTheOthersState) {
  SessionWorld world;
  world.start("ABCD");
  for (const char node : {'A', 'B', 'C', 'D'}) world.subscribe(node, {"t"});
  world.publish('A', "t", "common");
  world.settle();
  world.change({"ABC", "D"});
  world.settle();
  world.publish('A', "t", "majority", "k");
  world.publish('D', "t", "minority", "k");
  world.settle();
  world.forget();
  world.change({"ABCD"});
  world.settle();
  EXPECT_THAT(world.history('D', "t"),
              ElementsAre("gap partition", "state A1:common", "state A2:k=majority", "synced 2"));
  EXPECT_THAT(world.history('A', "t"), IsEmpty());
  EXPECT_TRUE(world.same_state("t"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, ThePublishersLossOnTheOtherSideIsToldWhenItsNumbersGoOn) {
  SessionWorld world;
  world.start("ABCD");
  for (const char node : {'A', 'B', 'C', 'D'}) world.subscribe(node, {"t"});
  world.publish('D', "t", "one");
  world.settle();
  world.change({"ABC", "D"});
  world.settle();
  world.publish('D', "t", "two");
  world.publish('D', "t", "three");
  world.settle();
  world.change({"ABCD"});
  world.settle();
  world.forget();
  EXPECT_EQ(world.publish('D', "t", "four"), 4U);
  world.settle();
  EXPECT_THAT(world.history('A', "t"), ElementsAre("gap partition 2", "D4:four"));
  EXPECT_THAT(world.history('D', "t"), ElementsAre("D4:four"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, WhatGoesOutBeforeTheMergeIsDecidedIsLostByName) {
  SessionWorld world;
  world.start("ABCD");
  for (const char node : {'A', 'B', 'C', 'D'}) world.subscribe(node, {"t"});
  world.settle();
  world.change({"ABC", "D"});
  world.settle();
  world.change({"ABCD"});
  world.enter_view('D');  // It does not know yet that its side will give way.
  world.publish('D', "t", "one");
  world.settle();
  world.forget();
  world.publish('D', "t", "two");
  world.settle();
  EXPECT_THAT(world.history('A', "t"), ElementsAre("gap partition 1", "D2:two"));
  EXPECT_THAT(world.history('D', "t"), ElementsAre("D2:two"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, WhatIsPublishedAfterTheMergeIsDecidedWaitsForTheNewState) {
  SessionWorld world;
  world.start("ABCD");
  for (const char node : {'A', 'B', 'C', 'D'}) world.subscribe(node, {"t"});
  world.settle();
  world.change({"ABC", "D"});
  world.settle();
  world.change({"ABCD"});
  world.settle_directory();
  for (const char node : {'A', 'B', 'C', 'D'}) world.enter_view(node);
  world.settle_directory();  // The vote, the directory, and D's joining anew: but no view of it yet.
  world.publish('D', "t", "one");
  EXPECT_FALSE(world.session('D').all_sent());
  world.settle();
  EXPECT_EQ(world.history('A', "t").back(), "D1:one");
  EXPECT_THAT(world.history('D', "t"), ElementsAre("synced 0", "gap partition", "synced 0", "D1:one"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(SessionState, ACrashOfTheOldestMovesNoState) {
  SessionWorld world;
  world.start("ABC");
  for (const char node : {'A', 'B', 'C'}) world.subscribe(node, {"t"});
  world.publish('A', "t", "one");
  world.settle();
  world.forget();
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_THAT(world.history('B', "t"), IsEmpty());
  EXPECT_THAT(world.history('C', "t"), IsEmpty());
  EXPECT_TRUE(world.same_state("t"));
}

}  // namespace
}  // namespace hawser::test
