// Topics that are told their order by one of those who are in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/session_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SessionDeclare : public testing::Test {
 protected:
  SessionDeclare() { world.start("ABC"); }
  ~SessionDeclare() override { EXPECT_THAT(world.violations(), IsEmpty()); }
  std::vector<std::string> last_of(char node, std::size_t count) {
    std::vector<std::string> history = world.history(node, "t");
    return {history.end() - static_cast<std::ptrdiff_t>(std::min(count, history.size())), history.end()};
  }

  SessionWorld world;
};

TEST_F(SessionDeclare, IsAnsweredOnceItIsInForce) {
  world.declare('A', "t", {TopicOrder::total});
  EXPECT_THAT(world.answers('A', "t"), IsEmpty());
  world.settle();
  EXPECT_THAT(world.answers('A', "t"), ElementsAre("total"));
  world.declare('A', "t", {TopicOrder::total});
  EXPECT_THAT(world.answers('A', "t"), ElementsAre("total", "total"));
}

TEST_F(SessionDeclare, WhoComesSecondIsToldWhatIsInForce) {
  world.declare('A', "t", {TopicOrder::total});
  world.settle();
  world.declare('B', "t", {TopicOrder::fifo});
  world.settle();
  EXPECT_THAT(world.answers('B', "t"), ElementsAre("total"));
}

TEST_F(SessionDeclare, OfTwoAtOnceOneDecidesForBoth) {
  world.declare('A', "t", {TopicOrder::total});
  world.declare('B', "t", {TopicOrder::fifo});
  world.settle();
  EXPECT_THAT(world.answers('A', "t"), AnyOf(ElementsAre("total"), ElementsAre("fifo")));
  EXPECT_EQ(world.answers('A', "t"), world.answers('B', "t"));
}

TEST_F(SessionDeclare, WhoIsRefusedDoesNotKeepTheTopicAlive) {
  world.declare('A', "t", {TopicOrder::total});
  world.settle();
  world.declare('B', "t", {TopicOrder::fifo});
  world.settle();
  world.leave('A');
  world.settle();
  world.declare('C', "t", {TopicOrder::fifo});
  world.settle();
  EXPECT_THAT(world.answers('C', "t"), ElementsAre("fifo"));
}

TEST_F(SessionDeclare, SubscribersMayComeFirst) {
  world.subscribe('B', {"t"});
  world.publish('C', "t", "before");
  world.settle();
  world.declare('A', "t", {TopicOrder::total});
  world.settle();
  world.publish('C', "t", "after");
  world.settle();
  EXPECT_THAT(last_of('B', 2), ElementsAre("C1:before", "C2:after"));
}

TEST_F(SessionDeclare, InTotalOrderAllHearOneOrder) {
  world.declare('A', "t", {TopicOrder::total});
  for (const char node : std::string_view{"ABC"}) world.subscribe(node, {"t"});
  world.settle();
  world.forget();
  for (int i = 0; i < 3; ++i) {
    for (const char node : std::string_view{"CBA"}) world.publish(node, "t", std::to_string(i));
  }
  world.settle();
  EXPECT_EQ(world.history('A', "t").size(), 9U);
  EXPECT_EQ(world.history('A', "t"), world.history('B', "t"));
  EXPECT_EQ(world.history('A', "t"), world.history('C', "t"));
}

/// A's messages get their places before C's, which knows of none of them: by Lamport's clock it is older. B asks.
void let_the_older_come_last(SessionWorld& world) {
  world.declare('A', "t", {TopicOrder::total});
  world.declare('C', "t", {TopicOrder::total});
  world.settle();
  for (int i = 0; i < 5; ++i) world.publish('A', "t", "a");
  world.publish('C', "t", "c");
  world.settle();
  world.subscribe('B', {"t"});
  world.settle();
}

class SessionDeclareRetained : public SessionDeclare {
 protected:
  SessionDeclareRetained() { let_the_older_come_last(world); }
};

TEST_F(SessionDeclareRetained, IsTheLastOneInTotalOrder) {
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state C1:c", "synced 1"));
}

TEST_F(SessionDeclare, OutlivesTheOneWhoDeclaredIt) {
  world.declare('A', "t", {TopicOrder::total});
  world.subscribe('B', {"t"});
  world.settle();
  world.crash('A');
  world.change({"BC"});
  world.settle();
  world.declare('C', "t", {TopicOrder::fifo});
  world.settle();
  EXPECT_THAT(world.answers('C', "t"), ElementsAre("total"));
}

TEST_F(SessionDeclare, EndsWithTheLastMember) {
  world.declare('A', "t", {TopicOrder::total});
  world.settle();
  world.leave('A');
  world.settle();
  world.declare('B', "t", {TopicOrder::fifo});
  world.settle();
  EXPECT_THAT(world.answers('B', "t"), ElementsAre("fifo"));
}

