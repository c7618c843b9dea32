#include "pubsub-api/src/session/state_transfer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "pubsub-api/src/session/item_chunker.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"

namespace hawser {
namespace {

const StateCut kCut{.era = {.control_view = {7, 1}, .number = 3}, .heavy_view = {9, 2}};
const NodeId kAlice{Incarnation{1}, Endpoint{1, 1}};

void put(TopicContents& contents, const std::string& key, const std::string& value) {
  contents.values.fold(
      {.lamport = 1, .publisher = kAlice, .number = 1, .key = key, .payload = std::as_bytes(std::span{value})});
}

// What a joiner reads out of the parts, by key; and how many messages it took.
struct Arrived {
  std::map<std::string, std::string> values;
  std::size_t positions = 0;
  std::uint64_t lamport = 0;
};

Arrived read_all(const StateArrival& arrival) {
  Arrived arrived;
  for (const StateArrival::Part& part : arrival.parts()) {
    Reader reader{part.items};
    while (const auto item = read_item(reader)) {
      if (const auto* clock = std::get_if<StateClock>(&*item)) arrived.lamport = clock->lamport;
      if (std::holds_alternative<StatePosition>(*item)) ++arrived.positions;
      if (const auto* message = std::get_if<RetainedMessage>(&*item)) {
        arrived.values[std::string{message->key}] = {reinterpret_cast<const char*>(message->payload.data()),
                                                     message->payload.size()};
      }
    }
    EXPECT_TRUE(reader.done());
  }
  return arrived;
}

// Hands the messages to `arrival`; true when the last one made it whole, and none before.
bool arrive(const std::vector<Buffer>& messages, StateArrival& arrival) {
  bool whole = false;
  for (const Buffer& message : messages) {
    EXPECT_FALSE(whole);
    const auto chunk = decode_state(message.bytes());
    if (!chunk || chunk->cut != kCut) return false;
    whole = arrival.add(*chunk, Slice{message});
  }
  return whole;
}

TEST(StateTransfer, AnEmptyStateIsOneMessage) {
  const TopicContents contents;
  const auto messages = encode_state(contents, 5, kCut);
  StateArrival arrival;
  EXPECT_EQ(messages.size(), 1U);
  EXPECT_TRUE(arrive(messages, arrival));
  EXPECT_TRUE(read_all(arrival).values.empty());
  EXPECT_EQ(read_all(arrival).lamport, 5U);
}

TEST(StateTransfer, ASmallStateIsOneMessage) {
  TopicContents contents;
  put(contents, "", "keyless");
  put(contents, "k", "");
  contents.positions.raise(kAlice, 2);
  StateArrival arrival;
  const auto messages = encode_state(contents, 5, kCut);
  EXPECT_EQ(messages.size(), 1U);
  EXPECT_TRUE(arrive(messages, arrival));
  const std::map<std::string, std::string> expected{{"", "keyless"}, {"k", ""}};
  EXPECT_EQ(read_all(arrival).values, expected);
  EXPECT_EQ(read_all(arrival).positions, 1U);
}

TEST(StateTransfer, ALargeStateGoesInBoundedMessagesAndArrivesWhole) {
  TopicContents contents;
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = "key " + std::to_string(i);
    expected[key] = std::string(static_cast<std::size_t>(i), 'x');
    put(contents, key, expected[key]);
  }
  const auto messages = encode_state(contents, 5, kCut);
  EXPECT_GT(messages.size(), 10U);
  for (const Buffer& message : messages) EXPECT_LE(message.size(), kStateChunkBytes);
  StateArrival arrival;
  EXPECT_TRUE(arrive(messages, arrival));
  EXPECT_EQ(read_all(arrival).values, expected);
}

TEST(StateTransfer, AMessageLongerThanAPartTravelsWhole) {
  TopicContents contents;
  const std::string value(kStateChunkBytes * 3, 'x');
  put(contents, "a", "before");
  put(contents, "b", value);
  put(contents, "c", "after");
  StateArrival arrival;
  EXPECT_TRUE(arrive(encode_state(contents, 5, kCut), arrival));
  EXPECT_EQ(read_all(arrival).values.at("b"), value);
  EXPECT_EQ(read_all(arrival).values.size(), 3U);
}

TEST(StateTransfer, APartOutOfTurnDoesNotCompleteTheState) {
  TopicContents contents;
  for (int i = 0; i < 4; ++i) put(contents, std::to_string(i), std::string(kStateChunkBytes, 'x'));
  auto messages = encode_state(contents, 5, kCut);
  ASSERT_GT(messages.size(), 2U);
  messages.erase(messages.begin() + 1);
  StateArrival arrival;
  EXPECT_FALSE(arrive(messages, arrival));
}

// ---- Of which somebody has a part ----

const NodeId kBob{Incarnation{2}, Endpoint{1, 2}};

TopicContents in_total_order() {
  TopicContents contents;
  contents.set_bounds({.messages = 10});
  return contents;
}

void keep(TopicContents& contents, const NodeId& publisher, std::uint64_t number, const std::string& key) {
  contents.keep({.lamport = number,
                 .publisher = publisher,
                 .number = number,
                 .key = key,
                 .payload = {},
                 .ordered = true,
                 .time = 1,
                 .logged = true});
}

// What is sent to who has all of Alice's messages, by key and whether it is in the history; before it, how much of the
// history is left out.
std::string sent_beyond_alice(const TopicContents& contents) {
  TopicPositions base;
  base.raise(kAlice, 100);
  StateArrival arrival;
  EXPECT_TRUE(arrive(encode_difference(encode_state(contents, 5, kCut), base, kCut), arrival));
  const auto difference = arrival.difference();
  if (!difference) return "whole";
  EXPECT_EQ(difference->base.of(kAlice), 100U);
  std::string sent = std::to_string(difference->logged);
  for (const StateArrival::Part& part : arrival.parts()) {
    Reader reader{part.items};
    while (const auto item = read_item(reader)) {
      const auto* message = std::get_if<RetainedMessage>(&*item);
      if (message != nullptr) sent += " " + std::string{message->key} + (message->logged ? "" : "!");
    }
  }
  return sent;
}

TEST(StateDifference, LeavesOutWhatTheOtherHas) {
  TopicContents contents = in_total_order();
  keep(contents, kAlice, 1, "a");
  keep(contents, kAlice, 2, "b");
  keep(contents, kBob, 1, "c");
  EXPECT_EQ(sent_beyond_alice(contents), "2 c");
}

TEST(StateDifference, AHistoryThatDoesNotJustGoOnIsSentWhole) {
  TopicContents contents = in_total_order();
  keep(contents, kBob, 1, "c");
  keep(contents, kAlice, 1, "a");
  EXPECT_EQ(sent_beyond_alice(contents), "0 c a");
}

// Else c's place in the history would make it the value.
TEST(StateDifference, AValueComesAfterWhatTheHistoryHasOfItsKey) {
  TopicContents contents = in_total_order();
  keep(contents, kBob, 1, "c");
  contents.values.fold({.lamport = 9, .publisher = kAlice, .number = 9, .key = "c", .payload = {}, .ordered = true});
  contents.values.fold({.lamport = 9, .publisher = kAlice, .number = 8, .key = "d", .payload = {}, .ordered = true});
  EXPECT_EQ(sent_beyond_alice(contents), "0 c c!");
}

TEST(StateDifference, AWholeStateIsNone) {
  StateArrival arrival;
  EXPECT_TRUE(arrive(encode_state(in_total_order(), 5, kCut), arrival));
  EXPECT_FALSE(arrival.difference());
}

}  // namespace
}  // namespace hawser
