// What the tests of real Buses share: domains of their own, and waiting for events with a bound.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "hawser/bus.hpp"

namespace hawser {

/// Far beyond what anything here takes on a busy machine.
inline constexpr std::chrono::seconds kBound{40};

/// A domain of this test's own, so that tests run side by side.
inline std::string domain_of_test() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  // A process has one id for all its tests; children that it forks have the parent's domain from before.
  return std::string{test->name()}.substr(0, 48) + "." + std::to_string(::getpid());
}

/// HAWSER_TEST_TRANSPORT=unicast runs the same tests without multicast.
inline Transport transport_of_tests() {
  const char* wish = std::getenv("HAWSER_TEST_TRANSPORT");
  return wish != nullptr && std::string_view{wish} == "unicast" ? Transport::unicast : Transport::automatic;
}

inline Options options_of_test() {
  Options options;
  options.transport = transport_of_tests();
  options.domain = domain_of_test();
  options.join_timeout = kBound;
  options.silence_timeout = std::chrono::seconds{1};  // A busy machine lets a process wait for less.
  return options;
}

inline Bus join(const Options& options) {
  auto bus = Bus::join(options);
  EXPECT_TRUE(bus.ok()) << bus.error().message;
  return std::move(bus).value();
}

/// Things that happened on other threads, in order, to be waited for.
template <typename T>
class Journal {
 public:
  void add(T entry) {
    {
      const std::lock_guard lock{mutex_};
      entries_.push_back(std::move(entry));
    }
    changed_.notify_all();
  }
  /// False where the bound passed before `is_enough(entries)`.
  bool wait_until(const std::function<bool(const std::vector<T>&)>& is_enough) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, kBound, [&] { return is_enough(entries_); });
  }
  bool wait_for_count(std::size_t count) {
    return wait_until([count](const auto& entries) { return entries.size() >= count; });
  }
  std::vector<T> entries() {
    const std::lock_guard lock{mutex_};
    return entries_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> entries_;
};

/// A message, kept.
struct Heard {
  std::string topic;
  std::string key;
  std::string text;
  std::string publisher;
  std::uint64_t number = 0;
  bool retained = false;

  explicit Heard(const Message& message)
      : topic(message.topic),
        key(message.key),
        text(message.text()),
        publisher(message.publisher),
        number(message.number),
        retained(message.retained) {}
};

/// A subscription whose messages and notices are kept.
class Listener {
 public:
  Listener(Bus& bus, std::vector<std::string> topics) : subscription_(make(bus, std::move(topics))) {}

  Journal<Heard> heard;
  Journal<std::string> synced;  ///< topics
  Journal<std::uint64_t> gaps;  ///< how many messages

  [[nodiscard]] std::vector<std::string> texts() {
    std::vector<std::string> texts;
    for (const Heard& one : heard.entries()) texts.push_back(one.text);
    return texts;
  }

 private:
  Subscription make(Bus& bus, std::vector<std::string> topics) {
    auto subscription =
        bus.subscribe(topics, Handlers{.on_message = [this](const Message& message) { heard.add(Heard{message}); },
                                       .on_synced = [this](const Synced& now) { synced.add(std::string{now.topic}); },
                                       .on_gap = [this](const Gap& gap) { gaps.add(gap.messages); }});
    EXPECT_TRUE(subscription.ok()) << subscription.error().message;
    EXPECT_TRUE(synced.wait_for_count(topics.size())) << "not synced";
    return std::move(subscription).value();
  }

  Subscription subscription_;  // Last: its handlers use the rest.
};

/// Publishes, again as long as the queue is full. The message's number.
inline std::uint64_t publish(Bus& bus, std::string_view topic, std::string_view text, std::string_view key = {}) {
  const auto deadline = std::chrono::steady_clock::now() + kBound;
  for (;;) {
    auto number = bus.publish(topic, text, key);
    if (number.ok()) return *number;
    EXPECT_EQ(number.error().code, Errc::would_block) << number.error().message;
    if (number.error().code != Errc::would_block || std::chrono::steady_clock::now() > deadline) return 0;
    std::this_thread::yield();
  }
}

}  // namespace hawser