TEST_F(SessionDeclare, IsToldAnewWhereTheOtherSideOfAPartitionWasToldNothing) {
  world.subscribe('A', {"t"});
  world.subscribe('B', {"t"});
  world.settle();
  world.change({"AB", "C"});
  world.settle();
  world.declare('C', "t", {TopicOrder::total});
  world.settle();
  world.change({"ABC"});
  world.settle();
  world.declare('A', "t", {TopicOrder::fifo});
  world.settle();
  EXPECT_THAT(world.answers('A', "t"), ElementsAre("total"));
}

TEST_F(SessionDeclareRetained, TheLastOneIsTheLastInTotalOrder) {
  world.publish('A', "t", "other", "k");
  world.settle();
  world.publish('C', "t", "last");
  world.settle();
  world.subscribe('C', {"t"}, Start::last());
  world.settle();
  EXPECT_THAT(world.history('C', "t"), ElementsAre("#2 state C2:last", "#2 synced 1"));
}

/// A topic with a history of three messages, of which more were published.
class SessionHistory : public SessionDeclare {
 protected:
  void publish(TopicOrder order) {
    world.declare('A', "t", {order, {.messages = 3}});
    world.declare('B', "t", {order, {.messages = 3}});
    world.settle();
    world.publish('A', "t", "1", "old");
    world.settle();
    for (const char* value : {"2", "3"}) world.publish('A', "t", value, "k");
    world.settle();
    for (const char* value : {"4", "5"}) world.publish('B', "t", value, "k");
    world.settle();
  }
};

TEST_F(SessionHistory, IsHandedOverInItsOrder) {
  publish(TopicOrder::fifo);
  world.subscribe('C', {"t"}, Start::all());
  world.settle();
  EXPECT_THAT(world.history('C', "t"),
              ElementsAre("state A1:old=1", "state A3:k=3", "state B1:k=4", "state B2:k=5", "synced 4"));
}

TEST_F(SessionHistory, InTotalOrderToo) {
  publish(TopicOrder::total);
  world.subscribe('C', {"t"}, Start::all());
  world.settle();
  EXPECT_THAT(world.history('C', "t"),
              ElementsAre("state A1:old=1", "state A3:k=3", "state B1:k=4", "state B2:k=5", "synced 4"));
}

TEST_F(SessionHistory, ASubscriberHasItsOwnStart) {
  publish(TopicOrder::fifo);
  world.subscribe('C', {"t"}, Start::none());
  world.subscribe('C', {"t"}, Start::last());
  world.subscribe('C', {"t"});
  world.settle();
  EXPECT_THAT(world.history('C', "t"), ElementsAre("#1 synced 0", "#2 state B2:k=5", "#2 synced 1", "#3 state B2:k=5",
                                                   "#3 state A1:old=1", "#3 synced 2"));
}

TEST_F(SessionHistory, WhoComesLaterOnANodeHasItToo) {
  publish(TopicOrder::fifo);
  world.subscribe('A', {"t"}, Start::last());
  world.subscribe('A', {"t"}, Start::all());
  world.settle();
  EXPECT_THAT(world.history('A', "t"),
              ElementsAre("#1 state B2:k=5", "#1 synced 1", "#2 state A1:old=1", "#2 state A3:k=3", "#2 state B1:k=4",
                          "#2 state B2:k=5", "#2 synced 4"));
}

TEST_F(SessionHistory, BeginsAtATime) {
  world.declare('A', "t", {.history = {.messages = 10}});
  world.settle();
  world.publish('A', "t", "early");
  world.settle();
  const auto now = std::chrono::system_clock::time_point{
      std::chrono::milliseconds{static_cast<std::int64_t>(world.wall_time()) + 50}};
  world.pass(std::chrono::milliseconds{100});
  world.publish('A', "t", "late");
  world.settle();
  world.subscribe('B', {"t"}, Start::since(now));
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A2:late", "synced 1"));
}

TEST_F(SessionHistory, OfWhatHasGrownTooOldTheLastOfAKeyStays) {
  world.declare('A', "t", {.history = {.messages = 10, .age = std::chrono::milliseconds{500}}});
  world.settle();
  for (const char* value : {"early", "later"}) world.publish('A', "t", value);
  world.pass(std::chrono::seconds{1});
  world.subscribe('B', {"t"}, Start::all());
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A2:later", "synced 1"));
}

TEST_F(SessionHistory, WhatWasPublishedBeforeItWasDeclaredIsNotInIt) {
  world.publish('A', "t", "before");
  world.settle();
  world.declare('A', "t", {.history = {.messages = 10}});
  world.settle();
  world.publish('A', "t", "after");
  world.settle();
  world.subscribe('B', {"t"}, Start::all());
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A2:after", "synced 1"));
}

#if defined(HAWSER_FAULTS)

TEST(SessionDeclareFaults, TheStampInsteadOfTheOrderIsCaught) {
  fault::active() = "session_fold_ignores_order";
  SessionWorld world;
  world.start("ABC");
  let_the_older_come_last(world);
  fault::active().clear();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A5:a", "synced 1"));
}

#endif

}  // namespace
}  // namespace hawser::test
