// Sets of nodes, and the numbers that nodes have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "lwg/node_set.hpp"
#include "lwg/node_table.hpp"

namespace hawser {
namespace {

using testing::ElementsAre;

NodeSet set_of(std::initializer_list<NodeIndex> nodes) {
  NodeSet set;
  for (const NodeIndex node : nodes) set.insert(node);
  return set;
}

NodeId node(std::uint64_t incarnation) { return {{incarnation}, {}}; }

TEST(NodeSet, InsertAndEraseSayWhetherTheyChangedAnything) {
  NodeSet set;
  EXPECT_TRUE(set.insert(3));
  EXPECT_FALSE(set.insert(3));
  EXPECT_TRUE(set.insert(500));
  EXPECT_FALSE(set.erase(4));
  EXPECT_FALSE(set.erase(9999));
  EXPECT_TRUE(set.erase(500));
  EXPECT_EQ(set.size(), 1U);
}

TEST(NodeSet, VisitsItsMembersInAscendingOrderAndRanksThem) {
  const NodeSet set = set_of({700, 0, 63, 64, 127, 128});
  std::vector<NodeIndex> members;
  set.for_each([&](NodeIndex node) {
    EXPECT_EQ(set.rank(node), members.size());
    members.push_back(node);
  });
  EXPECT_THAT(members, ElementsAre(0, 63, 64, 127, 128, 700));
  EXPECT_EQ(set.rank(5000), 6U);
}

TEST(NodeSet, IncludesAndUnitesAcrossTheInPlacePart) {
  const NodeSet small = set_of({1, 127});
  const NodeSet large = set_of({1, 127, 128, 400});
  EXPECT_TRUE(large.includes(small));
  EXPECT_FALSE(small.includes(large));
  EXPECT_TRUE(small.includes({}));
  EXPECT_FALSE(large.includes(set_of({129})));
  EXPECT_EQ(small.size_of_union(set_of({2, 128})), 4U);
  EXPECT_EQ(large.size_of_union(small), 4U);
}

TEST(NodeSet, EqualSetsAreEqualHoweverTheyCameAbout) {
  NodeSet once_larger = set_of({5, 1000});
  once_larger.erase(1000);
  EXPECT_EQ(once_larger, set_of({5}));
  EXPECT_EQ(once_larger.digest(), set_of({5}).digest());
  EXPECT_NE(set_of({6}).digest(), set_of({5}).digest());
  once_larger.erase(5);
  EXPECT_TRUE(once_larger.empty());
}

TEST(NodeTable, ANodeKeepsItsNumberUntilTheLastHoldIsLetGo) {
  NodeTable table;
  const NodeIndex a = table.number(node(1));
  table.hold(a);
  table.hold(a);
  table.let_go(a);
  EXPECT_EQ(table.find(node(1)), a);
  table.let_go(a);
  EXPECT_EQ(table.find(node(1)), std::nullopt);
}

TEST(NodeTable, TheLowestUnusedNumberIsGivenNext) {
  NodeTable table;
  for (std::uint64_t at = 0; at < 4; ++at) table.hold(table.number(node(at)));
  table.let_go(2);
  table.let_go(1);
  EXPECT_EQ(table.number(node(9)), 1U);
  EXPECT_EQ(table[1], node(9));
  EXPECT_EQ(table.size(), 3U);
}

}  // namespace
}  // namespace hawser
