// The inside of a data packet: records, each a message or a fragment of one, back to back.
#pragma once

#include <cstdint>
#include <optional>

#include "transport/core/order.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {

enum class RecordKind : std::uint8_t {
  fifo = 0,       ///< a message in its sender's order
  total = 1,      ///< a message that waits for its place in the total order
  sequence = 2,   ///< the sequencer's word on that order (ordering/total_order.hpp)
  arrange = 3,    ///< in the control group's total order: a group's members from there on (arrangement.hpp)
  close = 4,      ///< the last of its sender in this view: the group's members change
  causal = 5,     ///< a stamp, and a message that waits for what that names (ordering/causal_order.hpp)
  safe = 6,       ///< as total, and waits until every member has it
  gbcast = 7,     ///< a message that waits until nothing else of its view is to come
  renew = 8,      ///< in the control group's total order: a group's view ends, and one of the same members follows
  attempt = 10,   ///< in the control group: its sender has written down an attempt to make the view primary
  unordered = 9,  ///< a message that waits for nothing
  bulk = 11,      ///< as fifo, in a sequence of pieces of its own, between which others may stand
};

/// A message longer than a packet is cut; the pieces follow one another in the sender's stream: those of bulk messages
/// among themselves, all others without a gap.
enum class Piece : std::uint8_t { whole = 0, first = 1, middle = 2, last = 3 };

struct Record {
  RecordKind kind = RecordKind::fifo;
  Piece piece = Piece::whole;
  std::uint64_t message_bytes = 0;  ///< of the whole message; in first pieces only
  ByteView bytes;
};

/// Bytes before a record's own: a tag, in first pieces the message's length, and the record's length.
std::size_t record_header_size(const Record& record);
void encode_record_header(RecordKind kind, Piece piece, std::uint64_t message_bytes, std::size_t bytes, Writer& writer);
/// The next record; nothing at the end, or where it is malformed (then !reader.ok()).
std::optional<Record> next_record(Reader& reader);

/// A message that needs no order, and is all here.
inline bool goes_ahead(const Record& record) {
  return record.kind == RecordKind::unordered && record.piece == Piece::whole;
}

RecordKind kind_of(Order order);
/// Nothing where it is no message of the layer above.
std::optional<Order> order_of(RecordKind kind);

}  // namespace hawser
