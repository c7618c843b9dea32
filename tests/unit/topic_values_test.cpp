#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "pubsub-api/src/session/topic_values.hpp"

namespace hawser {
namespace {

NodeId node(std::uint64_t n) { return {Incarnation{n}, Endpoint{1, 1}}; }

struct Put {
  std::uint64_t lamport;
  std::uint64_t publisher;
  std::string key;
  std::string value;
};

bool fold(TopicValues& store, const Put& put) {
  return store.fold({.lamport = put.lamport,
                     .publisher = node(put.publisher),
                     .number = put.lamport,
                     .key = put.key,
                     .payload = std::as_bytes(std::span{put.value})});
}

std::vector<std::string> contents(const TopicValues& store) {
  std::vector<std::string> all;
  store.for_each([&](const RetainedMessage& m) {
    all.push_back(std::string{m.key} + "=" +
                  std::string{reinterpret_cast<const char*>(m.payload.data()), m.payload.size()});
  });
  return all;
}

TEST(TopicValues, KeepsTheLastValueOfEachKeyInTheOrderOfKeys) {
  TopicValues store;
  EXPECT_TRUE(fold(store, {1, 1, "b", "old"}));
  EXPECT_TRUE(fold(store, {2, 1, "a", "1"}));
  EXPECT_TRUE(fold(store, {3, 1, "b", "new"}));
  EXPECT_TRUE(fold(store, {4, 1, "", "keyless"}));
  EXPECT_EQ(contents(store), (std::vector<std::string>{"=keyless", "a=1", "b=new"}));
  EXPECT_EQ(store.size(), 3U);
}

TEST(TopicValues, TheHigherStampWinsWhateverCameLast) {
  TopicValues store;
  EXPECT_TRUE(fold(store, {5, 1, "k", "later"}));
  EXPECT_FALSE(fold(store, {4, 2, "k", "earlier"}));
  EXPECT_FALSE(fold(store, {5, 1, "k", "the same again"}));
  EXPECT_EQ(contents(store), (std::vector<std::string>{"k=later"}));
}

TEST(TopicValues, ThePublisherDecidesBetweenEqualStamps) {
  TopicValues store;
  EXPECT_TRUE(fold(store, {5, 1, "k", "one"}));
  EXPECT_TRUE(fold(store, {5, 2, "k", "two"}));
  EXPECT_FALSE(fold(store, {5, 1, "k", "one"}));
  EXPECT_EQ(contents(store), (std::vector<std::string>{"k=two"}));
}

TEST(TopicValues, EveryOrderOfArrivalLeadsToTheSameState) {
  std::vector<Put> puts{{1, 1, "k", "a"}, {1, 2, "k", "b"}, {2, 1, "k", "c"}, {2, 1, "j", "d"}, {3, 2, "j", "e"}};
  const auto by_stamp = [](const Put& a, const Put& b) {
    return std::tie(a.lamport, a.publisher, a.key) < std::tie(b.lamport, b.publisher, b.key);
  };
  std::sort(puts.begin(), puts.end(), by_stamp);
  std::uint64_t digest = 0;
  do {
    TopicValues store;
    for (const Put& put : puts) fold(store, put);
    if (digest == 0) digest = digest_of_state(store);
    EXPECT_EQ(digest_of_state(store), digest);
  } while (std::next_permutation(puts.begin(), puts.end(), by_stamp));
  EXPECT_NE(digest, 0U);
}

TEST(TopicValues, ShowsWhatHasChangedOnce) {
  TopicValues values;
  fold(values, {1, 1, "before", "x"});
  values.track_changes();
  fold(values, {2, 1, "a", "1"});
  fold(values, {3, 1, "b", "1"});
  fold(values, {4, 1, "a", "2"});
  EXPECT_FALSE(fold(values, {1, 1, "b", "older"}));
  std::vector<std::string> changed;
  const auto note = [&](const RetainedMessage& m) { changed.emplace_back(m.key); };
  values.take_changed(note);
  EXPECT_EQ(changed, (std::vector<std::string>{"a", "b"}));
  values.take_changed(note);
  EXPECT_EQ(changed.size(), 2U);
  values.stop_tracking();
  fold(values, {5, 1, "c", "1"});
  values.take_changed(note);
  EXPECT_EQ(changed.size(), 2U);
}

TEST(TopicValues, ASmallMessageDoesNotKeepItsPacketAlive) {
  TopicValues store;
  Buffer packet = Buffer::allocate(1000);
  packet.resize(1000);
  std::fill_n(packet.data(), 1000, std::byte{'x'});
  store.fold({.lamport = 1,
              .publisher = node(1),
              .number = 1,
              .key = "small",
              .payload = packet.bytes().first(10),
              .memory = &packet});
  store.fold({.lamport = 2,
              .publisher = node(1),
              .number = 2,
              .key = "big",
              .payload = packet.bytes().first(900),
              .memory = &packet});
  std::vector<bool> in_packet;
  store.for_each([&](const RetainedMessage& m) { in_packet.push_back(m.payload.data() == packet.data()); });
  EXPECT_EQ(in_packet, (std::vector<bool>{true, false}));  // "big", "small"
}

TEST(TopicValues, ABigValueMayFollowASmallOneAndTheOtherWayRound) {
  TopicValues store;
  const Buffer packet = Buffer::copy_of(std::as_bytes(std::span{std::string_view{"packet"}}));
  fold(store, {1, 1, "k", "small"});
  store.fold(
      {.lamport = 2, .publisher = node(1), .number = 2, .key = "k", .payload = packet.bytes(), .memory = &packet});
  EXPECT_EQ(contents(store), (std::vector<std::string>{"k=packet"}));
  fold(store, {3, 1, "k", "small again"});
  EXPECT_EQ(contents(store), (std::vector<std::string>{"k=small again"}));
}

}  // namespace
}  // namespace hawser
