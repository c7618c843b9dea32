// A topic's history: what is kept follows from what was received, in whatever order it came.
#include "pubsub-api/src/session/topic_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "transport/core/fault.hpp"
#include "transport/core/rng.hpp"

namespace hawser {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

NodeId node(std::uint64_t number) { return {Incarnation{number}, {0x7f000001, 4000}}; }

struct Sent {
  std::uint64_t time = 0;
  std::uint64_t lamport = 0;
  std::uint64_t publisher = 1;
  std::uint64_t number = 0;
  std::string text;
};

RetainedMessage message_of(const Sent& sent, bool ordered = false) {
  return {.lamport = sent.lamport,
          .publisher = node(sent.publisher),
          .number = sent.number,
          .payload = std::as_bytes(std::span{sent.text}),
          .ordered = ordered,
          .time = sent.time,
          .logged = true};
}

class TopicLogTest : public testing::Test {
 protected:
  void add(const Sent& sent, bool ordered = false) {
    log_.add(message_of(sent, ordered), [this](const RetainedMessage& gone) { gone_.push_back(text_of(gone)); });
  }
  static std::string text_of(const RetainedMessage& message) {
    return {reinterpret_cast<const char*>(message.payload.data()), message.payload.size()};
  }
  std::vector<std::string> kept() {
    std::vector<std::string> texts;
    log_.for_each([&](const RetainedMessage& message) { texts.push_back(text_of(message)); });
    return texts;
  }

  TopicLog log_;
  std::vector<std::string> gone_;
};

TEST_F(TopicLogTest, KeepsTheNewestMessages) {
  log_.set_bounds({.messages = 2});
  for (std::uint64_t i = 1; i <= 4; ++i) add({i, i, 1, i, std::to_string(i)});
  EXPECT_THAT(kept(), ElementsAre("3", "4"));
  EXPECT_THAT(gone_, ElementsAre("1", "2"));
}

TEST_F(TopicLogTest, KeepsWithinItsBytes) {
  log_.set_bounds({.messages = 100, .bytes = 10 + 2 * TopicLog::kMessageBytes});
  add({1, 1, 1, 1, "aaaa"});
  add({2, 2, 1, 2, "bbbb"});
  add({3, 3, 1, 3, "cccc"});
  EXPECT_THAT(kept(), ElementsAre("bbbb", "cccc"));
  EXPECT_EQ(log_.bytes(), 8U + 2 * TopicLog::kMessageBytes);
  add({4, 4, 1, 4, std::string(200, 'd')});
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(TopicLogTest, WhatIsTooOldBesideTheNewestGoes) {
  log_.set_bounds({.messages = 100, .age = std::chrono::milliseconds{10}});
  add({100, 1, 1, 1, "a"});
  add({105, 2, 1, 2, "b"});
  add({111, 3, 1, 3, "c"});
  EXPECT_THAT(kept(), ElementsAre("b", "c"));
}

TEST_F(TopicLogTest, WithoutBoundsThereIsNone) {
  add({1, 1, 1, 1, "a"});
  EXPECT_TRUE(log_.empty());
  EXPECT_THAT(gone_, ElementsAre("a"));
}

TEST_F(TopicLogTest, NothingComesBackBehindWhatHasGone) {
  log_.set_bounds({.messages = 1});
  add({2, 2, 1, 1, "later"});
  add({3, 3, 1, 2, "last"});
  log_.set_bounds({.messages = 2});
  add({1, 1, 2, 1, "early"});
  EXPECT_THAT(kept(), ElementsAre("last"));
}

TEST_F(TopicLogTest, WhatComesAfterAGapInItPushesOutAllBefore) {
  for (const bool ordered : {false, true}) {
    log_.clear();
    log_.set_bounds({.messages = 2});
    add({1, 1, 1, 1, "first"}, ordered);
    TopicLog later;
    later.set_bounds({.messages = 1});
    for (std::uint64_t i = 2; i <= 3; ++i) {
      later.add(message_of({i, i, 1, i, std::to_string(i)}, ordered), [](const RetainedMessage&) {});
    }
    log_.append(later, [](const RetainedMessage&) {});
    EXPECT_THAT(kept(), ElementsAre("3"));
  }
}

TEST_F(TopicLogTest, InTotalOrderTheyStandAsTheyCame) {
  log_.set_bounds({.messages = 2});
  add({5, 9, 1, 1, "a"}, true);
  add({4, 8, 2, 1, "b"}, true);
  add({3, 7, 1, 2, "c"}, true);
  EXPECT_THAT(kept(), ElementsAre("b", "c"));
}

// Each publisher's messages in their order, shuffled with others'.
std::vector<Sent> shuffled(const std::vector<std::vector<Sent>>& streams, Rng& rng) {
  std::vector<Sent> all;
  std::vector<std::size_t> next(streams.size());
  for (;;) {
    std::vector<std::size_t> left;
    for (std::size_t at = 0; at < streams.size(); ++at) {
      if (next[at] < streams[at].size()) left.push_back(at);
    }
    if (left.empty()) return all;
    const std::size_t which = left[rng.below(left.size())];
    all.push_back(streams[which][next[which]++]);
  }
}

// Three publishers, times and stamps that only go up for each.
std::vector<std::vector<Sent>> random_streams(Rng& rng) {
  std::vector<std::vector<Sent>> streams(3);
  for (std::size_t publisher = 0; publisher < streams.size(); ++publisher) {
    std::uint64_t time = 100 + rng.below(20);
    std::uint64_t lamport = rng.below(5);
    for (std::uint64_t number = 1; number <= 8; ++number) {
      time += rng.below(8);
      lamport += 1 + rng.below(4);
      std::string text(1 + rng.below(9), static_cast<char>('a' + publisher));
      streams[publisher].push_back({time, lamport, publisher + 1, number, text});
    }
  }
  return streams;
}

bool converges(std::uint64_t seed) {
  Rng rng{seed};
  const auto streams = random_streams(rng);
  History bounds{.messages = 1 + rng.below(12), .bytes = 70 + rng.below(700)};
  if (rng.one_in(2)) bounds.age = std::chrono::milliseconds{5 + static_cast<int>(rng.below(40))};
  TopicLog logs[2];
  for (TopicLog& log : logs) {
    log.set_bounds(bounds);
    for (const Sent& sent : shuffled(streams, rng)) log.add(message_of(sent), [](const RetainedMessage&) {});
  }
  return digest_of_log(logs[0]) == digest_of_log(logs[1]);
}

TEST(TopicLogRandom, ItDoesNotMatterInWhichOrderPublishersAreHeard) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) EXPECT_TRUE(converges(seed)) << "seed " << seed;
}

#if defined(HAWSER_FAULTS)

TEST(TopicLogFaults, WithoutTheFloorItMatters) {
  fault::active() = "session_log_without_floor";
  std::uint64_t seed = 1;
  while (seed <= 2000 && converges(seed)) ++seed;
  fault::active().clear();
  EXPECT_LE(seed, 2000U);
}

#endif

}  // namespace
}  // namespace hawser
