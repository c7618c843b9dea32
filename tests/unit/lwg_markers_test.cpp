// Markers heard and owed, and which of them may go out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lwg/markers.hpp"

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const NodeId kA{{1}, {}};
constexpr GroupId kHeavy{70};
constexpr GroupId kOther{71};
constexpr LightGroupId kGroup{7};

TEST(LwgMarkers, OneMarkerCoversAllChangesOnItsHeavyWeightGroup) {
  Markers markers;
  for (const std::uint64_t number : {3, 5, 4}) markers.owe(kHeavy, number);
  markers.owe(kOther, 6);
  EXPECT_THAT(markers.take(), ElementsAre(Pair(kHeavy, 5U), Pair(kOther, 6U)));
  EXPECT_THAT(markers.take(), IsEmpty());
}

TEST(LwgMarkers, WhatIsBehindAMoveIsOwedOnceThatIsInstalled) {
  Markers markers;
  markers.owe_later(kHeavy, 4);
  EXPECT_THAT(markers.take(), IsEmpty());
  markers.due(kHeavy, 4);
  EXPECT_THAT(markers.take(), ElementsAre(Pair(kHeavy, 4U)));
}

TEST(LwgMarkers, NoMarkerCoversAChangeThatIsStillBehindAMove) {
  Markers markers;
  markers.owe_later(kHeavy, 4);
  markers.owe(kHeavy, 3);
  markers.owe(kHeavy, 5);
  EXPECT_THAT(markers.take(), ElementsAre(Pair(kHeavy, 3U)));
  markers.due(kHeavy, 4);
  EXPECT_THAT(markers.take(), ElementsAre(Pair(kHeavy, 5U)));
}

TEST(LwgMarkers, WhatIsBehindAMoveHoldsUpNoOtherHeavyWeightGroup) {
  Markers markers;
  markers.owe_later(kHeavy, 4);
  markers.owe(kOther, 5);
  EXPECT_THAT(markers.take(), ElementsAre(Pair(kOther, 5U)));
}

TEST(LwgMarkers, AMarkerCountsForItsSenderAndItsGroupUpToItsNumber) {
  Markers markers;
  std::vector<LightGroupId> freed;
  markers.on_marker(kHeavy, kA, 5, freed);
  EXPECT_TRUE(markers.has_marked(kHeavy, kA, 5));
  EXPECT_TRUE(markers.has_marked(kHeavy, kA, 4));
  EXPECT_FALSE(markers.has_marked(kHeavy, kA, 6));
  EXPECT_FALSE(markers.has_marked(kOther, kA, 5));
  EXPECT_FALSE(markers.has_marked(kHeavy, NodeId{{2}, {}}, 5));
}

TEST(LwgMarkers, AMarkerFreesWhatWaitsForItAndNothingLater) {
  Markers markers;
  markers.wait(kHeavy, kA, 5, kGroup);
  markers.wait(kHeavy, kA, 6, LightGroupId{8});
  std::vector<LightGroupId> freed;
  markers.on_marker(kHeavy, kA, 4, freed);
  EXPECT_THAT(freed, IsEmpty());
  markers.on_marker(kHeavy, kA, 5, freed);
  EXPECT_THAT(freed, ElementsAre(kGroup));
}

TEST(LwgMarkers, WithTheControlViewAllAreForgotten) {
  Markers markers;
  std::vector<LightGroupId> freed;
  markers.on_marker(kHeavy, kA, 5, freed);
  markers.owe(kHeavy, 6);
  markers.owe_later(kHeavy, 7);
  markers.clear();
  EXPECT_FALSE(markers.has_marked(kHeavy, kA, 1));
  EXPECT_THAT(markers.take(), IsEmpty());
  markers.owe(kHeavy, 8);
  EXPECT_THAT(markers.take(), ElementsAre(Pair(kHeavy, 8U)));
}

}  // namespace
}  // namespace hawser
