// The directory: operations, their void cases, and its digest.
#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <tuple>
#include <vector>

#include "lwg/directory.hpp"

namespace hawser {
namespace {

const NodeId kA{{1}, {}};
const NodeId kB{{2}, {}};
const ViewId kView{3, 9};

Operation ready(std::string_view name, std::uint64_t id, Role role = Role::subscriber) {
  return {Operation::Kind::ready, role, LightGroupId{id}, name};
}
Operation removal(std::string_view name) { return {Operation::Kind::remove, Role::subscriber, {}, name}; }
Era at(std::uint64_t number) { return {kView, number}; }

TEST(LwgDirectory, AReadyCreatesTheGroupAndTheNextOneFindsItByName) {
  Directory directory;
  const auto created = directory.apply(ready("g", 7), kA, at(1));
  ASSERT_TRUE(created);
  EXPECT_EQ(created->group, LightGroupId{7});
  EXPECT_EQ(created->era, at(1));
  const auto joined = directory.apply(ready("g", 8), kB, at(2));
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->group, LightGroupId{7});
  const DirectoryGroup* group = directory.find(LightGroupId{7});
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->members,
            (std::vector<DirectoryMember>{{kA, Role::subscriber, at(1)}, {kB, Role::subscriber, at(2)}}));
}

TEST(LwgDirectory, OperationsThatChangeNothingAreVoid) {
  Directory directory;
  ASSERT_TRUE(directory.apply(ready("g", 7), kA, at(1)));
  const std::uint64_t before = directory.digest();
  EXPECT_FALSE(directory.apply(ready("g", 8), kA, at(2)));
  EXPECT_FALSE(directory.apply(removal("g"), kB, at(3)));
  EXPECT_FALSE(directory.apply(removal("other"), kA, at(4)));
  EXPECT_FALSE(directory.apply(ready("other", 7), kB, at(5)));  // Its id is another group's.
  EXPECT_EQ(directory.digest(), before);
  EXPECT_EQ(directory.groups().size(), 1U);
}

TEST(LwgDirectory, AnotherRoleIsAChangeThatKeepsThePlaceAndTheBeginning) {
  Directory directory;
  ASSERT_TRUE(directory.apply(ready("g", 7, Role::publisher), kA, at(1)));
  ASSERT_TRUE(directory.apply(ready("g", 7), kB, at(2)));
  EXPECT_TRUE(directory.apply(ready("g", 7), kA, at(3)));
  EXPECT_EQ(directory.role_of("g", kA), Role::subscriber);
  EXPECT_EQ(directory.find(LightGroupId{7})->members.front(), (DirectoryMember{kA, Role::subscriber, at(1)}));
}

TEST(LwgDirectory, TheLastMemberTakesTheGroupWithIt) {
  Directory directory;
  const std::uint64_t empty = directory.digest();
  ASSERT_TRUE(directory.apply(ready("g", 7), kA, at(1)));
  EXPECT_TRUE(directory.apply(removal("g"), kA, at(2)));
  EXPECT_FALSE(directory.id_of("g"));
  EXPECT_EQ(directory.digest(), empty);
}

TEST(LwgDirectory, WhoDoesNotComeAlongIsTakenOutOfEveryGroup) {
  Directory directory;
  ASSERT_TRUE(directory.apply(ready("both", 1), kA, at(1)));
  ASSERT_TRUE(directory.apply(ready("both", 1), kB, at(2)));
  ASSERT_TRUE(directory.apply(ready("b", 2), kB, at(3)));
  directory.retain(std::array{kA});
  EXPECT_EQ(directory.role_of("both", kA), Role::subscriber);
  EXPECT_FALSE(directory.role_of("both", kB));
  EXPECT_FALSE(directory.id_of("b"));
}

std::uint64_t digest_after(std::initializer_list<std::tuple<Operation, NodeId, Era>> operations) {
  Directory directory;
  for (const auto& [operation, node, era] : operations) EXPECT_TRUE(directory.apply(operation, node, era));
  return directory.digest();
}

TEST(LwgDirectory, TheDigestDependsOnEverythingInItButNotOnTheWayThere) {
  const std::uint64_t digest = digest_after({{ready("market.a", 1), kA, at(1)}, {ready("market.b", 2), kB, at(2)}});
  EXPECT_EQ(digest, digest_after({{ready("market.b", 2), kB, at(2)}, {ready("market.a", 1), kA, at(1)}}));
  for (const std::uint64_t other : {
           digest_after({{ready("market.a", 1), kA, at(1)}}),
           digest_after({{ready("market.a", 1), kA, at(1)}, {ready("market.c", 2), kB, at(2)}}),
           digest_after({{ready("market.a", 1), kA, at(1)}, {ready("market.b", 3), kB, at(2)}}),
           digest_after({{ready("market.a", 1), kA, at(1)}, {ready("market.b", 2), kA, at(2)}}),
           digest_after({{ready("market.a", 1), kA, at(1)}, {ready("market.b", 2), kB, at(3)}}),
           digest_after({{ready("market.a", 1), kA, at(1)}, {ready("market.b", 2), kB, {{3, 8}, 2}}}),
           digest_after({{ready("market.a", 1), kA, at(1)}, {ready("market.b", 2, Role::publisher), kB, at(2)}}),
       }) {
    EXPECT_NE(digest, other);
  }
  EXPECT_NE(Directory{}.digest(), 0U);
}

TEST(LwgDirectory, AGroupIsRestoredOnce) {
  Directory directory;
  const DirectoryGroup group{"g", {{kA, Role::subscriber, at(1)}}};
  EXPECT_TRUE(directory.restore(LightGroupId{1}, group));
  EXPECT_FALSE(directory.restore(LightGroupId{1}, {"h", group.members}));
  EXPECT_FALSE(directory.restore(LightGroupId{2}, group));
  EXPECT_FALSE(directory.restore(LightGroupId{3}, {"empty", {}}));
  EXPECT_EQ(directory.groups().size(), 1U);
}

}  // namespace
}  // namespace hawser
