// The coordinator's plans: what requests come to, one plan at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "lwg/coordinator.hpp"

namespace hawser {
namespace {

using Kind = Operation::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

const NodeId kA{{1}, {}};
const NodeId kB{{2}, {}};
const NodeId kC{{3}, {}};
const NodeId kD{{4}, {}};
const NodeId kE{{5}, {}};
const NodeId kF{{6}, {}};
const View kView{{3, 9}, {kA, kB, kC, kD, kE, kF}, {}};

Request join(std::string_view name, std::uint64_t id = 7) {
  return {Request::Kind::join, Role::subscriber, LightGroupId{id}, {}, 0, name};
}
Request leave(std::string_view name) { return {Request::Kind::leave, Role::subscriber, {}, {}, 0, name}; }
Request release(GroupId heavy, std::uint64_t seen) {
  return {Request::Kind::release, Role::subscriber, {}, heavy, seen, {}};
}

// A coordinator with its directory: plans are carried out at once.
class Office {
 public:
  explicit Office(MapperPolicy::Kind kind = MapperPolicy::Kind::exact) : coordinator({kind}, Rng{1}) {}

  void ask(const NodeId& from, std::vector<Request> requests) {
    coordinator.on_requests(from, {1, std::move(requests)});
  }
  std::vector<Kind> plan() {
    std::vector<Kind> kinds;
    arranged.clear();
    const auto plan = coordinator.plan(directory, kView, number);
    if (!plan) return kinds;
    for (const auto& [heavy, old_members, members] : plan->arrangements) {
      arranged.push_back(members);
      directory.arrange(heavy, members);
    }
    for (const Operation& operation : plan->operations) {
      kinds.push_back(operation.kind);
      static_cast<void>(directory.apply(operation, kView, {kView.id, ++number}));
    }
    return kinds;
  }
  std::vector<Kind> next() {
    coordinator.on_delivered();
    return plan();
  }
  [[nodiscard]] GroupId heavy_of(std::string_view name) const { return directory.find(*directory.id_of(name))->heavy; }

