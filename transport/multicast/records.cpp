#include "transport/multicast/records.hpp"

namespace hawser {
namespace {

constexpr unsigned kKindBits = 4;

}  // namespace

std::size_t record_header_size(const Record& record) {
  const std::size_t message = record.piece == Piece::first ? varint_size(record.message_bytes) : 0;
  return 1 + message + varint_size(record.bytes.size());
}

void encode_record_header(RecordKind kind, Piece piece, std::uint64_t message_bytes, std::size_t bytes,
                          Writer& writer) {
  writer.number(static_cast<std::uint8_t>(static_cast<unsigned>(kind) | static_cast<unsigned>(piece) << kKindBits));
  if (piece == Piece::first) writer.varint(message_bytes);
  writer.varint(bytes);
}

std::optional<Record> next_record(Reader& reader) {
  if (!reader.ok() || reader.left() == 0) return std::nullopt;
  const auto tag = reader.number<std::uint8_t>();
  Record record;
  record.kind = static_cast<RecordKind>(tag & ((1U << kKindBits) - 1));
  record.piece = static_cast<Piece>((tag >> kKindBits) & 3U);
  if (tag >> (kKindBits + 2) != 0 || record.kind > RecordKind::bulk) reader.fail();
  if (record.piece == Piece::first) record.message_bytes = reader.varint();
  record.bytes = reader.bytes(reader.varint());
  if (!reader.ok()) return std::nullopt;
  return record;
}

RecordKind kind_of(Order order) {
  switch (order) {
    case Order::unordered: return RecordKind::unordered;
    case Order::fifo: return RecordKind::fifo;
    case Order::bulk: return RecordKind::bulk;
    case Order::causal: return RecordKind::causal;
    case Order::total: return RecordKind::total;
    case Order::safe: return RecordKind::safe;
    case Order::gbcast: return RecordKind::gbcast;
  }
  return RecordKind::fifo;
}

std::optional<Order> order_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::unordered: return Order::unordered;
    case RecordKind::fifo: return Order::fifo;
    case RecordKind::bulk: return Order::bulk;
    case RecordKind::causal: return Order::causal;
    case RecordKind::total: return Order::total;
    case RecordKind::safe: return Order::safe;
    case RecordKind::gbcast: return Order::gbcast;
    case RecordKind::sequence:
    case RecordKind::arrange:
    case RecordKind::close:
    case RecordKind::renew:
    case RecordKind::attempt: break;
  }
  return std::nullopt;
}

}  // namespace hawser
