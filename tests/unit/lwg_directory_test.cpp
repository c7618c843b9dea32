// The directory: operations, their void cases, and its digest.
#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <map>
#include <string_view>
#include <vector>

#include "lwg/directory.hpp"

namespace hawser {
namespace {

const NodeId kA{{1}, {}};
const NodeId kB{{2}, {}};
const View kView{{3, 9}, {kA, kB}, {}};
constexpr GroupId kHeavy{70};
constexpr GroupId kOther{71};

Operation creation(std::uint64_t id, std::string_view name, GroupId heavy = kHeavy) {
  return {.kind = Operation::Kind::create, .group = LightGroupId{id}, .heavy = heavy, .name = name};
}
Operation addition(std::uint64_t id, Rank rank, Role role = Role::subscriber) {
  return {.kind = Operation::Kind::add, .group = LightGroupId{id}, .rank = rank, .role = role};
}
Operation removal(std::uint64_t id, Rank rank) {
  return {.kind = Operation::Kind::remove, .group = LightGroupId{id}, .rank = rank};
}
Operation move(std::uint64_t id, GroupId heavy) {
  return {.kind = Operation::Kind::move, .group = LightGroupId{id}, .heavy = heavy};
}
Operation watch(Rank rank, std::string_view text, Operation::Kind kind = Operation::Kind::watch) {
  return {.kind = kind, .rank = rank, .name = text, .pattern = Pattern::Kind::wildcards};
}
Era at(std::uint64_t number) { return {kView.id, number}; }

// A directory that was given these operations, numbered from 1 on.
Directory after(std::initializer_list<Operation> operations) {
  Directory directory;
  std::uint64_t number = 0;
  for (const Operation& operation : operations) {
    static_cast<void>(directory.apply(operation, kView, at(++number)));
  }
  return directory;
}

TEST(LwgDirectory, AGroupIsCreatedAndItsMembersComeInTheOrderOfTheOperations) {
  Directory directory;
  EXPECT_FALSE(directory.apply(creation(7, "g"), kView, at(1)));  // Nobody is in it: no change for anyone.
  const auto added = directory.apply(addition(7, 1), kView, at(2));
  ASSERT_TRUE(added);
  EXPECT_EQ(added->kind, Change::Kind::add);
  EXPECT_EQ(added->era, at(2));
  EXPECT_EQ(added->member.node, kB);
  EXPECT_EQ(added->heavy, kHeavy);
  ASSERT_TRUE(directory.apply(addition(7, 0, Role::publisher), kView, at(3)));
  const DirectoryGroup* group = directory.find(LightGroupId{7});
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->heavy, kHeavy);
  EXPECT_EQ(group->members, (LightMembers{{kB, Role::subscriber}, {kA, Role::publisher}}));
  EXPECT_EQ(directory.id_of("g"), LightGroupId{7});
}

TEST(LwgDirectory, AMoveChangesWhatTheGroupRidesOn) {
  Directory directory = after({creation(7, "g"), addition(7, 0)});
  const auto moved = directory.apply(move(7, kOther), kView, at(3));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->kind, Change::Kind::move);
  EXPECT_EQ(moved->heavy, kOther);
  EXPECT_EQ(directory.find(LightGroupId{7})->heavy, kOther);
}

TEST(LwgDirectory, OperationsThatDoNotFitAreVoid) {
  Directory directory = after({creation(7, "g"), addition(7, 0)});
  const std::uint64_t before = directory.digest();
  EXPECT_FALSE(directory.apply(creation(8, "g"), kView, at(3)));  // The name is another group's,
  EXPECT_FALSE(directory.apply(creation(7, "h"), kView, at(4)));  // or the id.
  EXPECT_FALSE(directory.apply(removal(7, 1), kView, at(5)));     // B is not in it.
  EXPECT_FALSE(directory.apply(removal(9, 0), kView, at(6)));     // There is no such group,
  EXPECT_FALSE(directory.apply(addition(9, 0), kView, at(7)));
  EXPECT_FALSE(directory.apply(move(9, kOther), kView, at(8)));
  EXPECT_FALSE(directory.apply(addition(7, 2), kView, at(9)));  // nor such a rank.
  EXPECT_EQ(directory.digest(), before);
  EXPECT_EQ(directory.groups().size(), 1U);
}

TEST(LwgDirectory, AnotherRoleIsAChangeThatKeepsThePlaceAndTheBeginning) {
  Directory directory = after({creation(7, "g"), addition(7, 0, Role::publisher), addition(7, 1)});
  EXPECT_TRUE(directory.apply(addition(7, 0), kView, at(4)));
  EXPECT_EQ(directory.role_of("g", kA), Role::subscriber);
  EXPECT_EQ(directory.find(LightGroupId{7})->members.front(), (LightMember{kA, Role::subscriber}));
}

TEST(LwgDirectory, TheLastMemberTakesTheGroupWithItAndFreesTheName) {
  Directory directory = after({creation(7, "g"), addition(7, 0)});
  EXPECT_TRUE(directory.apply(removal(7, 0), kView, at(3)));
  EXPECT_FALSE(directory.id_of("g"));
  EXPECT_EQ(directory.digest(), Directory{}.digest());
  static_cast<void>(directory.apply(creation(8, "g"), kView, at(4)));
  EXPECT_EQ(directory.id_of("g"), LightGroupId{8});
}