  Directory directory;
  Coordinator coordinator;
  std::vector<std::vector<NodeId>> arranged;
  std::uint64_t number = 0;
};

TEST(LwgCoordinator, ANewNameIsCreatedOnAHeavyWeightGroupThatIsArrangedFirst) {
  Office office;
  office.ask(kB, {join("g")});
  EXPECT_THAT(office.plan(), ElementsAre(Kind::create, Kind::add));
  EXPECT_THAT(office.arranged, ElementsAre(std::vector{kB}));
  EXPECT_EQ(office.directory.id_of("g"), LightGroupId{7});
}

TEST(LwgCoordinator, WhatIsAskedWhileAPlanIsOnTheWayMakesTheNextOne) {
  Office office;
  office.ask(kA, {join("g")});
  EXPECT_TRUE(office.coordinator.has_work());
  office.plan();
  office.ask(kB, {join("g")});
  office.ask(kC, {join("g")});
  EXPECT_FALSE(office.coordinator.has_work());
  EXPECT_THAT(office.next(), ElementsAre(Kind::add, Kind::add));
  EXPECT_THAT(office.arranged, ElementsAre(std::vector{kA, kB, kC}));
}

TEST(LwgCoordinator, TwoWhoCreateOneNameInOneBatchMeetInOneGroup) {
  Office office;
  office.ask(kA, {join("g", 7)});
  office.ask(kB, {join("g", 8)});
  EXPECT_THAT(office.plan(), ElementsAre(Kind::create, Kind::add, Kind::add));
  EXPECT_EQ(office.directory.groups().size(), 1U);
}

TEST(LwgCoordinator, AnIdThatIsTakenIsReplaced) {
  Office office;
  office.ask(kA, {join("g", 7), join("h", 7)});
  office.plan();
  EXPECT_EQ(office.directory.groups().size(), 2U);
}

TEST(LwgCoordinator, WhatNothingFollowsFromIsNoPlan) {
  Office office;
  office.ask(kA, {join("g")});
  office.plan();
  office.ask(kA, {join("g")});
  office.ask(kB, {leave("g"), leave("h"), release(GroupId{99}, 9)});
  office.ask(NodeId{{9}, {}}, {join("g")});  // It is not in the view.
  EXPECT_THAT(office.next(), IsEmpty());
  EXPECT_FALSE(office.coordinator.has_work());
}

TEST(LwgCoordinator, AGroupMovesBeforeItsNewMemberComes) {
  Office office;
  office.ask(kA, {join("g", 7), join("h", 8)});
  office.plan();
  office.ask(kB, {join("g")});
  EXPECT_THAT(office.next(), ElementsAre(Kind::move, Kind::add));
  EXPECT_NE(office.heavy_of("g"), office.heavy_of("h"));
}

TEST(LwgCoordinator, AGroupThatEndsAndBeginsInOneBatchIsAnotherOne) {
  Office office;
  office.ask(kA, {join("g", 7)});
  office.plan();
  office.ask(kA, {leave("g")});
  office.ask(kB, {join("g", 8)});
  EXPECT_THAT(office.next(), ElementsAre(Kind::remove, Kind::create, Kind::add));
  EXPECT_EQ(office.directory.id_of("g"), LightGroupId{8});
}

TEST(LwgCoordinator, WhoIsNeededInAHeavyWeightGroupIsNotLetOut) {
  Office office;
  office.ask(kA, {join("g")});
  office.plan();
  const GroupId heavy = office.heavy_of("g");
  office.ask(kA, {release(heavy, 99)});
  EXPECT_THAT(office.next(), IsEmpty());
  EXPECT_THAT(office.arranged, IsEmpty());
  EXPECT_TRUE(office.directory.heavies().contains(heavy));
}

TEST(LwgCoordinator, WhoAskedToBeLetOutBeforeItKnewOfAMoveIsNot) {
  Office office;
  office.ask(kA, {join("g", 7), join("h", 8)});
  office.ask(kB, {join("g"), join("h")});
  office.plan();
  const GroupId heavy = office.heavy_of("g");
  const std::uint64_t before = office.number;
  office.ask(kB, {leave("g")});  // g moves to a group of A alone.
  office.ask(kB, {leave("h")});
  office.next();
  ASSERT_NE(office.heavy_of("g"), heavy);
  office.ask(kB, {release(heavy, before)});
  office.next();
  EXPECT_TRUE(office.directory.heavies().contains(heavy));
  EXPECT_THAT(office.arranged, IsEmpty());
  office.ask(kB, {release(heavy, office.number)});
  office.next();
  EXPECT_THAT(office.arranged, ElementsAre(std::vector{kA}));
}

// Its markers would have nowhere to go: the operations before its `remove` wait for them.
TEST(LwgCoordinator, WhoLeavesIsNotTakenOutOfItsHeavyWeightGroupByTheSamePlan) {
  Office office;
  office.ask(kA, {join("g")});
  office.ask(kB, {join("g")});
  office.plan();
  const GroupId heavy = office.heavy_of("g");
  office.ask(kC, {join("g")});
  office.ask(kB, {leave("g"), release(heavy, office.number)});
  office.next();
  const auto& members = office.directory.heavies().at(heavy);
  EXPECT_NE(std::find(members.begin(), members.end(), kB), members.end());
}

TEST(LwgCoordinator, WithTheControlViewRequestsAreForgottenAndThePlanIsOver) {
  Office office;
  office.ask(kA, {join("g")});
  office.plan();
  office.ask(kB, {join("g")});
  office.coordinator.on_view({});
  EXPECT_FALSE(office.coordinator.has_work());
  office.ask(kC, {join("g")});
  EXPECT_TRUE(office.coordinator.has_work());
  EXPECT_THAT(office.plan(), ElementsAre(Kind::add));
}

// A and B's topic on the group of six: four extras are what two members bear, and more than one does.
TEST(LwgCoordinator, WhatHasTooManyExtrasAfterACrashIsPlacedAnewWithTheNextPlan) {
  Office office{MapperPolicy::Kind::smallest_superset};
  for (const NodeId& node : kView.members) office.ask(node, {join("six", 1)});
  office.ask(kA, {join("pair", 2)});
  office.ask(kB, {join("pair", 2)});
  office.plan();
  ASSERT_EQ(office.heavy_of("pair"), office.heavy_of("six"));
  office.coordinator.on_delivered();

  const std::vector<NodeId> kept{kA, kC, kD, kE, kF};
  office.directory.retain(kept);
  office.coordinator.on_view(kept);
  EXPECT_FALSE(office.coordinator.has_work());
  office.ask(kC, {join("other", 3)});
  EXPECT_THAT(office.plan(), ElementsAre(Kind::move, Kind::create, Kind::add));
  EXPECT_NE(office.heavy_of("pair"), office.heavy_of("six"));
  EXPECT_EQ(office.directory.heavies().at(office.heavy_of("six")), kept);
}

// It knows what the directory says, and nothing of a plan that was not carried out.
TEST(LwgCoordinator, APlanThatWasLostIsNotBuiltOn) {
  Office office;
  office.ask(kA, {join("g")});
  ASSERT_TRUE(office.coordinator.plan(office.directory, kView, 0));
  office.coordinator.on_view(kView.members);
  office.ask(kA, {join("g")});
  EXPECT_THAT(office.plan(), ElementsAre(Kind::create, Kind::add));
  EXPECT_THAT(office.arranged, ElementsAre(std::vector{kA}));
}

}  // namespace
}  // namespace hawser
