// Topics that are told their order, by real nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/net/bus_test_support.hpp"

namespace hawser {
namespace {

using ::testing::HasSubstr;

TEST(BusDeclare, TwoPublishersAreHeardInOneOrder) {
  Bus one = join(options_of_test());
  Bus other = join(options_of_test());
  ASSERT_TRUE(one.declare("t", {.order = TopicOrder::total}, kBound).ok());
  ASSERT_TRUE(other.declare("t", {.order = TopicOrder::total}, kBound).ok());
  Listener first{one, {"t"}};
  Listener second{other, {"t"}};
  constexpr int kEach = 500;
  for (int i = 0; i < kEach; ++i) {
    ASSERT_NE(publish(one, "t", "one " + std::to_string(i)), 0U);
    ASSERT_NE(publish(other, "t", "other " + std::to_string(i)), 0U);
  }
  ASSERT_TRUE(first.heard.wait_for_count(2U * kEach));
  ASSERT_TRUE(second.heard.wait_for_count(2U * kEach));
  EXPECT_EQ(first.texts(), second.texts());
  EXPECT_EQ(first.texts().size(), 2U * kEach);
}

TEST(BusDeclare, SaysWhatTheTopicWasToldBefore) {
  Bus one = join(options_of_test());
  Bus other = join(options_of_test());
  ASSERT_TRUE(one.declare("t", {.order = TopicOrder::total}, kBound).ok());
  const Status refused = other.declare("t", {.order = TopicOrder::fifo}, kBound);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("'t' was declared before, with order total instead of fifo"));
  EXPECT_TRUE(other.declare("t", {.order = TopicOrder::total}, kBound).ok());
}

TEST(BusDeclare, RefusesWhatIsNoTopicAndAClosedBus) {
  Bus bus = join(options_of_test());
  EXPECT_EQ(bus.declare("a..b", {}, kBound).error().code, Errc::invalid_argument);
  EXPECT_EQ(bus.declare("a.*", {}, kBound).error().code, Errc::invalid_argument);
  ASSERT_TRUE(bus.leave(kBound).ok());
  EXPECT_EQ(bus.declare("t", {}, kBound).error().code, Errc::closed);
}

}  // namespace
}  // namespace hawser
