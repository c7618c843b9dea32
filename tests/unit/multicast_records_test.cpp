#include "transport/multicast/records.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;

std::vector<std::byte> bytes_with(RecordKind kind, Piece piece, std::uint64_t message_bytes, std::string_view body) {
  const Record record{kind, piece, message_bytes, bytes_of(body)};
  std::vector<std::byte> bytes(record_header_size(record) + body.size());
  Writer writer{bytes};
  encode_record_header(kind, piece, message_bytes, body.size(), writer);
  writer.bytes(bytes_of(body));
  EXPECT_EQ(writer.room(), 0U);
  return bytes;
}

bool is_malformed(const std::vector<std::byte>& bytes) {
  Reader reader{bytes};
  return !next_record(reader) && !reader.ok();
}

TEST(Records, SurviveTheWay) {
  for (const RecordKind kind : {RecordKind::fifo, RecordKind::total, RecordKind::sequence}) {
    for (const Piece piece : {Piece::whole, Piece::first, Piece::middle, Piece::last}) {
      const std::vector<std::byte> bytes = bytes_with(kind, piece, 300000, "record");
      Reader reader{bytes};
      const auto record = next_record(reader);
      ASSERT_TRUE(record);
      EXPECT_EQ(record->kind, kind);
      EXPECT_EQ(record->piece, piece);
      EXPECT_EQ(record->message_bytes, piece == Piece::first ? 300000U : 0U);
      EXPECT_EQ(text_of(record->bytes), "record");
      EXPECT_FALSE(next_record(reader));
      EXPECT_TRUE(reader.done());
    }
  }
}

TEST(Records, LieBackToBack) {
  std::vector<std::byte> bytes = bytes_with(RecordKind::fifo, Piece::whole, 0, "one");
  const std::vector<std::byte> second = bytes_with(RecordKind::total, Piece::whole, 0, "");
  bytes.insert(bytes.end(), second.begin(), second.end());
  Reader reader{bytes};
  EXPECT_EQ(text_of(next_record(reader)->bytes), "one");
  EXPECT_TRUE(next_record(reader)->bytes.empty());
  EXPECT_TRUE(reader.done());
}

TEST(Records, AreMalformedWhereTheyAreCutShort) {
  std::vector<std::byte> bytes = bytes_with(RecordKind::fifo, Piece::first, 300, "record");
  while (bytes.size() > 1) {
    bytes.pop_back();
    EXPECT_TRUE(is_malformed(bytes)) << bytes.size();
  }
}

TEST(Records, OfAnUnknownKindAreMalformed) {
  std::vector<std::byte> bytes = bytes_with(RecordKind::fifo, Piece::whole, 0, "record");
  for (unsigned tag = 0; tag < 256; ++tag) {
    bytes[0] = static_cast<std::byte>(tag);
    const bool known = tag < 64 && tag % 16 <= static_cast<unsigned>(RecordKind::bulk);
    if (tag / 16 == static_cast<unsigned>(Piece::first)) continue;  // it has another length
    EXPECT_EQ(is_malformed(bytes), !known) << tag;
  }
}

TEST(Records, OrdersHaveTheirKinds) {
  for (const Order order :
       {Order::unordered, Order::fifo, Order::bulk, Order::causal, Order::total, Order::safe, Order::gbcast}) {
    EXPECT_EQ(order_of(kind_of(order)), order);
  }
  EXPECT_EQ(order_of(RecordKind::close), std::nullopt);
}

}  // namespace
}  // namespace hawser
