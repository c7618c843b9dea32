#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "pubsub-api/src/bus/application_queue.hpp"

namespace hawser {
namespace {

ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

std::string text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

constexpr std::size_t kRoomy = std::size_t{64} << 20U;

TEST(QueueApplication, MessagesComeOutAsTheyWentIn) {
  PublishedTopics topics;
  ApplicationQueue queue{kRoomy};
  ASSERT_EQ(queue.push(topics.named("a.b"), "key", bytes_of("payload")), 1U);

  const auto front = queue.front();
  ASSERT_TRUE(front);
  EXPECT_EQ(front->topic->name, "a.b");
  EXPECT_EQ(front->number, 1U);
  EXPECT_EQ(front->key, "key");
  EXPECT_EQ(text_of(front->payload), "payload");
  queue.pop();
  EXPECT_TRUE(queue.empty());
}

TEST(QueueApplication, EmptyPayloadsAreMessagesToo) {
  PublishedTopics topics;
  ApplicationQueue queue{kRoomy};
  ASSERT_EQ(queue.push(topics.named("a"), {}, {}), 1U);
  EXPECT_EQ(queue.front()->payload.size(), 0U);
}

TEST(QueueApplication, PayloadsOfEveryMagnitudeAreCopiedWhole) {
  PublishedTopics topics;
  ApplicationQueue queue{kRoomy};
  const std::vector<std::size_t> sizes{1, 8191, 8192, 8193, 65536, std::size_t{16} << 20U};
  for (const std::size_t size : sizes) {
    std::string payload(size, 'x');
    payload.back() = 'y';
    ASSERT_TRUE(queue.push(topics.named("a"), "k", bytes_of(payload)));
    payload.assign(size, '-');  // The queue has its own copy.
  }
  for (const std::size_t size : sizes) {
    const ByteView payload = queue.front()->payload;
    ASSERT_EQ(payload.size(), size);
    EXPECT_EQ(payload.back(), std::byte{'y'});
    EXPECT_EQ(queue.front()->key, "k");
    queue.pop();
  }
}

TEST(QueueApplication, EachTopicCountsForItself) {
  PublishedTopics topics;
  ApplicationQueue queue{kRoomy};
  EXPECT_EQ(queue.push(topics.named("a"), {}, bytes_of("1")), 1U);
  EXPECT_EQ(queue.push(topics.named("b"), {}, bytes_of("1")), 1U);
  EXPECT_EQ(queue.push(topics.named("a"), {}, bytes_of("2")), 2U);
}

TEST(QueueApplication, AFullQueueRefusesAndUsesNoNumber) {
  PublishedTopics topics;
  PublishedTopic& topic = topics.named("a");
  ApplicationQueue queue{3 * ApplicationQueue::cost_of(0, 10)};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(queue.push(topic, {}, bytes_of("0123456789")));
  EXPECT_FALSE(queue.push(topic, {}, bytes_of("0123456789")));

  queue.pop();
  EXPECT_FALSE(queue.push(topic, {}, bytes_of("0123456789"))) << "room comes back with release()";
  queue.release();
  EXPECT_EQ(queue.push(topic, {}, bytes_of("0123456789")), 4U);
}

TEST(QueueApplication, AnEmptyQueueTakesAMessageBeyondItsBound) {
  PublishedTopics topics;
  ApplicationQueue queue{100};
  const std::string payload(1000, 'x');
  EXPECT_TRUE(queue.push(topics.named("a"), {}, bytes_of(payload)));
  EXPECT_FALSE(queue.push(topics.named("a"), {}, bytes_of("x")));
}

TEST(QueueApplication, CommandsKeepTheirPlaceAmongMessages) {
  PublishedTopics topics;
  ApplicationQueue queue{kRoomy};
  queue.push(topics.named("a"), {}, bytes_of("before"));
  queue.push(std::make_unique<Command>(UnsubscribeCommand{SubscriberId{7}}));
  queue.push(topics.named("a"), {}, bytes_of("after"));

  EXPECT_EQ(text_of(queue.front()->payload), "before");
  queue.pop();
  ASSERT_NE(queue.front()->command, nullptr);
  EXPECT_EQ(std::get<UnsubscribeCommand>(*queue.front()->command).subscriber, SubscriberId{7});
  queue.pop();
  EXPECT_EQ(text_of(queue.front()->payload), "after");
}

TEST(QueueApplication, WhoWaitsForACommandThatIsNeverDoneIsToldThatTheBusIsClosed) {
  const auto answer = std::make_shared<Answer>();
  {
    ApplicationQueue queue{kRoomy};
    queue.push(std::make_unique<Command>(FlushCommand{Promise{answer}}));
  }
  EXPECT_EQ(answer->wait_for(std::chrono::milliseconds{0}), Answer::Outcome::closed);
}

TEST(QueueApplication, ThreadsOnOneTopicGetNumbersInTheOrderOfTheQueue) {
  constexpr int kProducers = 4;
  constexpr std::uint64_t kMessagesEach = 20000;
  PublishedTopics topics;
  ApplicationQueue queue{kRoomy};
  std::vector<std::thread> producers;
  for (int producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&] {
      for (std::uint64_t i = 0; i < kMessagesEach;) {
        if (queue.push(topics.named("shared"), {}, bytes_of("payload"))) ++i;
      }
    });
  }
  for (std::uint64_t expected = 1; expected <= kProducers * kMessagesEach;) {
    const auto front = queue.front();
    if (!front) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(front->number, expected++);
    queue.pop();
    queue.release();
  }
  for (std::thread& producer : producers) producer.join();
}

TEST(QueueApplication, ThreadsThatMeetOnANewTopicCountTogether) {
  constexpr int kRounds = 500;
  PublishedTopics topics;
  const auto publish_all = [&] {
    for (int round = 0; round < kRounds; ++round) {
      topics.named("topic" + std::to_string(round)).last_number.fetch_add(1);
    }
  };
  std::thread other{publish_all};
  publish_all();
  other.join();
  std::size_t count = 0;
  topics.for_each([&](const PublishedTopic& topic) {
    EXPECT_EQ(topic.last_number.load(), 2U) << topic.name;
    ++count;
  });
  EXPECT_EQ(count, static_cast<std::size_t>(kRounds));
}

}  // namespace
}  // namespace hawser
