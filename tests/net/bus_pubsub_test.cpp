#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <numeric>
#include <thread>

#include "tests/net/bus_test_support.hpp"

namespace hawser {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(BusPubSub, ASubscriberHearsWhatAnotherNodePublishesInOrder) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  Listener listener{b, {"topic"}};
  for (int i = 1; i <= 1000; ++i) EXPECT_EQ(publish(a, "topic", std::to_string(i)), static_cast<std::uint64_t>(i));

  ASSERT_TRUE(listener.heard.wait_for_count(1000));
  std::uint64_t expected = 1;
  for (const Heard& heard : listener.heard.entries()) {
    EXPECT_EQ(heard.number, expected);
    EXPECT_EQ(heard.text, std::to_string(expected++));
    EXPECT_EQ(heard.publisher, a.name());
    EXPECT_EQ(heard.topic, "topic");
    EXPECT_FALSE(heard.retained);
  }
}

TEST(BusPubSub, ANodeHearsItself) {
  Bus bus = join(options_of_test());
  Listener listener{bus, {"topic"}};
  publish(bus, "topic", "to myself");
  ASSERT_TRUE(listener.heard.wait_for_count(1));
  EXPECT_THAT(listener.texts(), ElementsAre("to myself"));
}

TEST(BusPubSub, OtherTopicsAreNotHeard) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  Listener listener{b, {"wanted"}};
  publish(a, "unwanted", "1");
  publish(a, "wanted", "2");
  ASSERT_TRUE(listener.heard.wait_for_count(1));
  EXPECT_THAT(listener.texts(), ElementsAre("2"));
}

TEST(BusPubSub, OtherDomainsAreNotHeard) {
  Options elsewhere = options_of_test();
  elsewhere.domain += ".other";
  Bus a = join(elsewhere);
  Bus b = join(options_of_test());
  Bus c = join(options_of_test());
  Listener listener{b, {"topic"}};
  publish(a, "topic", "elsewhere");
  publish(c, "topic", "here");
  ASSERT_TRUE(listener.heard.wait_for_count(1));
  EXPECT_THAT(listener.texts(), ElementsAre("here"));
}

TEST(BusPubSub, ALateSubscriberIsHandedTheLastValueOfEachKey) {
  Bus a = join(options_of_test());
  for (const char* text : {"1", "2"}) {
    publish(a, "topic", std::string{"x"} + text, "x");
    publish(a, "topic", std::string{"y"} + text, "y");
  }
  ASSERT_TRUE(a.flush(kBound).ok());

  Bus b = join(options_of_test());
  Listener listener{b, {"topic"}};
  EXPECT_THAT(listener.texts(), ElementsAre("x2", "y2"));
  EXPECT_TRUE(listener.heard.entries().at(0).retained);
  EXPECT_EQ(listener.heard.entries().at(0).key, "x");
}

TEST(BusPubSub, ASecondSubscriptionOfOneNodeIsHandedTheStateToo) {
  Bus a = join(options_of_test());
  Listener first{a, {"topic"}};
  publish(a, "topic", "value");
  ASSERT_TRUE(first.heard.wait_for_count(1));
  Listener second{a, {"topic"}};
  EXPECT_THAT(second.texts(), ElementsAre("value"));
  EXPECT_THAT(first.texts(), ElementsAre("value")) << "the first is not told again";
}

TEST(BusPubSub, ThreadsOnOneTopicMakeOneStreamWithoutAGap) {
  constexpr int kThreads = 4;
  constexpr int kMessagesEach = 2000;
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  Listener listener{b, {"topic"}};
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> sum{0};
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kMessagesEach; ++k) sum += publish(a, "topic", "some payload");
    });
  }
  for (std::thread& thread : threads) thread.join();

  constexpr std::uint64_t kAll = kThreads * kMessagesEach;
  EXPECT_EQ(sum, kAll * (kAll + 1) / 2) << "each number is given out once";
  ASSERT_TRUE(listener.heard.wait_for_count(kAll));
  std::uint64_t expected = 1;
  for (const Heard& heard : listener.heard.entries()) ASSERT_EQ(heard.number, expected++);
}

