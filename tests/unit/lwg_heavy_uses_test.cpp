// Since when a node needs its heavy-weight groups no longer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lwg/heavy_uses.hpp"

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const NodeId kA{{1}, {}};
constexpr GroupId kHeavy{70};
constexpr Duration kGrace = std::chrono::seconds{2};
const View kFirst{{5, 1}, {kA}, {}};
const View kSecond{{6, 1}, {kA}, {}};

struct LwgHeavyUses : testing::Test {
  // This node comes into a light-weight group that rides on kHeavy.
  void ride() {
    const View control{{1, 1}, {kA}, {}};
    Directory directory;
    static_cast<void>(directory.apply({.kind = Operation::Kind::create, .group = {7}, .heavy = kHeavy, .name = "g"},
                                      control, {control.id, 1}));
    const auto change =
        directory.apply({.kind = Operation::Kind::add, .group = {7}, .rank = 0}, control, {control.id, 2});
    views.on_change(*change, directory);
  }

  HeavyUses uses{kGrace};
  LightViews views{kA};
  Time start{};
};

TEST_F(LwgHeavyUses, AGroupThatNothingRidesOnIsAskedOutOfAfterTheGrace) {
  uses.on_view(kHeavy, kFirst, true);
  EXPECT_TRUE(uses.is_due(views, start));
  EXPECT_THAT(uses.take_unused(views, start), IsEmpty());
  EXPECT_EQ(uses.next_deadline(), start + kGrace);
  EXPECT_FALSE(uses.is_due(views, start));
  EXPECT_THAT(uses.take_unused(views, start + kGrace), ElementsAre(kHeavy));
}

TEST_F(LwgHeavyUses, WhatSomethingRidesOnIsKept) {
  uses.on_view(kHeavy, kFirst, true);
  EXPECT_THAT(uses.take_unused(views, start), IsEmpty());
  ride();
  EXPECT_TRUE(uses.is_due(views, start));
  EXPECT_THAT(uses.take_unused(views, start + kGrace), IsEmpty());
  EXPECT_EQ(uses.next_deadline(), kNever);
}

TEST_F(LwgHeavyUses, WhereTheAnswerWasNoItIsAskedAgain) {
  uses.on_view(kHeavy, kFirst, true);
  EXPECT_THAT(uses.take_unused(views, start), IsEmpty());
  EXPECT_THAT(uses.take_unused(views, start + kGrace), ElementsAre(kHeavy));
  EXPECT_EQ(uses.next_deadline(), start + 2 * kGrace);
  EXPECT_THAT(uses.take_unused(views, start + 2 * kGrace), ElementsAre(kHeavy));
}

TEST_F(LwgHeavyUses, ALostGroupIsForgottenWithItsFirstView) {
  uses.on_view(kHeavy, kFirst, true);
  uses.on_view(kHeavy, kSecond, false);
  EXPECT_EQ(uses.find(kHeavy)->view.id, kSecond.id);
  EXPECT_THAT(uses.lose(), ElementsAre(Pair(kHeavy, kFirst.id)));
  uses.on_view(kHeavy, kSecond, false);  // What still comes of it is ignored.
  EXPECT_EQ(uses.find(kHeavy), nullptr);
}

TEST_F(LwgHeavyUses, AGroupThatWasLeftIsNoneOfTheNodes) {
  uses.on_view(kHeavy, kFirst, true);
  uses.on_left(kHeavy);
  EXPECT_EQ(uses.find(kHeavy), nullptr);
  EXPECT_THAT(uses.take_unused(views, start + kGrace), IsEmpty());
}

}  // namespace
}  // namespace hawser
