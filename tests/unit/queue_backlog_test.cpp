// What happens when more waits for a handler than may, by the application's choice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pubsub-api/src/bus/subscription_backlog.hpp"
#include "transport/core/fault.hpp"
#include "transport/core/rng.hpp"

namespace hawser {
namespace {

using ::testing::ElementsAre;

const NodeId kAlice{Incarnation{1}, Endpoint{0x7f000001, 4001}};
const NodeId kBob{Incarnation{2}, Endpoint{0x7f000001, 4002}};

std::string name_of(const NodeId& node) { return node == kAlice ? "A" : "B"; }

TopicMessage message_of(const NodeId& publisher, std::uint64_t number, const std::string& key, std::size_t bytes) {
  std::string text = key + std::string(bytes, 'x');
  const Buffer packet = Buffer::copy_of(std::as_bytes(std::span{text}));
  TopicMessage message;
  message.publisher = publisher;
  message.number = number;
  message.key = {reinterpret_cast<const char*>(packet.data()), key.size()};
  message.payload = packet.bytes().subspan(key.size());
  message.bytes = Slice{packet};
  return message;
}

class Backlog {
 public:
  Backlog(WhenFull when_full, std::size_t bytes_max) : backlog_(when_full, bytes_max) {}

  void push(SubscribedTopic& topic, const TopicMessage& message) {
    auto batch = std::make_unique<SubscriptionBatch>();
    batch->add(topic, message);
    ++topic.added;
    push(std::move(batch));
  }
  void push_synced(SubscribedTopic& topic) {
    auto batch = std::make_unique<SubscriptionBatch>();
    batch->add(SubscriptionNotice{&topic, TopicSynced{.retained_messages = 1}});
    push(std::move(batch));
  }
  void push(std::unique_ptr<SubscriptionBatch> batch) {
    batch->close();
    backlog_.push(std::move(batch));
  }
  /// All that can be taken, in order: "t A1 key", "t synced", "t gap conflated A 1-3 (2)", "ended".
  std::vector<std::string> take_all() {
    std::vector<std::string> told;
    while (!backlog_.empty()) {
      const SubscriptionPortion portion = backlog_.take();
      for (const SubscriptionNotice& notice : portion.notices) told.push_back(text_of(notice));
      if (!portion.batch) continue;
      for (const SubscriptionItem& item : portion.batch->items()) {
        if (item.kind == SubscriptionItem::Kind::notice) {
          told.push_back(text_of(portion.batch->notice(item)));
        } else {
          told.push_back(item.topic->name + " " + name_of(item.publisher) + std::to_string(item.number) + " " +
                         std::string{item.key_text()});
        }
      }
    }
    return told;
  }
  SubscriptionBacklog& operator*() { return backlog_; }

 private:
  static std::string text_of(const SubscriptionNotice& notice) {
    if (const auto* gap = std::get_if<TopicGap>(&notice.what)) {
      return notice.topic->name + " gap " + std::string{to_string(gap->cause)} + " " + name_of(gap->publisher) + " " +
             std::to_string(gap->first) + "-" + std::to_string(gap->last) + " (" + std::to_string(gap->messages) + ")";
    }
    return std::holds_alternative<TopicSynced>(notice.what) ? notice.topic->name + " synced" : "ended";
  }

