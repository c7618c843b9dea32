#include "transport/multicast/records.hpp"

namespace hawser {

std::size_t record_header_size(const Record& record) {
  const std::size_t message = record.piece == Piece::first ? varint_size(record.message_bytes) : 0;
  return 1 + message + varint_size(record.bytes.size());
}

void encode_record_header(RecordKind kind, Piece piece, std::uint64_t message_bytes, std::size_t bytes,
                          Writer& writer) {
  writer.number(static_cast<std::uint8_t>(static_cast<unsigned>(kind) | static_cast<unsigned>(piece) << 3U));
  if (piece == Piece::first) writer.varint(message_bytes);
  writer.varint(bytes);
}

std::optional<Record> next_record(Reader& reader) {
  if (!reader.ok() || reader.left() == 0) return std::nullopt;
  const auto tag = reader.number<std::uint8_t>();
  Record record;
  record.kind = static_cast<RecordKind>(tag & 7U);
  record.piece = static_cast<Piece>((tag >> 3U) & 3U);
  if (tag >> 5U != 0 || record.kind > RecordKind::close) reader.fail();
  if (record.piece == Piece::first) record.message_bytes = reader.varint();
  record.bytes = reader.bytes(reader.varint());
  if (!reader.ok()) return std::nullopt;
  return record;
}

}  // namespace hawser