TEST(BusPubSub, PayloadsOfAllSizesArriveUnchanged) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  Listener listener{b, {"topic"}};
  std::vector<std::string> sent;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{9000}, std::size_t{16} << 20U}) {
    std::string payload(size, '\0');
    std::iota(payload.begin(), payload.end(), 'a');
    sent.push_back(payload);
    publish(a, "topic", payload);
  }
  ASSERT_TRUE(listener.heard.wait_for_count(sent.size()));
  EXPECT_TRUE(listener.texts() == sent);
}

TEST(BusPubSub, TheLongestMessagesArriveBesideSmallOnes) {
  Options options = options_of_test();
  options.payload_bytes_max = std::size_t{64} << 20U;
  options.send_queue_bytes_max = 4 * options.payload_bytes_max;
  Bus a = join(options);
  Bus b = join(options);
  Listener films{b, {"film"}};
  Listener ticks{b, {"tick"}};
  std::string film(options.payload_bytes_max, '\0');
  std::iota(film.begin(), film.end(), 'a');
  constexpr std::size_t kTicks = 1000;
  publish(a, "film", film);
  publish(a, "film", "the end");
  for (std::size_t i = 1; i <= kTicks; ++i) publish(a, "tick", std::to_string(i));
  ASSERT_TRUE(ticks.heard.wait_for_count(kTicks));
  ASSERT_TRUE(films.heard.wait_for_count(2));
  const std::vector<std::string> shown = films.texts();
  EXPECT_TRUE(shown[0] == film);
  EXPECT_EQ(shown[1], "the end");
  std::uint64_t expected = 1;
  for (const Heard& heard : ticks.heard.entries()) ASSERT_EQ(heard.number, expected++);
}

TEST(BusPubSub, ArgumentsThatCanNeverWorkAreRefused) {
  Bus bus = join(options_of_test());
  const std::string too_long(257, 'x');
  EXPECT_EQ(bus.publish("", "x").error().code, Errc::invalid_argument);
  EXPECT_EQ(bus.publish(too_long, "x").error().code, Errc::invalid_argument);
  EXPECT_EQ(bus.publish("topic", "x", too_long).error().code, Errc::invalid_argument);
  EXPECT_EQ(bus.publish("topic", std::string((std::size_t{16} << 20U) + 1, 'x')).error().code, Errc::too_large);
  EXPECT_EQ(bus.subscribe("topic", nullptr).error().code, Errc::invalid_argument);
  EXPECT_EQ(bus.subscribe("", [](const Message&) {}).error().code, Errc::invalid_argument);
  EXPECT_EQ(bus.subscribe(std::span<const std::string>{}, {.on_message = [](const Message&) {}}).error().code,
            Errc::invalid_argument);
}

TEST(BusPubSub, JoinNamesTheOptionThatIsWrong) {
  Options options = options_of_test();
  options.interface = "203.0.113.9";
  auto refused = Bus::join(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("Options::interface"));

  options = options_of_test();
  options.trace_file = "/nonexistent/trace";
  refused = Bus::join(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::system);
  EXPECT_THAT(refused.error().message, HasSubstr("/nonexistent/trace"));
}

TEST(BusPubSub, AFullSendQueueSaysSoAndLosesNothingThatItTook) {
  Options options = options_of_test();
  options.payload_bytes_max = 4096;
  options.send_queue_bytes_max = 65536;
  Bus a = join(options);
  Bus b = join(options);
  Listener listener{b, {"topic"}};
  const std::string payload(4096, 'x');
  std::uint64_t accepted = 0;
  for (int refused = 0; refused < 20;) {
    auto number = a.publish("topic", payload);
    if (number.ok()) {
      EXPECT_EQ(*number, ++accepted);
    } else {
      ASSERT_EQ(number.error().code, Errc::would_block);
      ++refused;
    }
    ASSERT_LT(accepted, 1000000U) << "the queue never fills";
  }
  ASSERT_TRUE(a.flush(kBound).ok());
  ASSERT_TRUE(listener.heard.wait_for_count(accepted));
  EXPECT_EQ(listener.heard.entries().back().number, accepted);
}