  SubscriptionBacklog backlog_;
};

TEST(QueueBacklog, DropsTheOldestAndNamesEachPublishersRange) {
  SubscribedTopic topic{"t"};
  Backlog backlog{WhenFull::drop_oldest, 2500};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    backlog.push(topic, message_of(kAlice, i, "", 1000));
    backlog.push(topic, message_of(kBob, 10 + i, "", 1000));
  }
  EXPECT_THAT(backlog.take_all(),
              ElementsAre("t gap queue_full A 1-2 (2)", "t gap queue_full B 11-12 (2)", "t A3 ", "t B13 "));
  EXPECT_EQ(topic.added, 2U);
}

TEST(QueueBacklog, ConflatesWhatNewerMessagesOfTheKeyHaveOvertaken) {
  SubscribedTopic t{"t"};
  SubscribedTopic u{"u"};
  Backlog backlog{WhenFull::conflate, 8000};
  for (std::uint64_t i = 1; i <= 4; ++i) backlog.push(t, message_of(kAlice, i, i % 2 == 0 ? "even" : "odd", 1000));
  backlog.push(u, message_of(kAlice, 1, "odd", 1000));
  backlog.push_synced(u);
  for (std::uint64_t i = 5; i <= 9; ++i) backlog.push(t, message_of(kAlice, i, "odd", 1000));
  EXPECT_THAT(backlog.take_all(), ElementsAre("t gap conflated A 1-3 (3)", "t A4 even", "u A1 odd", "u synced",
                                              "t A5 odd", "t A6 odd", "t A7 odd", "t A8 odd", "t A9 odd"));
  EXPECT_EQ(t.added, 6U);
}

TEST(QueueBacklog, LosesNothingWhereItConflatesAndHasRoom) {
  SubscribedTopic topic{"t"};
  Backlog backlog{WhenFull::conflate, 1'000'000};
  for (std::uint64_t i = 1; i <= 3; ++i) backlog.push(topic, message_of(kAlice, i, "k", 10));
  EXPECT_THAT(backlog.take_all(), ElementsAre("t A1 k", "t A2 k", "t A3 k"));
}

TEST(QueueBacklog, DropsTheOldestWhereEvenTheNewestOfEachKeyAreTooMany) {
  SubscribedTopic topic{"t"};
  Backlog backlog{WhenFull::conflate, 600'000};
  for (std::uint64_t i = 1; i <= 7; ++i) backlog.push(topic, message_of(kAlice, i, std::to_string(i), 100'000));
  const std::vector<std::string> told = backlog.take_all();
  EXPECT_EQ(told.front(), "t gap queue_full A 1-2 (2)");
  EXPECT_EQ(told.back(), "t A7 7");
}

TEST(QueueBacklog, DisconnectsAndHandsOverWhatHadRoom) {
  SubscribedTopic topic{"t"};
  Backlog backlog{WhenFull::disconnect, 2500};
  for (std::uint64_t i = 1; i <= 5; ++i) backlog.push(topic, message_of(kAlice, i, "", 1000));
  EXPECT_TRUE((*backlog).is_over());
  EXPECT_THAT(backlog.take_all(), ElementsAre("t A1 ", "t A2 ", "ended"));
  backlog.push(topic, message_of(kAlice, 6, "", 1000));
  EXPECT_THAT(backlog.take_all(), ElementsAre());
}

TEST(QueueBacklog, KeepsTheNewestBatchHoweverLarge) {
  for (const WhenFull choice : {WhenFull::drop_oldest, WhenFull::conflate, WhenFull::block, WhenFull::disconnect}) {
    SubscribedTopic topic{"t"};
    Backlog backlog{choice, 2500};
    backlog.push(topic, message_of(kAlice, 1, "", 10'000));
    EXPECT_THAT(backlog.take_all(), ElementsAre("t A1 "));
  }
}

/// What was sent, and what came of it: every number is delivered, or in a gap of its topic and publisher.
class Account {
 public:
  using Stream = std::pair<const SubscribedTopic*, NodeId>;

  void on_sent(const Stream& stream) { ++sent_[stream]; }
  void on_portion(const SubscriptionPortion& portion) {
    for (const SubscriptionNotice& notice : portion.notices) on_notice(notice);
    if (!portion.batch) return;
    for (const SubscriptionItem& item : portion.batch->items()) {
      ASSERT_NE(item.kind, SubscriptionItem::Kind::notice);
      const Stream stream{item.topic, item.publisher};
      EXPECT_GT(item.number, last_[stream]);
      last_[stream] = item.number;
      ++delivered_[stream];
    }
  }
  void check() const {
    for (const auto& [stream, sent] : sent_) {
      const auto count = [&](const std::map<Stream, std::uint64_t>& of) {
        const auto at = of.find(stream);
        return at == of.end() ? 0 : at->second;
      };
      EXPECT_EQ(sent, count(delivered_) + count(lost_));
    }
  }
  [[nodiscard]] std::uint64_t lost() const {
    std::uint64_t sum = 0;
    for (const auto& [stream, lost] : lost_) sum += lost;
    return sum;
  }

 private:
  void on_notice(const SubscriptionNotice& notice) {
    const auto* gap = std::get_if<TopicGap>(&notice.what);
    if (gap == nullptr) return;
    const Stream stream{notice.topic, gap->publisher};
    lost_[stream] += gap->messages;
    EXPECT_GE(gap->last - gap->first + 1, gap->messages);
    EXPECT_LE(gap->last, sent_[stream]);
  }

  std::map<Stream, std::uint64_t> sent_;
  std::map<Stream, std::uint64_t> delivered_;
  std::map<Stream, std::uint64_t> lost_;
  std::map<Stream, std::uint64_t> last_;
};

TEST(QueueBacklog, WhatIsSentIsDeliveredOrInAGap) {
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Rng rng{seed};
    std::deque<SubscribedTopic> topics;
    for (const char* name : {"t", "u", "v"}) topics.emplace_back(name);
    SubscriptionBacklog backlog{seed % 2 == 0 ? WhenFull::conflate : WhenFull::drop_oldest, 20'000};
    Account account;
    std::map<Account::Stream, std::uint64_t> numbers;
    for (int step = 0; step < 400; ++step) {
      if (rng.below(5) == 0 && !backlog.empty()) {
        account.on_portion(backlog.take());
        continue;
      }
      auto batch = std::make_unique<SubscriptionBatch>();
      for (std::uint64_t left = rng.between(1, 8); left > 0; --left) {
        SubscribedTopic& topic = topics[rng.below(topics.size())];
        const NodeId& publisher = rng.one_in(2) ? kAlice : kBob;
        const std::uint64_t number = ++numbers[{&topic, publisher}];
        batch->add(topic, message_of(publisher, number, std::to_string(rng.below(6)), rng.below(600)));
        ++topic.added;
        account.on_sent({&topic, publisher});
      }
      batch->close();
      backlog.push(std::move(batch));
      ASSERT_LE(backlog.bytes(), 20'000U + 8 * 700 + 8 * sizeof(SubscriptionItem));
    }
    while (!backlog.empty()) account.on_portion(backlog.take());
    account.check();
    lost += account.lost();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(lost, 1000U);
}

}  // namespace
}  // namespace hawser
