#include "pubsub-api/src/session/state_join_buffer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pubsub-api/src/session/topic_message.hpp"

namespace hawser {
namespace {

const NodeId kAlice{Incarnation{1}, Endpoint{1, 1}};

Slice message(std::uint64_t number, std::string_view key, std::size_t payload_bytes) {
  TopicDataHeader header;
  const ByteView head = encode_data_header({.number = number, .lamport = number, .key = key, .payload = {}}, header);
  std::vector<std::byte> bytes{head.begin(), head.end()};
  bytes.resize(bytes.size() + payload_bytes);
  return Slice{Buffer::copy_of(bytes)};
}

std::vector<std::uint64_t> numbers_of(const std::list<HeardMessage>& messages) {
  std::vector<std::uint64_t> numbers;
  for (const HeardMessage& heard : messages) numbers.push_back(decode_data(heard.bytes.bytes())->number);
  return numbers;
}

TEST(StateJoinBuffer, KeepsMessagesInOrder) {
  ByteBudget budget{10'000};
  StateJoinBuffer buffer{budget};
  for (std::uint64_t number = 1; number <= 3; ++number) buffer.add({kAlice, message(number, "", 10)});
  EXPECT_EQ(buffer.skipped(), 0U);
  EXPECT_EQ(numbers_of(buffer.take()), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(budget.used(), 0U);
}

TEST(StateJoinBuffer, SkipsTheOldestWhenFullAndKeepsTheirLastValues) {
  ByteBudget budget{1100};
  StateJoinBuffer buffer{budget};
  for (std::uint64_t number = 1; number <= 5; ++number) {
    buffer.add({kAlice, message(number, number % 2 == 0 ? "even" : "odd", 400)});
  }
  EXPECT_EQ(buffer.skipped(), 3U);
  std::vector<std::uint64_t> kept_by_key;
  buffer.all_skipped().front().contents.values.for_each(
      [&](const RetainedMessage& m) { kept_by_key.push_back(m.number); });
  EXPECT_EQ(kept_by_key, (std::vector<std::uint64_t>{2, 3}));
  ASSERT_EQ(buffer.all_skipped().front().contents.positions.all().size(), 1U);
  EXPECT_EQ(buffer.all_skipped().front().contents.positions.all().front().number, 3U);
  EXPECT_EQ(numbers_of(buffer.take()), (std::vector<std::uint64_t>{4, 5}));
}

TEST(StateJoinBuffer, SkipsAMessageThatNeverFits) {
  ByteBudget budget{1000};
  StateJoinBuffer buffer{budget};
  buffer.add({kAlice, message(1, "", 2000)});
  EXPECT_EQ(buffer.skipped(), 1U);
  EXPECT_TRUE(buffer.take().empty());
}

TEST(StateJoinBuffer, GivesItsRoomBackWhenItGoes) {
  ByteBudget budget{1000};
  {
    StateJoinBuffer{budget}.add({kAlice, message(1, "", 10)});
  }
  EXPECT_EQ(budget.used(), 0U);
}

TEST(StateJoinBuffer, SharesItsBudgetWithOtherTopics) {
  ByteBudget budget{1000};
  StateJoinBuffer one{budget};
  StateJoinBuffer other{budget};
  one.add({kAlice, message(1, "", 800)});
  other.add({kAlice, message(1, "", 800)});
  EXPECT_EQ(one.skipped(), 0U);
  EXPECT_EQ(other.skipped(), 1U);
}

}  // namespace
}  // namespace hawser
