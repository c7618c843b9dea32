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
  Journal<std::string> first;
  Journal<std::string> second;
  const auto heard_by_one = one.subscribe("t", [&](const Message& m) { first.add(std::string{m.text()}); });
  const auto heard_by_other = other.subscribe("t", [&](const Message& m) { second.add(std::string{m.text()}); });
  constexpr int kEach = 500;
  for (int i = 0; i < kEach; ++i) {
    ASSERT_TRUE(one.publish("t", "one " + std::to_string(i)).ok());
    ASSERT_TRUE(other.publish("t", "other " + std::to_string(i)).ok());
  }
  const std::string last = "the last";
  ASSERT_TRUE(one.flush(kBound).ok());
  ASSERT_TRUE(other.flush(kBound).ok());
  ASSERT_TRUE(one.publish("t", last).ok());
  const auto is_whole = [&](const auto& all) { return !all.empty() && all.back() == last; };
  ASSERT_TRUE(first.wait_until(is_whole));
  ASSERT_TRUE(second.wait_until(is_whole));
  // The first to subscribe may have been handed a retained one before; from there on they are the same.
  const auto tail = [](std::vector<std::string> all) {
    return std::vector<std::string>{all.end() - static_cast<std::ptrdiff_t>(2 * kEach), all.end()};
  };
  ASSERT_GE(first.entries().size(), 2U * kEach);
  ASSERT_GE(second.entries().size(), 2U * kEach);
  EXPECT_EQ(tail(first.entries()), tail(second.entries()));
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
