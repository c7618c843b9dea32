// Handlers that do not keep up: what each choice does, and that no loss is silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "tests/net/bus_test_support.hpp"

namespace hawser {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kQueueBytes = std::size_t{256} << 10U;
const std::string kKilobyte(1024, 'x');

/// A subscription whose handler stands still until it is let go.
class StoppedSubscription {
 public:
  StoppedSubscription(Bus& bus, WhenFull when_full) {
    const std::string topic = "t";
    Handlers handlers;
    handlers.on_message = [this](const Message& message) {
      first_.add(true);
      go_on_.wait_for_count(1);
      delivered_ += 1;
      handled_.add(message.number);
    };
    handlers.on_synced = [this](const Synced&) { synced_.add(true); };
    handlers.on_gap = [this](const Gap& gap) {
      lost_ += gap.messages;
      causes_.add(gap.cause);
    };
    handlers.on_ended = [this](const Ended&) { ended_.add(true); };
    auto subscription = bus.subscribe({&topic, 1}, handlers, {.when_full = when_full, .queue_bytes_max = kQueueBytes});
    EXPECT_TRUE(subscription.ok()) << subscription.error().message;
    subscription_.emplace(std::move(subscription).value());
    EXPECT_TRUE(synced_.wait_for_count(1));
  }
  ~StoppedSubscription() { go_on(); }

  void wait_until_stopped() { EXPECT_TRUE(first_.wait_for_count(1)); }
  void go_on() { go_on_.add(true); }
  [[nodiscard]] bool wait_for(std::uint64_t last) {
    return handled_.wait_until([&](const auto& numbers) { return !numbers.empty() && numbers.back() == last; });
  }
  [[nodiscard]] bool wait_for_end() { return ended_.wait_for_count(1); }

  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> lost_{0};
  Journal<Gap::Cause> causes_;

 private:
  Journal<bool> synced_;
  Journal<bool> first_;
  Journal<std::uint64_t> handled_;
  Journal<bool> go_on_;
  Journal<bool> ended_;
  std::optional<Subscription> subscription_;  // The last: it goes first.
};

std::uint64_t publish_all(Bus& bus, std::uint64_t count, std::string_view key = {}) {
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < count; ++i) last = publish(bus, "t", kKilobyte, key);
  return last;
}

TEST(BusSlowHandler, LosesTheOldestAndIsToldHowMany) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  StoppedSubscription slow{b, WhenFull::drop_oldest};
  const std::uint64_t sent = publish_all(a, 3000);
  ASSERT_TRUE(a.flush(kBound).ok());
  slow.go_on();
  ASSERT_TRUE(slow.wait_for(sent));
  EXPECT_EQ(slow.delivered_ + slow.lost_, sent);
  EXPECT_GT(slow.lost_, 1000U);
}

TEST(BusSlowHandler, SeesTheNewestOfEachKeyWhereItConflates) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  StoppedSubscription slow{b, WhenFull::conflate};
  publish_all(a, 1, "rare");
  const std::uint64_t sent = publish_all(a, 3000, "frequent");
  ASSERT_TRUE(a.flush(kBound).ok());
  slow.go_on();
  ASSERT_TRUE(slow.wait_for(sent));
  EXPECT_EQ(slow.delivered_ + slow.lost_, sent);
  for (const Gap::Cause cause : slow.causes_.entries()) EXPECT_EQ(cause, Gap::Cause::conflated);
}

TEST(BusSlowHandler, EndsWhereItIsToBeDisconnected) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  StoppedSubscription slow{b, WhenFull::disconnect};
  publish_all(a, 3000);
  ASSERT_TRUE(a.flush(kBound).ok());
  slow.go_on();
  ASSERT_TRUE(slow.wait_for_end());
  EXPECT_GT(slow.delivered_, 0U);
  EXPECT_EQ(slow.lost_, 0U);
  EXPECT_LT(slow.delivered_, 3000U);
}

TEST(BusSlowHandler, HoldsItsPublishersWhereItBlocks) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  StoppedSubscription slow{b, WhenFull::block};
  std::uint64_t sent = publish_all(a, 1);
  slow.wait_until_stopped();
  const auto deadline = std::chrono::steady_clock::now() + kBound;
  std::string refusal;
  while (refusal.empty() && std::chrono::steady_clock::now() < deadline) {
    const auto number = a.publish("t", kKilobyte);
    if (number) {
      sent = *number;
      if (sent % 16 == 0) {
        ASSERT_TRUE(a.flush(kBound).ok());  // So little is on its way when it is asked to wait.
      }
    } else {
      EXPECT_EQ(number.error().code, Errc::would_block);
      refusal = number.error().message;
    }
  }
  EXPECT_THAT(refusal, HasSubstr("asks publishers to wait"));
  EXPECT_TRUE(a.publish("other", "is not concerned").ok());

  slow.go_on();
  while (!a.publish("t", kKilobyte).ok() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  ASSERT_TRUE(slow.wait_for(sent + 1));
  EXPECT_EQ(slow.delivered_, sent + 1);
  EXPECT_EQ(slow.lost_, 0U);
}

TEST(BusSlowHandler, NeedsRoomForSomething) {
  Bus bus = join(options_of_test());
  const std::string topic = "t";
  const auto refused = bus.subscribe({&topic, 1}, {.on_message = [](const Message&) {}}, {.queue_bytes_max = 100});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("SubscribeOptions::queue_bytes_max is 100"));
}

}  // namespace
}  // namespace hawser