TEST(LwgDirectory, AHeavyWeightGroupHasTheMembersItWasArrangedToHave) {
  Directory directory;
  directory.arrange(kHeavy, {kA});
  directory.arrange(kHeavy, {kA, kB});
  EXPECT_EQ(directory.heavies().at(kHeavy), (std::vector<NodeId>{kA, kB}));
  directory.arrange(kHeavy, {});
  EXPECT_TRUE(directory.heavies().empty());
  EXPECT_EQ(directory.digest(), Directory{}.digest());
}

TEST(LwgDirectory, WhoDoesNotComeAlongIsTakenOutOfEveryGroup) {
  Directory directory = after({creation(1, "both"), addition(1, 0), addition(1, 1), creation(2, "b"), addition(2, 1)});
  directory.arrange(kHeavy, {kB, kA});
  directory.arrange(kOther, {kB});
  directory.retain(std::array{kA});
  EXPECT_EQ(directory.role_of("both", kA), Role::subscriber);
  EXPECT_FALSE(directory.role_of("both", kB));
  EXPECT_FALSE(directory.id_of("b"));
  EXPECT_EQ(directory.heavies(), (std::map<GroupId, std::vector<NodeId>>{{kHeavy, {kA}}}));
}

TEST(LwgDirectory, NamesWhoWatchesForAGroup) {
  Directory directory = after({watch(1, "a.*"), watch(0, "*.b"), watch(1, ">")});
  EXPECT_EQ(directory.watchers_of("a.b"), (std::vector<NodeId>{kA, kB}));
  EXPECT_EQ(directory.watchers_of("c"), std::vector<NodeId>{kB});
  EXPECT_FALSE(directory.apply(watch(1, "a.*", Operation::Kind::unwatch), kView, at(4)));
  EXPECT_FALSE(directory.apply(watch(1, ">", Operation::Kind::unwatch), kView, at(5)));
  EXPECT_FALSE(directory.apply(watch(1, ">", Operation::Kind::unwatch), kView, at(6)));  // For the second time.
  EXPECT_FALSE(directory.apply(watch(7, ">"), kView, at(7)));                            // Nobody has that rank.
  EXPECT_EQ(directory.watchers_of("a.b"), std::vector<NodeId>{kA});
  directory.retain(std::array{kB});
  EXPECT_TRUE(directory.watchers().empty());
  EXPECT_TRUE(directory.watchers_of("a.b").empty());
  EXPECT_EQ(directory.digest(), Directory{}.digest());
}

TEST(LwgDirectory, TheDigestDependsOnEverythingInIt) {
  const auto digest_of = [](std::initializer_list<Operation> operations) { return after(operations).digest(); };
  const std::uint64_t digest = digest_of({creation(1, "market.a"), addition(1, 0)});
  EXPECT_EQ(digest, digest_of({creation(1, "market.a"), addition(1, 0)}));
  for (const std::uint64_t other : {
           digest_of({creation(1, "market.b"), addition(1, 0)}),
           digest_of({creation(2, "market.a"), addition(2, 0)}),
           digest_of({creation(1, "market.a", kOther), addition(1, 0)}),
           digest_of({creation(1, "market.a"), addition(1, 1)}),
           digest_of({creation(1, "market.a"), addition(1, 0, Role::publisher)}),
           digest_of({creation(1, "market.a"), addition(1, 0), addition(1, 1)}),
           digest_of({creation(1, "market.a"), addition(1, 0), watch(0, "market.*")}),
       }) {
    EXPECT_NE(digest, other);
  }
  Directory arranged = after({creation(1, "market.a"), addition(1, 0)});
  arranged.arrange(kHeavy, {kA});
  EXPECT_NE(arranged.digest(), digest);
  EXPECT_NE(Directory{}.digest(), 0U);
}

TEST(LwgDirectory, TheDigestDoesNotDependOnTheWayThere) {
  const Directory straight = after({creation(1, "market.a"), addition(1, 0), creation(2, "market.b"), addition(2, 1)});
  Directory around = after({creation(1, "market.a"), addition(1, 0), creation(2, "market.b"), addition(2, 1),
                            move(1, kOther), move(1, kHeavy), creation(3, "market.c"), addition(3, 1)});
  EXPECT_NE(around.digest(), straight.digest());
  EXPECT_TRUE(around.apply(removal(3, 1), kView, at(9)));
  EXPECT_EQ(around.digest(), straight.digest());
}

TEST(LwgDirectory, AGroupIsRestoredOnce) {
  Directory directory;
  const DirectoryGroup group{"g", kHeavy, {}, LightMembers{LightMember{kA, Role::subscriber}}};
  EXPECT_TRUE(directory.restore(LightGroupId{1}, group));
  EXPECT_FALSE(directory.restore(LightGroupId{1}, {"h", kHeavy, {}, group.members}));
  EXPECT_FALSE(directory.restore(LightGroupId{2}, group));
  EXPECT_FALSE(directory.restore(LightGroupId{3}, {"empty", kHeavy, {}, {}}));
  EXPECT_EQ(directory.groups().size(), 1U);
}

}  // namespace
}  // namespace hawser
