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
  world.declare('A', "t", TopicOrder::total);
  EXPECT_THAT(world.answers('A', "t"), IsEmpty());
  world.settle();
  EXPECT_THAT(world.answers('A', "t"), ElementsAre("total"));
  world.declare('A', "t", TopicOrder::total);
  EXPECT_THAT(world.answers('A', "t"), ElementsAre("total", "total"));
}

TEST_F(SessionDeclare, WhoComesSecondIsToldWhatIsInForce) {
  world.declare('A', "t", TopicOrder::total);
  world.settle();
  world.declare('B', "t", TopicOrder::fifo);
  world.settle();
  EXPECT_THAT(world.answers('B', "t"), ElementsAre("total"));
}

TEST_F(SessionDeclare, OfTwoAtOnceOneDecidesForBoth) {
  world.declare('A', "t", TopicOrder::total);
  world.declare('B', "t", TopicOrder::fifo);
  world.settle();
  EXPECT_THAT(world.answers('A', "t"), AnyOf(ElementsAre("total"), ElementsAre("fifo")));
  EXPECT_EQ(world.answers('A', "t"), world.answers('B', "t"));
}

TEST_F(SessionDeclare, WhoIsRefusedDoesNotKeepTheTopicAlive) {
  world.declare('A', "t", TopicOrder::total);
  world.settle();
  world.declare('B', "t", TopicOrder::fifo);
  world.settle();
  world.leave('A');
  world.settle();
  world.declare('C', "t", TopicOrder::fifo);
  world.settle();
  EXPECT_THAT(world.answers('C', "t"), ElementsAre("fifo"));
}

TEST_F(SessionDeclare, SubscribersMayComeFirst) {
  world.subscribe('B', {"t"});
  world.publish('C', "t", "before");
  world.settle();
  world.declare('A', "t", TopicOrder::total);
  world.settle();
  world.publish('C', "t", "after");
  world.settle();
  EXPECT_THAT(last_of('B', 2), ElementsAre("C1:before", "C2:after"));
}

TEST_F(SessionDeclare, InTotalOrderAllHearOneOrder) {
  world.declare('A', "t", TopicOrder::total);
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

/// A's messages get their places before C's, which knows of none of them: by Lamport's clock it is older.
class SessionDeclareRetained : public SessionDeclare {
 protected:
  SessionDeclareRetained() {
    world.declare('A', "t", TopicOrder::total);
    world.declare('C', "t", TopicOrder::total);
    world.settle();
    for (int i = 0; i < 5; ++i) world.publish('A', "t", "a");
    world.publish('C', "t", "c");
    world.settle();
    world.subscribe('B', {"t"});
    world.settle();
  }
};

TEST_F(SessionDeclareRetained, IsTheLastOneInTotalOrder) {
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state C1:c", "synced 1"));
}

TEST_F(SessionDeclare, OutlivesTheOneWhoDeclaredIt) {
  world.declare('A', "t", TopicOrder::total);
  world.subscribe('B', {"t"});
  world.settle();
  world.crash('A');
  world.change({"BC"});
  world.settle();
  world.declare('C', "t", TopicOrder::fifo);
  world.settle();
  EXPECT_THAT(world.answers('C', "t"), ElementsAre("total"));
}

TEST_F(SessionDeclare, EndsWithTheLastMember) {
  world.declare('A', "t", TopicOrder::total);
  world.settle();
  world.leave('A');
  world.settle();
  world.declare('B', "t", TopicOrder::fifo);
  world.settle();
  EXPECT_THAT(world.answers('B', "t"), ElementsAre("fifo"));
}

TEST_F(SessionDeclare, IsToldAnewWhereTheOtherSideOfAPartitionWasToldNothing) {
  world.subscribe('A', {"t"});
  world.subscribe('B', {"t"});
  world.settle();
  world.change({"AB", "C"});
  world.settle();
  world.declare('C', "t", TopicOrder::total);
  world.settle();
  world.change({"ABC"});
  world.settle();
  world.declare('A', "t", TopicOrder::fifo);
  world.settle();
  EXPECT_THAT(world.answers('A', "t"), ElementsAre("total"));
}

#if defined(HAWSER_FAULTS)

TEST(SessionDeclareFaults, TheStampInsteadOfTheOrderIsCaught) {
  fault::active() = "session_fold_ignores_order";
  SessionWorld world;
  world.start("ABC");
  world.declare('A', "t", TopicOrder::total);
  world.declare('C', "t", TopicOrder::total);
  world.settle();
  for (int i = 0; i < 5; ++i) world.publish('A', "t", "a");
  world.publish('C', "t", "c");
  world.settle();
  world.subscribe('B', {"t"});
  world.settle();
  fault::active().clear();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A5:a", "synced 1"));
}

#endif

}  // namespace
}  // namespace hawser::test