TEST(BusPubSub, ASlowHandlerDelaysOnlyItselfAndIsToldOfItsLoss) {
  Options options = options_of_test();
  options.subscription_queue_bytes_max = 65536;
  Bus bus = join(options);
  Listener quick{bus, {"topic"}};

  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<std::uint64_t> handled{0};
  std::atomic<std::uint64_t> lost{0};
  Journal<std::uint64_t> numbers;
  const std::vector<std::string> topics{"topic"};
  auto slow = bus.subscribe(topics, {.on_message =
                                         [&](const Message& message) {
                                           released.wait();
                                           ++handled;
                                           numbers.add(message.number);
                                         },
                                     .on_gap = [&](const Gap& gap) { lost += gap.messages; }});
  ASSERT_TRUE(slow.ok());
  constexpr std::uint64_t kMessages = 2000;
  const std::string payload(1000, 'x');
  for (std::uint64_t i = 0; i < kMessages; ++i) publish(bus, "topic", payload);
  // The quick one may lose some itself; nothing holds it up.
  ASSERT_TRUE(
      quick.heard.wait_until([](const auto& heard) { return !heard.empty() && heard.back().number == kMessages; }));

  release.set_value();
  ASSERT_TRUE(numbers.wait_until([](const auto& all) { return !all.empty() && all.back() == kMessages; }));
  EXPECT_GT(lost, 0U);
  EXPECT_EQ(handled + lost, kMessages);
}

TEST(BusPubSub, HandlersMayUseTheBus) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  Listener answers{a, {"answers"}};
  auto echo = b.subscribe("questions", [&](const Message& message) {
    publish(b, "answers", "re: " + std::string{message.text()});
    EXPECT_GE(b.statistics().published, 1U);
    EXPECT_TRUE(b.flush(kBound).ok());
  });
  ASSERT_TRUE(echo.ok());
  publish(a, "questions", "anybody there?");
  ASSERT_TRUE(answers.heard.wait_for_count(1));
  EXPECT_THAT(answers.texts(), ElementsAre("re: anybody there?"));
}

TEST(BusPubSub, AnEndedSubscriptionIsSilent) {
  Bus bus = join(options_of_test());
  Listener other{bus, {"topic"}};
  std::atomic<int> calls{0};
  {
    auto subscription = bus.subscribe("topic", [&](const Message&) { ++calls; });
    ASSERT_TRUE(subscription.ok());
  }
  const int before = calls;
  publish(bus, "topic", "x");
  ASSERT_TRUE(other.heard.wait_for_count(1));
  EXPECT_EQ(calls, before);
}

TEST(BusPubSub, ASubscriptionThatOutlivesItsBusIsSilent) {
  std::atomic<int> calls{0};
  auto bus = std::make_unique<Bus>(join(options_of_test()));
  auto subscription = bus->subscribe("topic", [&](const Message&) { ++calls; });
  ASSERT_TRUE(subscription.ok());
  publish(*bus, "topic", "x");
  bus.reset();
  const int before = calls;
  Bus again = join(options_of_test());
  Listener listener{again, {"topic"}};
  publish(again, "topic", "y");
  ASSERT_TRUE(listener.heard.wait_for_count(1));
  EXPECT_EQ(calls, before);
}

TEST(BusPubSub, ThreadsSubscribePublishAndEndAllAtOnce) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  std::atomic<bool> stop{false};
  std::thread publisher{[&] {
    while (!stop) {
      publish(a, "topic", "x");
      std::this_thread::yield();
    }
  }};
  std::thread observer{[&] {
    while (!stop) EXPECT_TRUE(b.flush(kBound).ok());
  }};
  for (int i = 0; i < 20; ++i) {
    Listener listener{b, {"topic", "topic" + std::to_string(i)}};
    ASSERT_TRUE(listener.heard.wait_for_count(1));
    EXPECT_GT(b.statistics().delivered, 0U);
  }
  stop = true;
  publisher.join();
  observer.join();
}

}  // namespace
}  // namespace hawser
