// Bytes from outside, as the codec sees them: a fixed header, frames, records. Nothing may crash, and whatever decodes
// must encode to something that decodes to the same.
#include <algorithm>
#include <vector>

#include "transport/core/check.hpp"
#include "transport/group_orders.hpp"
#include "transport/multicast/fragments.hpp"
#include "transport/multicast/records.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"
#include "transport/wire/greeting.hpp"
#include "transport/wire/long_frames.hpp"
#include "transport/wire/packet_text.hpp"

namespace hawser {
namespace {

/// Padded varints make a body longer than ours; where the length is ours, so are the bytes.
template <typename Frame>
void check_body(ByteView body) {
  const auto frame = wire::decode_body<Frame>(body);
  if (!frame) return;
  std::vector<std::byte> again(wire::body_size(*frame));
  Writer writer{again};
  wire::encode_body(*frame, writer);
  HAWSER_CHECK(writer.room() == 0);
  HAWSER_CHECK(again.size() <= body.size());
  if (again.size() == body.size()) HAWSER_CHECK(std::equal(again.begin(), again.end(), body.begin()));
  HAWSER_CHECK(wire::decode_body<Frame>(again) == frame);
}

/// What GroupOrders is given.
bool is_ordered(RecordKind kind) {
  return kind != RecordKind::fifo && kind != RecordKind::bulk && kind != RecordKind::unordered &&
         kind != RecordKind::close && kind != RecordKind::attempt;
}

void check_records(ByteView records) {
  Reassembler reassembler;
  GroupOrders orders;
  orders.start_view({1, 0x0123456789abcdef}, 3, 1);
  Stability stability;
  stability.start_view(3);
  Seqno packet;
  Reader reader{records};
  while (const auto record = next_record(reader)) {
    std::vector<std::byte> header(record_header_size(*record));
    Writer writer{header};
    encode_record_header(record->kind, record->piece, record->message_bytes, record->bytes.size(), writer);
    HAWSER_CHECK(writer.room() == 0);
    if (record->piece != Piece::whole) {
      reassembler.on_piece(*record);
    } else if (is_ordered(record->kind)) {
      const auto sender = static_cast<Rank>(record->bytes.size() % 3);
      ++packet.value;
      orders.on_message(sender, packet, record->kind, Slice{Buffer::copy_of(record->bytes)});
      orders.on_packet(sender, packet);
    }
    while (orders.next(stability)) {
    }
  }
  while (orders.next_overtaken()) {
  }
  const std::vector<bool> everybody(3, true);
  while (orders.next_leftover(everybody)) {
  }
}

void check_data(ByteView body) {
  const auto data = wire::decode_body<wire::Data>(body);
  if (!data) return;
  std::vector<std::byte> preamble(wire::kDataPreambleBytes);
  wire::encode_data_preamble(*data, preamble);
  HAWSER_CHECK(std::equal(preamble.begin(), preamble.end(), body.begin()));
  check_records(data->records);
}

void check_piece(ByteView body, wire::LongFrames& long_frames) {
  const auto piece = wire::decode_body<wire::FramePiece>(body);
  if (!piece) return;
  std::vector<std::byte> again(wire::body_size(*piece));
  Writer writer{again};
  wire::encode_body(*piece, writer);
  HAWSER_CHECK(std::equal(again.begin(), again.end(), body.begin(), body.end()));
  long_frames.on_piece({1}, *piece);
}

void check_header(ByteView datagram) {
  const wire::DecodedHeader decoded = wire::decode_header(datagram);
  if (decoded.fault != wire::HeaderFault::none) return;
  std::vector<std::byte> again(wire::kHeaderBytes);
  wire::encode_header(decoded.header, again);
  HAWSER_CHECK(wire::decode_header(again).header == decoded.header);
}

/// Every type is tried on every body: the type byte is one mutation away.
void check_frames(ByteView frames) {
  Reader reader{frames};
  wire::LongFrames long_frames;
  while (const auto raw = wire::next_frame(reader)) {
    check_piece(raw->body, long_frames);
    check_body<wire::Beacon>(raw->body);
    check_body<wire::Heartbeat>(raw->body);
    check_body<wire::Probe>(raw->body);
    check_body<wire::Leave>(raw->body);
    check_body<wire::Proposal>(raw->body);
    check_body<wire::Sync>(raw->body);
    check_body<wire::Completion>(raw->body);
    check_body<wire::RelayedSync>(raw->body);
    check_body<wire::Nak>(raw->body);
    check_body<wire::Ack>(raw->body);
    check_body<wire::Greeting>(raw->body);
    check_body<wire::Traffic>(raw->body);
    check_data(raw->body);
  }
}

}  // namespace
}  // namespace hawser

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const hawser::ByteView datagram = std::as_bytes(std::span{bytes, size});
  hawser::check_header(datagram);
  if (size >= hawser::wire::kHeaderBytes) hawser::check_frames(datagram.subspan(hawser::wire::kHeaderBytes));
  hawser::check_records(datagram);
  static_cast<void>(hawser::wire::frames_text(datagram));
  return 0;
}
