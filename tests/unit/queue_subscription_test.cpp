#include <gtest/gtest.h>
#include <cstring>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pubsub-api/src/bus/subscription_queue.hpp"

namespace hawser {
namespace {

using namespace std::chrono_literals;
constexpr auto kBound = 30s;  // Far beyond what anything here takes.

const NodeId kPublisher{Incarnation{0xabc}, Endpoint{0x7f000001, 4000}};

/// A packet with room for `capacity` bytes that begins with `text`.
Buffer packet_of(std::string_view text, std::size_t capacity) {
  Buffer packet = Buffer::allocate(capacity);
  packet.resize(capacity);
  std::memcpy(packet.data(), text.data(), text.size());
  return packet;
}

/// The message whose payload is the part of the packet from `offset` on.
TopicMessage message_in(const Buffer& packet, std::uint64_t number, std::size_t offset, std::size_t bytes) {
  TopicMessage message;
  message.publisher = kPublisher;
  message.number = number;
  message.payload = packet.bytes().subspan(offset, bytes);
  message.bytes = Slice{packet};
  return message;
}

TopicMessage message_of(std::uint64_t number, const std::string& text) {
  const Buffer packet = Buffer::copy_of(std::as_bytes(std::span{text}));
  return message_in(packet, number, 0, text.size());
}

/// What a handler was told, as text; others wait for it.
class Journal {
 public:
  void note(std::string what) {
    {
      const std::lock_guard lock{mutex_};
      lines_.push_back(std::move(what));
    }
    changed_.notify_all();
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kBound, [&] { return lines_.size() >= count; });
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

Handlers handlers_for(Journal& journal) {
  return {.on_message =
              [&journal](const Message& message) {
                journal.note(std::string{message.topic} + (message.retained ? " retained " : " ") +
                             std::to_string(message.number) + " " + std::string{message.text()});
              },
          .on_synced =
              [&journal](const Synced& synced) {
                journal.note(std::string{synced.topic} + " synced " + std::to_string(synced.retained_messages));
              },
          .on_gap =
              [&journal](const Gap& gap) {
                journal.note(std::string{gap.topic} + " gap " + std::string{to_string(gap.cause)} + " " +
                             std::to_string(gap.messages));
              }};
}

/// Runs a queue's handlers on a thread, as a Subscription does.
class Runner {
 public:
  explicit Runner(SubscriptionQueue& queue) : queue_(queue), thread_([&queue] { queue.run(); }) {}
  ~Runner() {
    queue_.close();
    thread_.join();
  }

