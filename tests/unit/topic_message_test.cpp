#include "pubsub-api/src/session/topic_message.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hawser {
namespace {

ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

std::string text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::vector<std::byte> encoded(const TopicData& data) {
  TopicDataHeader header;
  const ByteView head = encode_data_header(data, header);
  std::vector<std::byte> message{head.begin(), head.end()};
  message.insert(message.end(), data.payload.begin(), data.payload.end());
  return message;
}

std::vector<std::byte> encoded(const StateChunk& chunk) {
  std::vector<std::byte> message(kStateHeaderBytesMax + chunk.items.size());
  Writer writer{message};
  encode_state_header(chunk, writer);
  writer.bytes(chunk.items);
  message.resize(writer.size());
  return message;
}

const StateCut kCut{.era = {.control_view = {7, 0xabcd}, .number = 300}, .heavy_view = {9, 0x1234}};
const NodeId kAlice{Incarnation{0xa1}, Endpoint{0x7f000001, 40001}};

TEST(TopicMessage, DataLiesOnTheWireAsDocumented) {
  const auto message = encoded(TopicData{.number = 1, .lamport = 300, .key = "k", .payload = bytes_of("xy")});
  const std::vector<std::byte> expected{std::byte{1}, std::byte{1},   std::byte{0xac}, std::byte{0x02},
                                        std::byte{1}, std::byte{'k'}, std::byte{'x'},  std::byte{'y'}};
  EXPECT_EQ(message, expected);
}

TEST(TopicMessage, DataComesBackAsItWasSent) {
  const std::string key(kKeyBytesMax, 'k');
  const auto message =
      encoded(TopicData{.number = ~0ULL, .lamport = ~0ULL, .key = key, .payload = bytes_of("payload")});
  const auto data = decode_data(message);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->number, ~0ULL);
  EXPECT_EQ(data->lamport, ~0ULL);
  EXPECT_EQ(data->key, key);
  EXPECT_EQ(text_of(data->payload), "payload");
}

TEST(TopicMessage, DataCutOffInItsHeaderIsRefused) {
  const auto message = encoded(TopicData{.number = 1000, .lamport = 1000, .key = "key", .payload = {}});
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(decode_data(ByteView{message}.first(size))) << size;
  }
  EXPECT_TRUE(decode_data(message));
}

TEST(TopicMessage, DataWithTooLongAKeyIsRefused) {
  std::vector<std::byte> message(300);
  Writer writer{message};
  writer.number(std::uint8_t{1});
  writer.varint(1);
  writer.varint(1);
  writer.text(std::string(kKeyBytesMax + 1, 'k'));
  EXPECT_FALSE(decode_data(writer.written()));
}

TEST(TopicMessage, StateHeaderComesBackAsItWasSent) {
  const auto message = encoded(StateChunk{.cut = kCut, .index = 5, .last = true, .items = bytes_of("items")});
  const auto chunk = decode_state(message);
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->cut, kCut);
  EXPECT_EQ(chunk->index, 5U);
  EXPECT_TRUE(chunk->last);
  EXPECT_EQ(text_of(chunk->items), "items");
}

TEST(TopicMessage, StateCutOffInItsHeaderIsRefused) {
  const auto message = encoded(StateChunk{.cut = kCut, .index = 5, .last = false, .items = {}});
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(decode_state(ByteView{message}.first(size))) << size;
  }
}

TEST(TopicMessage, OneKindIsNotReadAsTheOther) {
  EXPECT_FALSE(decode_state(encoded(TopicData{.number = 1, .lamport = 1, .key = std::string(60, 'k'), .payload = {}})));
  EXPECT_FALSE(decode_data(encoded(StateChunk{.cut = kCut, .index = 0, .last = false, .items = {}})));
  EXPECT_EQ(kind_of({}), std::nullopt);
}

TEST(TopicMessage, StateItemsComeBackInOrder) {
  const RetainedMessage retained{
      .lamport = 8, .publisher = kAlice, .number = 3, .key = "key", .payload = bytes_of("value")};
  std::vector<std::byte> memory(1000);
  Writer writer{memory};
  const std::vector<StateItem> items{StateClock{77, false}, StatePosition{kAlice, 12}, retained};
  for (const StateItem& item : items) {
    const std::size_t before = writer.size();
    write_item(item, writer);
    EXPECT_LE(writer.size() - before, item_bytes_max(item));
  }
  Reader reader{writer.written()};
  const auto clock = read_item(reader);
  ASSERT_TRUE(clock && std::holds_alternative<StateClock>(*clock));
  EXPECT_EQ(std::get<StateClock>(*clock).lamport, 77U);
  EXPECT_FALSE(std::get<StateClock>(*clock).positions_complete);
  const auto position = read_item(reader);
  ASSERT_TRUE(position && std::holds_alternative<StatePosition>(*position));
  EXPECT_EQ(std::get<StatePosition>(*position).publisher, kAlice);
  EXPECT_EQ(std::get<StatePosition>(*position).number, 12U);
  const auto message = read_item(reader);
  ASSERT_TRUE(message && std::holds_alternative<RetainedMessage>(*message));
  EXPECT_EQ(std::get<RetainedMessage>(*message).lamport, 8U);
  EXPECT_EQ(std::get<RetainedMessage>(*message).publisher, kAlice);
  EXPECT_EQ(std::get<RetainedMessage>(*message).number, 3U);
  EXPECT_EQ(std::get<RetainedMessage>(*message).key, "key");
  EXPECT_EQ(text_of(std::get<RetainedMessage>(*message).payload), "value");
  EXPECT_FALSE(read_item(reader));
  EXPECT_TRUE(reader.done());
}

TEST(TopicMessage, AnUnknownOrBrokenItemIsBad) {
  for (const char* bad : {"\x0b", "\x09", "\x03", "\x02_"}) {
    Reader reader{bytes_of(bad)};
    EXPECT_FALSE(read_item(reader));
    EXPECT_FALSE(reader.ok());
  }
}

}  // namespace
}  // namespace hawser
