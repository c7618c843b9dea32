// Publishers wait where a subscription has too much to handle, at whatever node it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pubsub-api/src/session/topic_message.hpp"
#include "tests/unit/session_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SessionFlow : public testing::Test {
 protected:
  SessionFlow() {
    world.add("ABC");
    world.start("ABC");
    world.publish('A', "t", "1");
    subscriber = world.subscribe('B', {"t"});
    world.settle();
    world.forget();
  }
  ~SessionFlow() override { EXPECT_THAT(world.violations(), IsEmpty()); }
  bool held(char node) { return world.session(node).is_held(world.session(node).topic("t")); }

  SessionWorld world;
  SubscriberId subscriber;
};

TEST_F(SessionFlow, HoldsThePublisherUntilThereIsRoomAgain) {
  world.set_paused('B', subscriber, true);
  world.settle();
  EXPECT_TRUE(held('A'));
  EXPECT_THAT(world.history('A', "t"), ElementsAre("held"));
  world.set_paused('B', subscriber, false);
  world.settle();
  EXPECT_FALSE(held('A'));
  EXPECT_THAT(world.history('A', "t"), ElementsAre("held", "free"));
}

TEST_F(SessionFlow, CountsASubscriptionOnce) {
  const SubscriberId other = world.subscribe('B', {"t"});
  world.set_paused('B', subscriber, true);
  world.set_paused('B', other, true);
  world.settle();
  world.set_paused('B', subscriber, false);
  world.settle();
  EXPECT_TRUE(held('A'));
  world.unsubscribe('B', other);
  world.settle();
  EXPECT_FALSE(held('A'));
}

TEST_F(SessionFlow, HoldsWhoComesLater) {
  world.set_paused('B', subscriber, true);
  world.settle();
  world.publish('C', "t", "2");
  world.settle();
  EXPECT_TRUE(held('C'));
}

TEST_F(SessionFlow, EndsWithItsNode) {
  world.set_paused('B', subscriber, true);
  world.settle();
  world.crash('B');
  world.change({"AC"});
  world.settle();
  EXPECT_FALSE(held('A'));
}

TEST_F(SessionFlow, IsSaidAnewAfterAPartition) {
  world.set_paused('B', subscriber, true);
  world.settle();
  world.change({"AC", "B"});
  world.settle();
  EXPECT_FALSE(held('A'));
  world.change({"ABC"});
  world.settle();
  EXPECT_TRUE(held('A'));
}

TEST_F(SessionFlow, GoesWithTheSubscriptionToTopicsThatComeByAPattern) {
  const SubscriberId all = world.subscribe('B', {"u.*"});
  world.settle();
  world.set_paused('B', all, true);
  world.publish('C', "u.1", "1");
  world.settle();
  EXPECT_THAT(world.history('C', "u.1"), Contains("held"));
}

// A learns of B's leaving and coming back by one view only, since C's marker keeps it from installing them.
TEST(SessionFlowReturn, WhoComesBackWithinOneViewBeginsAnew) {
  SessionWorld world;
  world.add("ABC");
  world.start("ABC");
  world.subscribe('A', {"t"});
  world.subscribe('C', {"t"});
  const SubscriberId first = world.subscribe('B', {"t"});
  world.settle();
  world.set_paused('B', first, true);
  world.settle();
  world.unsubscribe('B', first);
  world.settle("AB");
  world.subscribe('B', {"t"});
  world.settle("AB");
  world.crash('C');
  world.change({"AB"});
  world.settle();
  EXPECT_FALSE(world.session('A').is_held(world.session('A').topic("t")));
  EXPECT_THAT(world.violations(), IsEmpty());
}

#if defined(HAWSER_FAULTS)
TEST(SessionFlowFaults, WhoComesLaterAndIsNotToldIsNotHeld) {
  fault::active() = "session_flow_not_repeated";
  SessionWorld world;
  world.add("ABC");
  world.start("ABC");
  const SubscriberId subscriber = world.subscribe('B', {"t"});
  world.settle();
  world.set_paused('B', subscriber, true);
  world.settle();
  world.publish('C', "t", "1");
  world.settle();
  EXPECT_FALSE(world.session('C').is_held(world.session('C').topic("t")));
  fault::active().clear();
}
#endif

TEST(FlowWord, ComesBackAsItWasAndNothingElseIsOne) {
  for (const bool paused : {true, false}) {
    const FlowWordBytes bytes = encode_flow({paused, 300});
    ASSERT_TRUE(decode_flow(bytes));
    EXPECT_EQ(decode_flow(bytes)->paused, paused);
    EXPECT_EQ(decode_flow(bytes)->number, 300U);
    EXPECT_FALSE(decode_flow(ByteView{bytes}.first(bytes.size() - 1)));
  }
  FlowWordBytes other = encode_flow({true, 1});
  other[1] = std::byte{2};
  EXPECT_FALSE(decode_flow(other));
}

}  // namespace
}  // namespace hawser::test
