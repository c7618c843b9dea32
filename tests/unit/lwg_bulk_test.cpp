// Long messages, which are overtaken by other groups' but by none of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lwg_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A and B in g and h, which ride together; A's next message in g is long.
class LwgBulk : public testing::Test {
 protected:
  LwgBulk() {
    world_.start("ABC");
    for (const char* const name : {"g", "h"}) join_all(world_, "AB", name);
    for (std::uint64_t i = 1; i < LwgChecker::kLongEvery; ++i) world_.send('A', "g");
    world_.settle();
    world_.forget();
    world_.overtake_bulk();
  }
  static LightGroupsConfig config() {
    LightGroupsConfig config = exact();
    config.bulk_bytes_min = LwgChecker::kLongBytesMin;
    return config;
  }
  LwgWorld world_{config()};
};

TEST_F(LwgBulk, OtherGroupsOvertakeALongMessage) {
  ASSERT_TRUE(world_.send('A', "g"));
  ASSERT_TRUE(world_.send('A', "h"));
  ASSERT_TRUE(world_.deliver_fifo('B'));
  EXPECT_THAT(world_.history('B', "g"), IsEmpty());
  EXPECT_THAT(world_.history('B', "h"), ElementsAre("A1"));
  world_.settle();
  EXPECT_THAT(world_.history('B', "g"), ElementsAre("A4-long"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgBulk, WhatFollowsItInItsGroupWaits) {
  ASSERT_TRUE(world_.send('A', "g"));
  EXPECT_TRUE(world_.groups('A').is_held(world_.groups('A').view_of("g")->group, 1));
  EXPECT_FALSE(world_.groups('A').is_held(world_.groups('A').view_of("h")->group, 1));
  EXPECT_FALSE(world_.send('A', "g"));
  world_.settle();
  EXPECT_TRUE(world_.send('A', "g"));
  world_.settle();
  EXPECT_THAT(world_.history('B', "g"), ElementsAre("A4-long", "A5"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgBulk, AMarkerComesAfterIt) {
  ASSERT_TRUE(world_.send('A', "g"));
  world_.join('C', {"g"});
  world_.order();  // All have marked it, and nobody has heard the message.
  world_.settle();
  EXPECT_THAT(world_.history('B', "g"), ElementsAre("A4-long", "view AB moved", "view ABC +C"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgBulk, WhatTheControlViewGivesBackGoesOutInOrder) {
  ASSERT_TRUE(world_.send('A', "g"));
  world_.change({"AB", "C"});
  world_.settle();
  world_.send('A', "g");
  world_.change({"ABC"});
  EXPECT_THAT(world_.violations(), IsEmpty());
}

#if defined(HAWSER_FAULTS)

class LwgBulkFaults : public LwgBulk {
 protected:
  void TearDown() override { fault::active().clear(); }
};

TEST_F(LwgBulkFaults, WhoSendsOnOvertakesItsOwnMessage) {
  fault::active() = "lwg_bulk_not_waited_for";
  world_.send('A', "g");
  world_.send('A', "g");
  EXPECT_THAT(world_.violations(), testing::Contains(testing::StartsWith("reliable fifo")));
}

TEST_F(LwgBulkFaults, AMarkerThatOvertakesItEndsItsView) {
  fault::active() = "lwg_marker_overtakes_bulk";
  world_.send('A', "g");
  world_.join('C', {"g"});
  world_.order();  // All have marked it, and nobody has heard the message.
  world_.deliver_fifo('B');
  world_.hear('B', "B");
  world_.settle();
  world_.send('A', "g");
  EXPECT_THAT(world_.violations(), testing::Contains(testing::StartsWith("reliable fifo")));
}

#endif

}  // namespace
}  // namespace hawser::test
