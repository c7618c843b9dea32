// Publishing and subscribing as an application sees it: numbers, order, waiting, bounds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/session_world.hpp"

namespace hawser::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Session, ASubscriberIsSyncedAndThenHandedEveryMessageInOrder) {
  SessionWorld world;
  world.start("AB");
  world.subscribe('B', {"t"});
  world.settle();
  EXPECT_EQ(world.publish('A', "t", "one"), 1U);
  EXPECT_EQ(world.publish('A', "t", "two", "key"), 2U);
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("synced 0", "A1:one", "A2:key=two"));
  EXPECT_THAT(world.history('A', "t"), IsEmpty());
}

TEST(Session, APublisherThatSubscribesHearsItself) {
  SessionWorld world;
  world.start("A");
  world.subscribe('A', {"t"});
  world.publish('A', "t", "one");
  world.settle();
  EXPECT_THAT(world.history('A', "t"), ElementsAre("synced 0", "A1:one"));
}

TEST(Session, WhatIsPublishedBeforeTheJoinIsDoneWaitsAndGoesOutInOrder) {
  SessionWorld world;
  world.add("AB");
  world.subscribe('B', {"t"});
  world.publish('A', "t", "one");
  world.publish('A', "t", "two");
  EXPECT_FALSE(world.session('A').all_sent());
  world.change({"AB"});
  world.settle();
  EXPECT_TRUE(world.session('A').all_sent());
  world.publish('A', "t", "three");
  world.settle();
  const auto heard = world.history('B', "t");
  ASSERT_GE(heard.size(), 2U);
  EXPECT_EQ(heard.back(), "A3:three");
  EXPECT_TRUE(heard.front() == "synced 0" || heard.front() == "state A2:two");
}

TEST(Session, TheWaitingQueueIsBoundedOverAllTopicsAndGivesNoNumberAway) {
  SessionWorld world;
  world.set_send_queue_bytes(1100);
  world.add("A");
  const std::string value(400, 'x');
  EXPECT_EQ(world.publish('A', "t", value), 1U);
  EXPECT_EQ(world.publish('A', "u", value), 1U);
  EXPECT_EQ(world.publish('A', "t", value), 0U);
  world.change({"A"});
  world.settle();
  EXPECT_EQ(world.publish('A', "t", value), 2U);
}

TEST(Session, AFullGroupBelowBlocksThePublisherAndLosesNothing) {
  SessionWorld world;
  world.start("AB");
  world.subscribe('B', {"t"});
  world.settle();
  world.publish('A', "t", "one");
  world.settle();
  world.refuse('A', true);
  EXPECT_EQ(world.publish('A', "t", "two"), 0U);
  world.refuse('A', false);
  EXPECT_EQ(world.publish('A', "t", "two"), 2U);
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("synced 0", "A1:one", "A2:two"));
}

TEST(Session, AWaitingMessageThatFindsTheGroupFullIsSentLater) {
  SessionWorld world;
  world.start("AB");
  world.subscribe('B', {"t"});
  world.settle();
  world.publish('A', "t", "one");  // Waits for the join.
  world.publish('A', "t", "two");
  world.settle_directory();
  world.refuse('A', true);
  world.settle();
  EXPECT_FALSE(world.session('A').all_sent());
  world.refuse('A', false);
  world.settle();
  EXPECT_TRUE(world.session('A').all_sent());
  EXPECT_THAT(world.history('B', "t"), ElementsAre("synced 0", "A1:one", "A2:two"));
}

TEST(Session, TopicsOfOneSubscriptionJoinTogether) {
  SessionWorld world;
  world.start("AB");
  world.subscribe('B', {"t", "u", "t"});
  world.settle();
  world.publish('A', "u", "one");
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("synced 0"));
  EXPECT_THAT(world.history('B', "u"), ElementsAre("synced 0", "A1:one"));
}

TEST(Session, ASecondSubscriberIsHandedTheStateFromThisNode) {
  SessionWorld world;
  world.start("AB");
  world.subscribe('B', {"t"});
  world.publish('A', "t", "one", "k");
  world.publish('A', "t", "two", "k");
  world.settle();
  world.forget();
  world.subscribe('B', {"t"});
  EXPECT_THAT(world.history('B', "t"), ElementsAre("#2 state A2:k=two", "#2 synced 1"));
  world.publish('A', "t", "three", "k");
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("#2 state A2:k=two", "#2 synced 1", "A3:k=three"));
}

TEST(Session, APublisherThatBeginsToSubscribeIsHandedTheStateItKept) {
  SessionWorld world;
  world.start("AB");
  world.publish('A', "t", "one");
  world.settle();
  world.subscribe('A', {"t"});
  world.settle();
  EXPECT_THAT(world.history('A', "t"), ElementsAre("#1 state A1:one", "#1 synced 1"));
}

TEST(Session, TheLastSubscriberGoneTheTopicIsLeft) {
  SessionWorld world;
  world.start("AB");
  const SubscriberId first = world.subscribe('B', {"t"});
  const SubscriberId second = world.subscribe('B', {"t"});
  world.settle();
  world.unsubscribe('B', first);
  world.settle();
  EXPECT_FALSE(world.session('B').left_all());
  world.unsubscribe('B', second);
  world.settle();
  EXPECT_TRUE(world.session('B').left_all());
  world.forget();
  world.publish('A', "t", "one");
  world.settle();
  EXPECT_THAT(world.history('B', "t"), IsEmpty());
}

TEST(Session, WhoSubscribesAgainWhileItIsStillLeavingIsHandedTheStateOnce) {
  SessionWorld world;
  world.start("AB");
  world.publish('A', "t", "one");
  world.unsubscribe('B', world.subscribe('B', {"t"}));
  world.settle();
  const SubscriberId first = world.subscribe('B', {"t"});
  world.settle();
  world.forget();
  world.unsubscribe('B', first);
  world.subscribe('B', {"t"});
  world.publish('A', "t", "two");
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A2:two", "synced 1"));
}

TEST(Session, NumbersGoOnAfterLeavingAndComingBack) {
  SessionWorld world;
  world.start("AB");
  world.subscribe('B', {"t"});
  world.settle();
  EXPECT_EQ(world.publish('A', "t", "one"), 1U);
  world.settle();
  world.leave('A');
  world.settle();
  EXPECT_TRUE(world.session('A').left_all());
  EXPECT_EQ(world.publish('A', "t", "two"), 2U);
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("synced 0", "A1:one", "A2:two"));
}

TEST(Session, WhoLeavesSendsFirstWhatStillWaits) {
  SessionWorld world;
  world.start("AB");
  world.subscribe('B', {"t"});
  world.settle();
  world.publish('A', "t", "one");
  world.leave('A');
  EXPECT_FALSE(world.session('A').left_all());
  world.settle();
  EXPECT_TRUE(world.session('A').left_all());
  EXPECT_THAT(world.history('B', "t"), ElementsAre("synced 0", "A1:one"));
}

TEST(Session, CountsWhatWasPublishedAndDelivered) {
  SessionWorld world;
  world.start("AB");
  world.subscribe('B', {"u", "t"});
  world.settle();
  world.publish('A', "t", "one");
  world.publish('A', "t", "two");
  world.settle();
  EXPECT_EQ(world.session('B').counters().size(), 2U);
  EXPECT_EQ(world.session('B').counters_of("t").delivered, 2U);
  EXPECT_EQ(world.session('A').counters().front().published, 2U);
}

}  // namespace
}  // namespace hawser::test
