// One node's light views, without a world around them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "lwg/light_views.hpp"

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const NodeId kA{{1}, {}};
const NodeId kB{{2}, {}};
const NodeId kC{{3}, {}};
const View kView{{1, 1}, {kA, kB, kC}, {}};
constexpr GroupId kHeavy{70};
constexpr GroupId kOther{71};

Operation creation(std::uint64_t id, std::string_view name, GroupId heavy) {
  return {.kind = Operation::Kind::create, .group = LightGroupId{id}, .heavy = heavy, .name = name};
}
Operation addition(std::uint64_t id, Rank rank) {
  return {.kind = Operation::Kind::add, .group = LightGroupId{id}, .rank = rank};
}
Operation removal(std::uint64_t id, Rank rank) {
  return {.kind = Operation::Kind::remove, .group = LightGroupId{id}, .rank = rank};
}
Operation move(std::uint64_t id, GroupId heavy) {
  return {.kind = Operation::Kind::move, .group = LightGroupId{id}, .heavy = heavy};
}

// B's views, with its directory.
struct LwgViews : testing::Test {
  // One batch.
  void apply(const std::vector<Operation>& batch) {
    for (const Operation& operation : batch) {
      const auto change = directory.apply(operation, kView, {kView.id, ++number});
      if (change) views.on_change(*change, directory);
    }
    views.install(out);
  }
  void hear(GroupId heavy, std::uint64_t marker) {
    for (const NodeId& node : kView.members) views.on_marker(MarkerStream::fifo, heavy, node, marker);
    views.install(out);
  }

  Outbox transport;
  LightOutbox out{transport, {}};
  Directory directory;
  LightViews views{kB};
  std::uint64_t number = 0;
};

TEST_F(LwgViews, ChangesBehindTheNodesOwnRemovalAreNotItsConcern) {
  apply({creation(1, "g", kHeavy), addition(1, 0), addition(1, 1), creation(2, "h", kOther), addition(2, 1)});
  static_cast<void>(views.take_markers(MarkerStream::fifo));
  hear(kHeavy, 5);
  hear(kOther, 5);
  apply({move(1, kOther), removal(1, 1), addition(1, 2)});  // 6, 7, 8
  static_cast<void>(views.take_markers(MarkerStream::fifo));
  EXPECT_EQ(views.find(LightGroupId{1}), nullptr);
  apply({addition(2, 2)});  // 9, on the group that the third one would be marked on
  EXPECT_THAT(views.take_markers(MarkerStream::fifo), ElementsAre(Pair(kOther, 9U)));
}

TEST_F(LwgViews, BehindAMoveAChangeIsMarkedOnTheNewGroupOnceThatIsInstalled) {
  apply({creation(1, "g", kHeavy), addition(1, 1)});
  EXPECT_THAT(views.take_markers(MarkerStream::fifo), ElementsAre(Pair(kHeavy, 2U)));
  hear(kHeavy, 2);
  apply({move(1, kOther), addition(1, 2)});
  EXPECT_THAT(views.take_markers(MarkerStream::fifo), ElementsAre(Pair(kHeavy, 3U)));
  hear(kHeavy, 3);
  EXPECT_EQ(views.find(LightGroupId{1})->heavy, kOther);
  EXPECT_THAT(views.take_markers(MarkerStream::fifo), ElementsAre(Pair(kOther, 4U)));
  EXPECT_TRUE(views.find(LightGroupId{1})->held());
  hear(kOther, 4);
  EXPECT_FALSE(views.find(LightGroupId{1})->held());
  EXPECT_EQ(views.find(LightGroupId{1})->view.members.size(), 2U);
}

TEST_F(LwgViews, TheControlViewInstallsAllThatIsPendingInOneView) {
  apply({creation(1, "g", kHeavy), addition(1, 1)});
  hear(kHeavy, 2);
  out.events.clear();
  apply({addition(1, 0), move(1, kOther), addition(1, 2)});
  views.on_view({2, 2}, std::vector{kB, kC}, out);
  ASSERT_EQ(out.events.size(), 2U);
  const auto& view = std::get<LightViewInstalled>(out.events.front());
  EXPECT_EQ(view.heavy, kOther);
  EXPECT_THAT(view.view.members, ElementsAre(LightMember{kB, {}}, LightMember{kC, {}}));
  EXPECT_THAT(view.newcomers, ElementsAre(kC));
  EXPECT_EQ(std::get<LightGroupsRepaired>(out.events.back()).groups, 1U);
}

TEST_F(LwgViews, WhoseMarkersAChangeWaitsForCanBeAsked) {
  apply({creation(1, "g", kHeavy), addition(1, 0), addition(1, 1)});
  hear(kHeavy, 3);
  EXPECT_THAT(views.missing_markers(*views.find(LightGroupId{1})), IsEmpty());

  apply({addition(1, 2)});
  EXPECT_THAT(views.missing_markers(*views.find(LightGroupId{1})), ElementsAre(kA, kB, kC));
  views.on_marker(MarkerStream::fifo, kHeavy, kB, 4);
  EXPECT_THAT(views.missing_markers(*views.find(LightGroupId{1})), ElementsAre(kA, kC));
  apply({removal(1, 0)});  // Who is to go is not waited for.
  EXPECT_THAT(views.missing_markers(*views.find(LightGroupId{1})), ElementsAre(kC));
  hear(kHeavy, 5);
  EXPECT_THAT(views.missing_markers(*views.find(LightGroupId{1})), IsEmpty());
}

}  // namespace
}  // namespace hawser