 private:
  SubscriptionQueue& queue_;
  std::thread thread_;
};

TEST(QueueSubscription, HandlersSeeMessagesAndNoticesInOrder) {
  Journal journal;
  SubscriptionQueue queue{handlers_for(journal), WhenFull::drop_oldest, 1U << 20U};
  SubscribedTopic& a = queue.add_topic("a");
  SubscribedTopic& b = queue.add_topic("b");
  queue.add(a, TopicSynced{1, false});
  TopicMessage retained = message_of(1, "old");
  retained.retained = true;
  queue.add(b, retained);
  queue.add(b, message_of(2, "new"));
  queue.add(a, TopicGap{Gap::Cause::partition, 3});
  queue.hand_over();

  const Runner runner{queue};
  EXPECT_EQ(journal.wait_for(4),
            (std::vector<std::string>{"a synced 1", "b retained 1 old", "b 2 new", "a gap partition 3"}));
}

TEST(QueueSubscription, CountsWhatWaitsForTheHandlerByTopic) {
  Journal journal;
  SubscriptionQueue queue{handlers_for(journal), WhenFull::drop_oldest, 1U << 20U};
  SubscribedTopic& a = queue.add_topic("a");
  SubscribedTopic& b = queue.add_topic("b");
  queue.add(a, TopicSynced{1, false});
  queue.add(a, message_of(1, "x"));
  queue.hand_over();
  queue.add(a, message_of(2, "x"));
  queue.add(b, message_of(3, "x"));
  EXPECT_EQ(a.unhandled(), 2U);
  EXPECT_EQ(b.unhandled(), 1U);
  queue.hand_over();
  {
    const Runner runner{queue};
    journal.wait_for(4);
  }
  EXPECT_EQ(a.unhandled(), 0U);
  EXPECT_EQ(b.unhandled(), 0U);
}

TEST(QueueSubscription, WhatWasDroppedWaitsForNobody) {
  Journal journal;
  const std::string kilobyte(1024, 'x');
  SubscriptionQueue queue{handlers_for(journal), WhenFull::drop_oldest, 4096};
  SubscribedTopic& a = queue.add_topic("a");
  for (std::uint64_t i = 1; i <= 10; ++i) {
    queue.add(a, message_of(i, kilobyte));
    queue.hand_over();
  }
  EXPECT_LT(a.unhandled(), 10U);
  EXPECT_GT(a.unhandled(), 0U);
}

TEST(QueueSubscription, MessagesCarryKeyAndPublisher) {
  Journal journal;
  Handlers handlers;
  handlers.on_message = [&](const Message& message) {
    journal.note(std::string{message.publisher} + " " + std::string{message.key} + " " + std::string{message.text()});
  };
  SubscriptionQueue queue{std::move(handlers), WhenFull::drop_oldest, 1U << 20U};
  SubscribedTopic& a = queue.add_topic("a");
  const Buffer packet = packet_of("keypayload", 10);
  TopicMessage message = message_in(packet, 1, 3, 7);
  message.key = {reinterpret_cast<const char*>(packet.data()), 3};
  queue.add(a, message);
  queue.hand_over();

  const Runner runner{queue};
  EXPECT_EQ(journal.wait_for(1), (std::vector<std::string>{to_string(kPublisher) + " key payload"}));
}

TEST(QueueSubscription, TheOldestAreDroppedAndAGapPerTopicNamesHowMany) {
  Journal journal;
  const std::string kilobyte(1024, 'x');
  SubscriptionQueue queue{handlers_for(journal), WhenFull::drop_oldest, 4096};
  SubscribedTopic& a = queue.add_topic("a");
  SubscribedTopic& b = queue.add_topic("b");
  for (std::uint64_t i = 1; i <= 10; ++i) {
    queue.add(a, message_of(2 * i - 1, kilobyte));
    queue.add(b, message_of(2 * i, kilobyte));
    queue.hand_over();
  }
  const Runner runner{queue};
  const std::vector<std::string> told = journal.wait_for(4);
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[0], "a gap queue_full 9");
  EXPECT_EQ(told[1], "b gap queue_full 9");
  EXPECT_EQ(told[2], "a 19 " + kilobyte);
  EXPECT_EQ(told[3], "b 20 " + kilobyte);
}

TEST(QueueSubscription, NoticesOutliveTheMessagesAroundThem) {
  Journal journal;
  const std::string kilobyte(1024, 'x');
  SubscriptionQueue queue{handlers_for(journal), WhenFull::drop_oldest, 1024};
  SubscribedTopic& a = queue.add_topic("a");
  queue.add(a, message_of(1, kilobyte));
  queue.add(a, TopicSynced{1, false});
  queue.hand_over();
  queue.add(a, message_of(2, kilobyte));
  queue.hand_over();

  const Runner runner{queue};
  EXPECT_EQ(journal.wait_for(3), (std::vector<std::string>{"a gap queue_full 1", "a synced 1", "a 2 " + kilobyte}));
}

TEST(QueueSubscription, NothingIsCalledAfterClose) {
  Journal journal;
  SubscriptionQueue queue{handlers_for(journal), WhenFull::drop_oldest, 1U << 20U};
  SubscribedTopic& a = queue.add_topic("a");
  queue.add(a, message_of(1, "x"));
  queue.hand_over();
  queue.close();
  queue.run();
  queue.add(a, message_of(2, "x"));
  queue.hand_over();
  queue.run();
  EXPECT_TRUE(journal.wait_for(0).empty());
}

TEST(QueueSubscription, MessagesOfOnePacketAreHeldInPlace) {
  const Buffer packet = packet_of("0123456789", 10);
  SubscribedTopic topic{"t"};
  SubscriptionBatch batch;
  batch.add(topic, message_in(packet, 1, 0, 5));
  batch.add(topic, message_in(packet, 2, 5, 5));
  batch.close();
  EXPECT_EQ(batch.items()[0].payload, packet.data());
  EXPECT_EQ(batch.items()[1].payload, packet.data() + 5);
  EXPECT_EQ(batch.bytes(), 10 + 2 * sizeof(SubscriptionItem));
}

TEST(QueueSubscription, ALittleOfALongPacketIsCopiedOutOfIt) {
  SubscribedTopic topic{"t"};
  SubscriptionBatch batch;
  {
    const Buffer packet = packet_of("0123456789", 60000);
    batch.add(topic, message_in(packet, 1, 0, 5));
    batch.add(topic, message_in(packet, 2, 5, 5));
  }
  batch.close();
  EXPECT_EQ(batch.bytes(), 10 + 2 * sizeof(SubscriptionItem));
  EXPECT_EQ(std::memcmp(batch.items()[0].payload, "01234", 5), 0);
  EXPECT_EQ(std::memcmp(batch.items()[1].payload, "56789", 5), 0);
}

TEST(QueueSubscription, PublishersNamesAreBoundedAndRight) {
  PublisherNames names;
  for (std::uint64_t i = 1; i <= 3 * PublisherNames::kNamesMax; ++i) {
    const NodeId node{Incarnation{i}, Endpoint{1, 2}};
    ASSERT_EQ(names.of(node), to_string(node));
    ASSERT_EQ(names.of(node), to_string(node));
  }
}

TEST(QueueSubscription, ThreadsHandOverEverythingInOrderOrNameTheLoss) {
  constexpr std::uint64_t kMessages = 100000;
  std::uint64_t expected = 1;
  std::uint64_t lost = 0;
  std::atomic<bool> all_told{false};
  Handlers handlers;
  handlers.on_message = [&](const Message& message) {
    EXPECT_EQ(message.number, expected);
    expected = message.number + 1;
    if (message.number == kMessages) all_told = true;
  };
  handlers.on_gap = [&](const Gap& gap) {
    expected += gap.messages;
    lost += gap.messages;
  };
  SubscriptionQueue queue{std::move(handlers), WhenFull::drop_oldest, std::size_t{256} << 10U};
  SubscribedTopic& a = queue.add_topic("a");
  const Runner runner{queue};
  for (std::uint64_t i = 1; i <= kMessages; ++i) {
    queue.add(a, message_of(i, "some payload"));
    if (i % 7 == 0 || i == kMessages) queue.hand_over();
  }
  const auto deadline = std::chrono::steady_clock::now() + kBound;
  while (!all_told && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(all_told) << "lost " << lost;
}

TEST(QueueSubscription, ThreadsEndWhileTheQueueIsFed) {
  for (int round = 0; round < 50; ++round) {
    SubscriptionQueue queue{{.on_message = [](const Message&) {}}, WhenFull::drop_oldest, 1U << 20U};
    SubscribedTopic& a = queue.add_topic("a");
    std::thread handler{[&] { queue.run(); }};
    std::thread closer{[&] {
      queue.close();
      queue.wait_until_silent();
    }};
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      queue.add(a, message_of(i, "x"));
      queue.hand_over();
    }
    closer.join();
    handler.join();
  }
}

}  // namespace
}  // namespace hawser
