#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "pubsub-api/src/session/memory_store.hpp"

namespace hawser {
namespace {

NodeId node(std::uint64_t n) { return {Incarnation{n}, Endpoint{1, 1}}; }

struct Put {
  std::uint64_t lamport;
  std::uint64_t publisher;
  std::string key;
  std::string value;
};

bool fold(MemoryStore& store, const Put& put, std::string_view topic = "t") {
  return store.fold(topic, {.lamport = put.lamport,
                            .publisher = node(put.publisher),
                            .number = put.lamport,
                            .key = put.key,
                            .payload = std::as_bytes(std::span{put.value}),
                            .memory = {}});
}

std::vector<std::string> contents(const MemoryStore& store, std::string_view topic = "t") {
  std::vector<std::string> all;
  store.for_each(topic, [&](const RetainedMessage& m) {
    all.push_back(std::string{m.key} + "=" +
                  std::string{reinterpret_cast<const char*>(m.payload.data()), m.payload.size()});
  });
  return all;
}

TEST(MemoryStore, KeepsTheLastValueOfEachKeyInTheOrderOfKeys) {
  MemoryStore store;
  EXPECT_TRUE(fold(store, {1, 1, "b", "old"}));
  EXPECT_TRUE(fold(store, {2, 1, "a", "1"}));
  EXPECT_TRUE(fold(store, {3, 1, "b", "new"}));
  EXPECT_TRUE(fold(store, {4, 1, "", "keyless"}));
  EXPECT_EQ(contents(store), (std::vector<std::string>{"=keyless", "a=1", "b=new"}));
  EXPECT_EQ(store.size("t"), 3U);
}

TEST(MemoryStore, TheHigherStampWinsWhateverCameLast) {
  MemoryStore store;
  EXPECT_TRUE(fold(store, {5, 1, "k", "later"}));
  EXPECT_FALSE(fold(store, {4, 2, "k", "earlier"}));
  EXPECT_FALSE(fold(store, {5, 1, "k", "the same again"}));
  EXPECT_EQ(contents(store), (std::vector<std::string>{"k=later"}));
}

TEST(MemoryStore, ThePublisherDecidesBetweenEqualStamps) {
  MemoryStore store;
  EXPECT_TRUE(fold(store, {5, 1, "k", "one"}));
  EXPECT_TRUE(fold(store, {5, 2, "k", "two"}));
  EXPECT_FALSE(fold(store, {5, 1, "k", "one"}));
  EXPECT_EQ(contents(store), (std::vector<std::string>{"k=two"}));
}

TEST(MemoryStore, EveryOrderOfArrivalLeadsToTheSameState) {
  std::vector<Put> puts{{1, 1, "k", "a"}, {1, 2, "k", "b"}, {2, 1, "k", "c"}, {2, 1, "j", "d"}, {3, 2, "j", "e"}};
  const auto by_stamp = [](const Put& a, const Put& b) {
    return std::tie(a.lamport, a.publisher, a.key) < std::tie(b.lamport, b.publisher, b.key);
  };
  std::sort(puts.begin(), puts.end(), by_stamp);
  std::uint64_t digest = 0;
  do {
    MemoryStore store;
    for (const Put& put : puts) fold(store, put);
    if (digest == 0) digest = digest_of_state(store, "t");
    EXPECT_EQ(digest_of_state(store, "t"), digest);
  } while (std::next_permutation(puts.begin(), puts.end(), by_stamp));
  EXPECT_NE(digest, 0U);
}

TEST(MemoryStore, TopicsAreApart) {
  MemoryStore store;
  fold(store, {1, 1, "k", "one"}, "t1");
  fold(store, {1, 1, "k", "two"}, "t2");
  store.clear("t1");
  EXPECT_EQ(store.size("t1"), 0U);
  EXPECT_EQ(contents(store, "t2"), (std::vector<std::string>{"k=two"}));
}

TEST(MemoryStore, ASmallMessageDoesNotKeepItsPacketAlive) {
  MemoryStore store;
  Buffer packet = Buffer::allocate(1000);
  packet.resize(1000);
  std::fill_n(packet.data(), 1000, std::byte{'x'});
  store.fold("t", {.lamport = 1,
                   .publisher = node(1),
                   .number = 1,
                   .key = "small",
                   .payload = packet.bytes().first(10),
                   .memory = packet});
  store.fold("t", {.lamport = 2,
                   .publisher = node(1),
                   .number = 2,
                   .key = "big",
                   .payload = packet.bytes().first(900),
                   .memory = packet});
  std::vector<bool> in_packet;
  store.for_each("t", [&](const RetainedMessage& m) { in_packet.push_back(m.payload.data() == packet.data()); });
  EXPECT_EQ(in_packet, (std::vector<bool>{true, false}));  // "big", "small"
}

TEST(MemoryStore, ABigValueMayFollowASmallOneAndTheOtherWayRound) {
  MemoryStore store;
  const Buffer packet = Buffer::copy_of(std::as_bytes(std::span{std::string_view{"packet"}}));
  fold(store, {1, 1, "k", "small"});
  store.fold(
      "t", {.lamport = 2, .publisher = node(1), .number = 2, .key = "k", .payload = packet.bytes(), .memory = packet});
  EXPECT_EQ(contents(store), (std::vector<std::string>{"k=packet"}));
  fold(store, {3, 1, "k", "small again"});
  EXPECT_EQ(contents(store), (std::vector<std::string>{"k=small again"}));
}

}  // namespace
}  // namespace hawser
