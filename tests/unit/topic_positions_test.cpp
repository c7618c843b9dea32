#include "pubsub-api/src/session/topic_positions.hpp"

#include <gtest/gtest.h>

namespace hawser {
namespace {

NodeId node(std::uint64_t n) { return {Incarnation{n}, Endpoint{1, 1}}; }

TEST(TopicPositions, NumbersInARowMissNothing) {
  TopicPositions positions;
  for (std::uint64_t number = 1; number <= 5; ++number) {
    EXPECT_EQ(positions.advance(node(1), number), 0U);
    EXPECT_EQ(positions.advance(node(2), number), 0U);
  }
}

TEST(TopicPositions, AJumpTellsHowManyAreMissing) {
  TopicPositions positions;
  EXPECT_EQ(positions.advance(node(1), 1), 0U);
  EXPECT_EQ(positions.advance(node(1), 5), 3U);
  EXPECT_EQ(positions.advance(node(1), 6), 0U);
}

TEST(TopicPositions, WhoeverIsUnknownHasPublishedNothingYet) {
  TopicPositions positions;
  EXPECT_EQ(positions.advance(node(1), 4), 3U);
}

TEST(TopicPositions, NothingIsSaidOfAnUnknownPublisherOnceTheListIsIncomplete) {
  TopicPositions positions;
  positions.set_complete(false);
  EXPECT_EQ(positions.advance(node(1), 4), 0U);
  EXPECT_EQ(positions.advance(node(1), 6), 1U);
}

TEST(TopicPositions, TheHigherOfTwoPositionsCounts) {
  TopicPositions mine;
  mine.raise(node(1), 7);
  mine.raise(node(2), 2);
  TopicPositions donors;
  donors.raise(node(1), 3);
  donors.raise(node(2), 9);
  mine.raise(donors);
  EXPECT_EQ(mine.advance(node(1), 8), 0U);
  EXPECT_EQ(mine.advance(node(2), 10), 0U);
}

TEST(TopicPositions, BeyondTheBoundAbsentPublishersAreForgotten) {
  TopicPositions positions;
  for (std::uint64_t n = 1; n <= kPositionsMax + 1; ++n) positions.raise(node(n), 10);
  LightView view;
  view.members = {{node(3), Role::publisher}};
  positions.forget_absent(view);
  ASSERT_EQ(positions.all().size(), 1U);
  EXPECT_EQ(positions.all().front().publisher, node(3));
  EXPECT_FALSE(positions.complete());
}

}  // namespace
}  // namespace hawser
