// The mapper's rules, one by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/unit/mapper_world.hpp"

namespace hawser::test {
namespace {

using Kind = Placement::Kind;
using Reason = PlacementReason;

// ---- stay ----

TEST(Mapper, ANewTopicIsGivenAGroupOfItsMembersInTheirOrder) {
  MapperWorld world;
  const Placement placement = world.place(1, "BAC");
  EXPECT_EQ(placement.kind, Kind::created);
  EXPECT_EQ(letters_of(placement.heavy_members), "BAC");
  EXPECT_EQ(world.heavy_of(1), placement.heavy);
  EXPECT_EQ(world.reason(1), Reason::nothing_covers);
}

TEST(Mapper, ATopicStaysWhileItsGroupCoversItWithAtMostKExtras) {
  MapperWorld world;
  world.place(1, "ABCDE");
  ASSERT_TRUE(world.restore_light(2, "ABCDE", world.heavy_of(1).value));
  EXPECT_EQ(world.place(2, "AB").kind, Kind::stay);   // 3 extras, k = 4
  EXPECT_EQ(world.place(2, "ABE").kind, Kind::stay);  // a member that its group has
  EXPECT_EQ(world.reason(2), Reason::fits);
  EXPECT_EQ(world.place(2, "A").kind, Kind::created);  // 4 extras, k = 2
}

TEST(Mapper, ATopicStaysEvenWhereAGroupOfExactlyItsMembersExists) {
  MapperWorld world;
  ASSERT_TRUE(world.restore_heavy(1, "ABC"));
  ASSERT_TRUE(world.restore_heavy(2, "AB"));
  ASSERT_TRUE(world.restore_light(1, "ABC", 1));
  ASSERT_TRUE(world.restore_light(2, "ABC", 1));
  EXPECT_EQ(world.place(1, "AB").kind, Kind::stay);
}

// ---- switch ----

TEST(Mapper, IdenticalMembershipsShareOneGroup) {
  MapperWorld world;
  const GroupId heavy = world.place(1, "ABC").heavy;
  const Placement placement = world.place(2, "CBA");
  EXPECT_EQ(placement.kind, Kind::switched);
  EXPECT_EQ(placement.heavy, heavy);
  EXPECT_TRUE(placement.heavy_members.empty());
  EXPECT_EQ(world.reason(2), Reason::same_members);
}

TEST(Mapper, TheGroupOfExactlyTheMembersComesBeforeALargerOneOfALowerId) {
  MapperWorld world;
  ASSERT_TRUE(world.restore_heavy(1, "ABC"));
  ASSERT_TRUE(world.restore_heavy(2, "AB"));
  EXPECT_EQ(world.place(1, "AB").heavy, GroupId{2});
}

TEST(Mapper, TheSmallestSupersetComesBeforeALargerOneOfALowerId) {
  MapperWorld world;
  ASSERT_TRUE(world.restore_heavy(1, "ABCDE"));
  ASSERT_TRUE(world.restore_heavy(2, "ABCD"));
  EXPECT_EQ(world.place(1, "AB").heavy, GroupId{2});
  EXPECT_EQ(world.reason(1), Reason::superset);
}

TEST(Mapper, OfSeveralSmallestSupersetsTheLowestIdIsTaken) {
  MapperWorld world;
  ASSERT_TRUE(world.restore_heavy(9, "ABX"));
  ASSERT_TRUE(world.restore_heavy(5, "ABY"));
  ASSERT_TRUE(world.restore_heavy(7, "ABZ"));
  ASSERT_TRUE(world.restore_heavy(1, "BXY"));
  EXPECT_EQ(world.place(1, "AB").heavy, GroupId{5});
}

TEST(Mapper, OfSeveralGroupsOfTheSameMembersTheLowestIdIsTaken) {
  MapperWorld world;
  ASSERT_TRUE(world.restore_heavy(9, "AB"));
  ASSERT_TRUE(world.restore_heavy(5, "BA"));
  EXPECT_EQ(world.place(1, "AB").heavy, GroupId{5});
}

TEST(Mapper, KIsTwiceTheSizeButAtMostFive) {
  const std::string many = "ABCDEFGHIJK";
  for (const auto& [size, k] : {std::pair{1U, 2U}, {2U, 4U}, {3U, 5U}, {4U, 5U}, {5U, 5U}}) {
    const std::size_t most = std::size_t{size} + k;
    MapperWorld world;
    ASSERT_TRUE(world.restore_heavy(1, many.substr(0, most)));
    EXPECT_EQ(world.place(1, many.substr(0, size)).kind, Kind::switched) << size;
    MapperWorld too_far;
    ASSERT_TRUE(too_far.restore_heavy(1, many.substr(0, most + 1)));
    EXPECT_EQ(too_far.place(1, many.substr(0, size)).kind, Kind::created) << size;
  }
}

TEST(Mapper, TheCapOnExtrasCanBeSet) {
  MapperWorld world{{.extras_cap = 1}};
  ASSERT_TRUE(world.restore_heavy(1, "ABCD"));
  EXPECT_EQ(world.place(1, "ABC").kind, Kind::switched);
  EXPECT_EQ(world.place(2, "AB").kind, Kind::created);
}

TEST(Mapper, AGroupThatNothingRidesOnIsACandidate) {
  MapperWorld world;
  const GroupId heavy = world.place(1, "ABC").heavy;
  world.mapper().forget_light(LightGroupId{1});
  EXPECT_EQ(world.place(2, "AB").heavy, heavy);
}

// ---- grow ----

TEST(Mapper, TheGroupGrowsByTheMissingMembersWhereNoneCovers) {
  MapperWorld world;
  const GroupId heavy = world.place(1, "CA").heavy;
  const Placement placement = world.place(1, "DCAB");
  EXPECT_EQ(placement.kind, Kind::grown);
  EXPECT_EQ(placement.heavy, heavy);
  EXPECT_EQ(letters_of(placement.heavy_members), "CADB");  // The old ones first, the new ones as they were given.
  EXPECT_EQ(world.reason(1), Reason::growth_fits);
}

TEST(Mapper, ASupersetWithinKComesBeforeGrowth) {
  MapperWorld world;
  world.place(1, "A");
  world.place(2, "BCDEX");
  const GroupId larger = world.place(2, "ABCDE").heavy;
  EXPECT_EQ(world.place(1, "AB").heavy, larger);
}

TEST(Mapper, NoGroupGrowsWhereATopicOnItWouldExceedItsK) {
  MapperWorld world;
  world.place(1, "A");
  world.place(2, "A");
  EXPECT_EQ(world.place(2, "AB").kind, Kind::grown);
  EXPECT_EQ(world.place(2, "ABC").kind, Kind::grown);     // Topic 1 has 2 extras now,
  EXPECT_EQ(world.place(2, "ABCD").kind, Kind::created);  // and may not have 3.
  EXPECT_EQ(world.heavy_members(1), "ABC");
  EXPECT_EQ(world.heavy_members(2), "ABCD");
  EXPECT_EQ(world.reason(2), Reason::growth_too_far);
  EXPECT_EQ(world.explain(2).refused_size, 1U);
}

TEST(Mapper, NoGroupGrowsWhereTheTopicItselfWouldHaveTooManyExtras) {
  MapperWorld world;
  world.place(1, "ABCDEFG");
  ASSERT_TRUE(world.restore_light(2, "AB", world.heavy_of(1).value));
  EXPECT_EQ(world.place(2, "ABX").kind, Kind::grown);  // 5 extras, k = 5
  MapperWorld larger;
  larger.place(1, "ABCDEFGH");
  ASSERT_TRUE(larger.restore_light(2, "AB", larger.heavy_of(1).value));
  EXPECT_EQ(larger.place(2, "ABX").kind, Kind::created);  // 6 would be too many.
  EXPECT_EQ(larger.explain(2).refused_size, 3U);
}

// ---- idle members ----

TEST(Mapper, AMemberThatNobodyNeedsIsNoExtra) {
  MapperWorld world;
  world.place(1, "ABCDEFGH");
  EXPECT_EQ(world.place(1, "A").kind, Kind::stay);
  EXPECT_EQ(world.explain(1).extras, 0U);
  EXPECT_EQ(world.explain(1).idle, 7U);
  EXPECT_EQ(letters_of(world.mapper().idle_members_of(world.heavy_of(1))), "BCDEFGH");
}

TEST(Mapper, AMemberThatNobodyNeedsIsAnExtraWhereThePolicySaysSo) {
  MapperWorld world{{.counts_idle = true}};
  world.place(1, "ABCDEFGH");
  EXPECT_EQ(world.place(1, "A").kind, Kind::created);
}

TEST(Mapper, AnIdleMemberIsNotNeededAgainAtTheCostOfOthers) {
  MapperWorld world;
  const GroupId heavy = world.place(1, "ABCD").heavy;
  world.place(1, "A");                                    // B, C and D are idle.
  EXPECT_EQ(world.place(2, "ABC").heavy, heavy);          // 2 extras for topic 1
  EXPECT_EQ(world.place(3, "ABCD").kind, Kind::created);  // 3 would be too many, although the group has them all.
}

// ---- exact and single ----

TEST(Mapper, ExactGivesEachMembershipItsOwnGroup) {
  MapperWorld world{{.kind = MapperPolicy::Kind::exact}};
  world.place(1, "ABC");
  EXPECT_EQ(world.place(2, "AB").kind, Kind::created);
  EXPECT_EQ(world.place(3, "ABC").heavy, world.heavy_of(1));
  EXPECT_EQ(world.place(3, "AB").heavy, world.heavy_of(2));
  EXPECT_EQ(world.place(3, "ABCD").kind, Kind::created);
  EXPECT_EQ(world.place(3, "ABCDE").kind, Kind::grown);  // It is alone there.
}

TEST(Mapper, SingleGrowsOneGroupForAll) {
  MapperWorld world{{.kind = MapperPolicy::Kind::single}};
  const GroupId heavy = world.place(1, "A").heavy;
  const Placement grown = world.place(2, "BCDEFGHIJ");
  EXPECT_EQ(grown.kind, Kind::grown);
  EXPECT_EQ(grown.heavy, heavy);
  EXPECT_EQ(letters_of(grown.heavy_members), "ABCDEFGHIJ");
  EXPECT_EQ(world.place(3, "AJ").kind, Kind::switched);
  EXPECT_EQ(world.place(3, "A").kind, Kind::stay);
  EXPECT_EQ(world.reason(3), Reason::only_group);
}

TEST(Mapper, SingleTakesTheLowestIdWhereADirectoryHasSeveralGroups) {
  MapperWorld world{{.kind = MapperPolicy::Kind::single}};
  ASSERT_TRUE(world.restore_heavy(8, "AB"));
  ASSERT_TRUE(world.restore_heavy(3, "C"));
  ASSERT_TRUE(world.restore_light(1, "AB", 8));
  const Placement placement = world.place(1, "AB");
  EXPECT_EQ(placement.heavy, GroupId{3});
  EXPECT_EQ(letters_of(placement.heavy_members), "CAB");
}

// ---- the number of groups ----

TEST(Mapper, BeyondTheGroupsAllowedKIsDoubledUntilSomethingFits) {
  MapperWorld world{{.heavy_groups_max = 1}};
  const GroupId heavy = world.place(1, "ABCDE").heavy;
  const Placement placement = world.place(2, "A");  // 4 extras, k = 2
  EXPECT_EQ(placement.heavy, heavy);
  EXPECT_EQ(placement.kind, Kind::switched);
  EXPECT_EQ(world.reason(2), Reason::over_budget);
}

TEST(Mapper, BeyondTheGroupsAllowedTheLargestGrowsAtLast) {
  MapperWorld world{{.heavy_groups_max = 2}};
  world.place(1, "AB");
  const GroupId larger = world.place(2, "CDE").heavy;
  const Placement placement = world.place(3, "X");
  EXPECT_EQ(placement.kind, Kind::grown);
  EXPECT_EQ(placement.heavy, larger);
  EXPECT_EQ(letters_of(placement.heavy_members), "CDEX");
}

// ---- release and removal ----

TEST(Mapper, AMemberIsReleasedWhenNothingNeedsItAndNotBefore) {
  MapperWorld world;
  const GroupId heavy = world.place(1, "ABC").heavy;
  world.place(2, "AB");
  world.place(1, "A");
  EXPECT_EQ(world.mapper().users_of(heavy, node_of('A')), 2U);
  EXPECT_EQ(world.mapper().users_of(heavy, node_of('B')), 1U);
  EXPECT_FALSE(world.mapper().release(heavy, node_of('B')));
  EXPECT_TRUE(world.mapper().release(heavy, node_of('C')));
  EXPECT_FALSE(world.mapper().release(heavy, node_of('C')));
  EXPECT_FALSE(world.mapper().release(heavy, node_of('Z')));
  EXPECT_FALSE(world.mapper().release(GroupId{77}, node_of('A')));
  EXPECT_EQ(world.heavy_members(1), "AB");
}

TEST(Mapper, AGroupIsGoneWithItsLastMember) {
  MapperWorld world;
  const GroupId heavy = world.place(1, "AB").heavy;
  world.mapper().forget_light(LightGroupId{1});
  EXPECT_EQ(world.mapper().light_count(), 0U);
  EXPECT_EQ(world.mapper().heavy_count(), 1U);
  EXPECT_TRUE(world.mapper().release(heavy, node_of('A')));
  EXPECT_TRUE(world.mapper().release(heavy, node_of('B')));
  EXPECT_EQ(world.mapper().heavy_count(), 0U);
  EXPECT_EQ(world.mapper().node_count(), 0U);
  EXPECT_EQ(world.place(1, "AB").kind, Kind::created);
}

TEST(Mapper, ASmallerGroupIsFoundByItsNewMembers) {
  MapperWorld world;
  const GroupId heavy = world.place(1, "ABCD").heavy;
  world.place(1, "AB");
  world.release_all();
  EXPECT_EQ(world.place(2, "AB").heavy, heavy);
  EXPECT_EQ(world.reason(2), Reason::same_members);
}

TEST(Mapper, ACrashedNodeIsOutOfEverythingAndNothingMoves) {
  MapperWorld world;
  const GroupId heavy = world.place(1, "ABC").heavy;
  world.place(2, "C");
  world.place(3, "AB");
  EXPECT_TRUE(world.mapper().remove_node(node_of('C')).empty());
  EXPECT_EQ(world.heavy_members(1), "AB");
  EXPECT_EQ(world.explain(1).size, 2U);
  EXPECT_FALSE(world.mapper().heavy_of(LightGroupId{2}));
  EXPECT_EQ(world.heavy_of(3), heavy);
}

TEST(Mapper, ACrashNamesTheTopicsThatHaveTooManyExtrasByIt) {
  MapperWorld world;
  world.place(1, "ABCDEF");
  ASSERT_TRUE(world.restore_light(9, "AB", world.heavy_of(1).value));  // 4 extras, k = 4
  ASSERT_TRUE(world.restore_light(3, "BC", world.heavy_of(1).value));
  const std::vector<LightGroupId> expected{LightGroupId{3}, LightGroupId{9}};
  EXPECT_EQ(world.mapper().remove_node(node_of('B')), expected);  // 4 extras, k = 2
}

// ---- a directory ----

TEST(Mapper, WhatCannotBeIsNotRestored) {
  MapperWorld world;
  ASSERT_TRUE(world.restore_heavy(1, "AB"));
  EXPECT_FALSE(world.restore_heavy(1, "CD"));
  EXPECT_FALSE(world.restore_heavy(1 + (1U << 23U), "CD"));  // the same address
  EXPECT_FALSE(world.restore_heavy(1U << 23U, "CD"));        // the control group's address
  EXPECT_FALSE(world.restore_heavy(2, ""));
  ASSERT_TRUE(world.restore_light(1, "A", 1));
  EXPECT_FALSE(world.restore_light(1, "A", 1));
  EXPECT_FALSE(world.restore_light(2, "A", 2));
  EXPECT_FALSE(world.restore_light(2, "AC", 1));
  EXPECT_FALSE(world.restore_light(2, "", 1));
  EXPECT_EQ(world.reason(1), Reason::restored);
  EXPECT_EQ(world.mapper().node_count(), 2U);
}

TEST(Mapper, NoTwoGroupsHaveTheSameAddress) {
  MapperWorld world{{.kind = MapperPolicy::Kind::exact, .heavy_groups_max = 1000000}};
  std::set<std::uint64_t> addresses;
  std::uint64_t topics = 0;
  for (unsigned bits = 1; bits < (1U << 14U); ++bits) {  // About 16 pairs of equal addresses, were it left to chance.
    std::string members;
    for (unsigned at = 0; at < 14; ++at) {
      if ((bits >> at & 1U) != 0) members += static_cast<char>('A' + at);
    }
    addresses.insert(world.place(++topics, members).heavy.value & 0x7fffffU);
  }
  EXPECT_EQ(addresses.size(), topics);
  EXPECT_FALSE(addresses.contains(0));
}

TEST(Mapper, ExplainsWhereATopicIs) {
  MapperWorld world;
  world.place(1, "ABC");
  world.place(2, "ABC");
  world.place(1, "A");
  world.place(2, "AB");
  const PlacementExplanation explanation = world.explain(1);
  EXPECT_EQ(explanation.heavy, world.heavy_of(1));
  EXPECT_EQ(explanation.size, 1U);
  EXPECT_EQ(explanation.heavy_size, 3U);
  EXPECT_EQ(explanation.extras, 1U);
  EXPECT_EQ(explanation.idle, 1U);
  EXPECT_EQ(explanation.extras_max, 2U);
  EXPECT_EQ(explanation.sharing, 2U);
  EXPECT_FALSE(world.mapper().explain(LightGroupId{99}));
}

TEST(Mapper, NodesThatComeAndGoLeaveNothingBehind) {
  Mapper mapper{{}, Rng{1}};
  for (std::uint64_t incarnation = 1; incarnation <= 1000; ++incarnation) {
    const NodeId node{{incarnation}, {}};
    const GroupId heavy = mapper.place(LightGroupId{1}, std::vector<NodeId>{node}).heavy;
    mapper.forget_light(LightGroupId{1});
    EXPECT_TRUE(mapper.release(heavy, node));
  }
  EXPECT_EQ(mapper.node_count(), 0U);
  EXPECT_EQ(mapper.heavy_count(), 0U);
}

}  // namespace
}  // namespace hawser::test
