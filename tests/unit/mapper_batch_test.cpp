// The mapper when a node joins or leaves thousands of topics in one batch, and when one comes and goes.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/mapper_world.hpp"

namespace hawser::test {
namespace {

using Kind = Placement::Kind;

constexpr std::uint64_t kTopics = 10000;

TEST(MapperBatch, FourNodesThatJoinTheSameTopicsOneAfterTheOtherShareOneGroup) {
  MapperWorld world;
  for (const char* members : {"A", "AB", "ABC", "ABCD"}) world.place_all(kTopics, members);
  EXPECT_EQ(world.mapper().heavy_count(), 1U);
  EXPECT_EQ(world.take_count(Kind::created), 1U);
  EXPECT_EQ(world.take_count(Kind::grown), 3U);
  EXPECT_EQ(world.take_count(Kind::switched), kTopics - 1);  // The first node's: onto the group of the first topic.
}

TEST(MapperBatch, FortyNodesThatJoinTheSameTopicsShareOneGroup) {
  MapperWorld world;
  std::string members;
  for (char node = 'A'; node < 'A' + 40; ++node) world.place_all(1000, members += node);
  EXPECT_EQ(world.mapper().heavy_count(), 1U);
  EXPECT_EQ(world.take_count(Kind::grown), 39U);
}

// The group grows with the batch's first topic; the others have a bearable extra until it is their turn, or for good.
TEST(MapperBatch, TopicsOfOneMemberBearTwoNewcomersAndTheThirdIsPutElsewhere) {
  MapperWorld world;
  world.place_all(kTopics, "A");
  world.forget_counts();
  for (const char* members : {"AB", "ABC", "ABCD"}) world.place_all(10, members);
  EXPECT_EQ(world.heavy_members(kTopics), "ABC");
  EXPECT_EQ(world.heavy_members(1), "ABCD");
  EXPECT_EQ(world.mapper().heavy_count(), 2U);
  EXPECT_EQ(world.take_count(Kind::switched), 9U);
}

TEST(MapperBatch, EachOfManyNodesWithATopicOfItsOwnAmongTheSharedOnesMakesFewGroups) {
  MapperWorld world;
  std::string members;
  for (char node = 'A'; node < 'A' + 20; ++node) {
    world.place_all(1000, members += node);
    world.place(2000 + static_cast<std::uint64_t>(node), std::string{node});
    world.release_all();
  }
  EXPECT_LE(world.mapper().heavy_count(), 21U);
}

TEST(MapperBatch, WhoeverLeavesTopicAfterTopicSwitchesNone) {
  MapperWorld world;
  world.place_all(kTopics, "ABCDEFGH");
  world.forget_counts();
  for (const char* members : {"ABCDEFG", "ABCDEF", "ABCDE", "ABCD", "ABC", "AB", "A"})
    world.place_all(kTopics, members);
  EXPECT_EQ(world.take_count(Kind::stay), 7 * kTopics);
  world.release_all();
  EXPECT_EQ(world.heavy_members(1), "A");
}

TEST(MapperBatch, WhereIdleMembersCountEveryTopicIsSwitchedOnTheWay) {
  MapperWorld world{{.counts_idle = true}};
  world.place_all(kTopics, "ABCDEFGH");
  world.forget_counts();
  for (const char* members : {"ABCDEFG", "ABCDEF", "ABCDE", "ABCD", "ABC", "AB", "A"})
    world.place_all(kTopics, members);
  EXPECT_EQ(world.take_count(Kind::created), 1U);
  EXPECT_EQ(world.take_count(Kind::switched), kTopics - 1);
}

// The price of "switch before grow": each topic moves once, for good.
TEST(MapperBatch, NextToALargerGroupEachTopicSwitchesOnceAndNoneIsCreated) {
  MapperWorld world;
  world.place_all(kTopics, "A");
  world.place(kTopics + 1, "ABCDEF");
  world.forget_counts();
  for (const char* members : {"AB", "ABC", "ABCD"}) world.place_all(kTopics, members);
  EXPECT_EQ(world.take_count(Kind::switched), kTopics);
  EXPECT_EQ(world.take_count(Kind::stay), 2 * kTopics);
}

// A topic at the bound: B comes and goes, between {A} and the group of six.
class MapperFlapping : public testing::Test {
 protected:
  static std::size_t moves(std::size_t slack) {
    MapperWorld world{{.stay_slack = slack}};
    world.place(1, "A");
    world.place(2, "ABCDEF");
    world.place(3, "A");
    world.forget_counts();
    for (int flap = 0; flap < 100; ++flap) {
      world.place(3, "AB");
      world.place(3, "A");
      world.release_all();
    }
    return world.take_count(Kind::switched) + world.take_count(Kind::grown) + world.take_count(Kind::created);
  }
};

TEST_F(MapperFlapping, WithoutSlackATopicAtTheBoundMovesWithEveryChange) { EXPECT_EQ(moves(0), 200U); }
TEST_F(MapperFlapping, WithASlackOfOneItMovesOnce) { EXPECT_EQ(moves(1), 1U); }

TEST(MapperBatch, ANodeThatComesAndGoesWithinTheGracePeriodMovesNothing) {
  MapperWorld world;
  world.place_all(100, "ABC");
  world.place_all(100, "ABCD");
  world.forget_counts();
  for (int flap = 0; flap < 10; ++flap) {
    world.place_all(100, "ABC");
    world.place_all(100, "ABCD");
  }
  EXPECT_EQ(world.take_count(Kind::stay), 2000U);
}

}  // namespace
}  // namespace hawser::test
