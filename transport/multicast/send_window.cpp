#include "transport/multicast/send_window.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "transport/core/limits.hpp"
#include "transport/multicast/fragments.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"

namespace hawser {
namespace {

constexpr std::size_t kPacketOverhead = wire::kHeaderBytes + wire::kFrameHeaderBytes + wire::kDataPreambleBytes;
// Tag, message length, record length: the most that a record's header takes.
constexpr std::size_t kRecordHeaderMax = 1 + 5 + 5;
// What a datagram costs a socket buffer beyond its bytes, roughly.
constexpr std::size_t kSocketBufferOverhead = 768;

/// Copies `bytes` bytes of the concatenation of `parts`, from `offset` on.
void copy_range(std::span<const ByteView> parts, std::size_t offset, std::size_t bytes, Writer& writer) {
  for (const ByteView part : parts) {
    if (offset >= part.size()) {
      offset -= part.size();
      continue;
    }
    const std::size_t take = std::min(bytes, part.size() - offset);
    writer.bytes(part.subspan(offset, take));
    bytes -= take;
    offset = 0;
    if (bytes == 0) return;
  }
}

Writer append_to(Buffer& datagram, std::size_t bytes) {
  const std::size_t at = datagram.size();
  datagram.resize(at + bytes);
  return Writer{std::span{datagram.data() + at, bytes}};
}

}  // namespace

std::size_t credit_cost(std::size_t records_bytes) { return records_bytes + kPacketOverhead + kSocketBufferOverhead; }

Error too_large(std::size_t message_bytes) {
  return {Errc::too_large, "a message of " + std::to_string(message_bytes) + " bytes is over the limit of " +
                               std::to_string(kMessageBytesMax)};
}

Error send_queue_full() {
  return {Errc::would_block, "the send queue is full: try again when some of it has gone out"};
}

Slice Packet::records() const { return Slice{datagram}.subslice(kPacketOverhead); }

SendWindow::SendWindow(GroupId group, SendWindowLimits limits) : group_(group), limits_(limits) {
  HAWSER_CHECK(limits.datagram_bytes_max > kPacketOverhead + 4 * kRecordHeaderMax);
}

std::size_t SendWindow::records_max() const {
  return std::min(limits_.datagram_bytes_max - kPacketOverhead, wire::kFrameBodyBytesMax - wire::kDataPreambleBytes);
}

std::size_t SendWindow::open_room() const {
  return open_.datagram ? kPacketOverhead + records_max() - open_.datagram.size() : records_max();
}

void SendWindow::ensure_open() {
  if (open_records_ == 0) open_.first_message = accepted_;
  if (open_.datagram) return;
  open_.datagram = Buffer::allocate(kPacketOverhead + records_max());
  open_.datagram.resize(kPacketOverhead);
}

void SendWindow::close_open() {
  if (open_records_ == 0) return;
  queue_bytes_ += open_.datagram.size();
  queue_.push_back(std::move(open_));
  open_ = Packet{};
  open_records_ = 0;
}

Status SendWindow::append(RecordKind kind, const Parts& parts) {
  const std::size_t bytes = parts.size();
  if (bytes > kMessageBytesMax) return too_large(bytes);
  const std::size_t waiting = kind == RecordKind::bulk ? bulk_bytes_ : queue_bytes_;
  if (waiting > limits_.queue_bytes_max) return send_queue_full();
  ++accepted_;
  if (kind == RecordKind::bulk) {
    append_bulk(parts);
  } else if (bytes + kRecordHeaderMax <= records_max()) {
    append_whole(kind, parts.views, bytes);
  } else {
    append_pieces(kind, parts.views, bytes);
  }
  return Ok{};
}

void SendWindow::append_whole(RecordKind kind, std::span<const ByteView> parts, std::size_t bytes) {
  const std::size_t record = 1 + varint_size(bytes) + bytes;
  if (open_room() < record) close_open();
  ensure_open();
  Writer writer = append_to(open_.datagram, record);
  encode_record_header(kind, Piece::whole, 0, bytes, writer);
  copy_range(parts, 0, bytes, writer);
  ++open_records_;
}

void SendWindow::append_internal(RecordKind kind, ByteView record) {
  HAWSER_CHECK(record.size() + kRecordHeaderMax <= records_max());
  append_whole(kind, std::span{&record, 1}, record.size());
  if (open_records_ == 1) open_.first_message = accepted_ + 1;
}

// A cut message begins with a packet of its own, so that it can start anew in another view.
void SendWindow::append_pieces(RecordKind kind, std::span<const ByteView> parts, std::size_t bytes) {
  close_open();
  for (std::size_t offset = 0; offset < bytes;) {
    ensure_open();
    const std::size_t left = bytes - offset;
    const std::size_t take = std::min(left, open_room() - kRecordHeaderMax);
    const Piece piece = offset == 0 ? Piece::first : (take == left ? Piece::last : Piece::middle);
    const std::size_t header = 1 + (piece == Piece::first ? varint_size(bytes) : 0) + varint_size(take);
    Writer writer = append_to(open_.datagram, header + take);
    encode_record_header(kind, piece, bytes, take, writer);
    copy_range(parts, offset, take, writer);
    offset += take;
    ++open_records_;
    open_.starts_message = piece == Piece::first;
    open_.ends_inside_message = piece != Piece::last;
    if (piece != Piece::last) close_open();
  }
}

// ---- Bulk ----

// What was accepted before it is in packets of its own, which are counted off as they go out.
void SendWindow::append_bulk(const Parts& parts) {
  close_open();
  bulk_.push_back({accepted_, queue_.size() - bulk_awaits_, Slice{Buffer::joined(parts.lent())}, parts.kept()});
  bulk_awaits_ = queue_.size();
  bulk_bytes_ += cost_of(bulk_.back());
}

std::size_t SendWindow::next_piece_bytes_max() const {
  const std::size_t left = bulk_.front().bytes() - bulk_offset_;
  return kPacketOverhead + std::min(records_max(), left + kRecordHeaderMax);
}

Packet SendWindow::cut_bulk() {
  const Bulk& bulk = bulk_.front();
  const std::size_t left = bulk.bytes() - bulk_offset_;
  const std::size_t take = std::min(left, records_max() - kRecordHeaderMax);
  const bool first = bulk_offset_ == 0;
  const Piece piece = take == left ? (first ? Piece::whole : Piece::last) : (first ? Piece::first : Piece::middle);
  const std::size_t header = 1 + (piece == Piece::first ? varint_size(bulk.bytes()) : 0) + varint_size(take);
  Packet packet;
  packet.datagram = Buffer::allocate(kPacketOverhead + header + take);
  packet.datagram.resize(kPacketOverhead);
  Writer writer = append_to(packet.datagram, header + take);
  encode_record_header(RecordKind::bulk, piece, bulk.bytes(), take, writer);
  copy_range(std::array{bulk.head.bytes(), bulk.rest.bytes()}, bulk_offset_, take, writer);
  bulk_offset_ += take;
  if (take == left) {
    bulk_bytes_ -= cost_of(bulk);
    bulk_.pop_front();
    bulk_offset_ = 0;
  }
  return packet;
}

// ---- Sending ----

bool SendWindow::has_room_for(std::size_t datagram_bytes) const {
  if (last_sent_.value - stable_.value >= kUnstablePacketsMax) return false;
  const std::size_t cost = credit_cost(datagram_bytes - kPacketOverhead);
  return uncredited_bytes_ == 0 || uncredited_bytes_ + cost <= credit_bytes_;
}

// Where the two take turns, a packet that is not full does not wait to be filled: the pieces would take its credit.
bool SendWindow::is_turn_of_bulk() const {
  const bool is_alone = queue_.empty() && open_records_ == 0;
  return may_send_bulk() && (is_alone || bulk_is_next_);
}

bool SendWindow::take(bool flush, Packet& packet, Seqno& seqno) {
  if (is_turn_of_bulk()) {
    if (!has_room_for(next_piece_bytes_max())) return false;
  } else if (!queue_.empty()) {
    if (!has_room_for(queue_.front().datagram.size())) return false;
  } else if (open_records_ == 0 || (!flush && bulk_.empty()) || !has_room_for(open_.datagram.size())) {
    return false;
  }
  return take_in_any_case(packet, seqno);
}

bool SendWindow::take_in_any_case(Packet& packet, Seqno& seqno) {
  if (!has_waiting()) return false;
  const bool is_bulk = is_turn_of_bulk();
  packet = is_bulk ? cut_bulk() : take_queued();
  bulk_is_next_ = !is_bulk;
  count_sent(packet, seqno);
  write_headers(packet, seqno);
  return true;
}

Packet SendWindow::take_queued() {
  if (queue_.empty()) close_open();
  Packet packet = std::move(queue_.front());
  queue_.pop_front();
  queue_bytes_ -= packet.datagram.size();
  if (packet.starts_message) unfinished_.clear();
  if (packet.ends_inside_message) {
    unfinished_.push_back(packet);
  } else {
    unfinished_.clear();
  }
  const auto awaiting =
      std::find_if(bulk_.begin(), bulk_.end(), [](const Bulk& bulk) { return bulk.packets_left > 0; });
  if (awaiting == bulk_.end()) return packet;
  --awaiting->packets_left;
  --bulk_awaits_;
  return packet;
}

// All before the first that is not: it is in a packet that waits, or bulk, or given back.
std::uint64_t SendWindow::messages_complete() const {
  std::uint64_t first = accepted_ + 1;
  if (!queue_.empty()) {
    first = std::min(first, queue_.front().first_message);
  } else if (open_records_ > 0) {
    first = std::min(first, open_.first_message);
  }
  if (!bulk_.empty()) first = std::min(first, bulk_.front().as);
  if (first_given_back_) first = std::min(first, *first_given_back_);
  return first - 1;
}

void SendWindow::count_sent(const Packet& packet, Seqno& seqno) {
  const std::size_t cost = credit_cost(packet.datagram.size() - kPacketOverhead);
  ++last_sent_.value;
  seqno = last_sent_;
  uncredited_bytes_ += cost;
  sent_messages_ = messages_complete();
  sent_.push_back({cost, sent_messages_});
}

void SendWindow::write_headers(Packet& packet, Seqno seqno) const {
  Writer header{std::span{packet.datagram.data() + wire::kHeaderBytes, wire::kFrameHeaderBytes}};
  header.number(static_cast<std::uint8_t>(wire::FrameType::data));
  header.number(std::uint8_t{0});
  header.number(static_cast<std::uint16_t>(packet.datagram.size() - wire::kHeaderBytes - wire::kFrameHeaderBytes));
  const wire::Data preamble{group_, view_, self_, seqno, stable_, {}};
  wire::encode_data_preamble(preamble, std::span{packet.datagram.data() + wire::kHeaderBytes + wire::kFrameHeaderBytes,
                                                 wire::kDataPreambleBytes});
}

void SendWindow::take_last(RecordKind kind, ByteView record, Packet& packet, Seqno& seqno) {
  packet = Packet{};
  packet.datagram = Buffer::allocate(kPacketOverhead + records_max());
  packet.datagram.resize(kPacketOverhead);
  Writer writer = append_to(packet.datagram, 1 + varint_size(record.size()) + record.size());
  encode_record_header(kind, Piece::whole, 0, record.size(), writer);
  writer.bytes(record);
  count_sent(packet, seqno);
  write_headers(packet, seqno);
}

void SendWindow::on_credited(Seqno seqno) {
  HAWSER_CHECK(seqno <= last_sent_);
  for (; credited_ < seqno; ++credited_.value) uncredited_bytes_ -= sent_[credited_.value - stable_.value].bytes;
}

void SendWindow::on_stable(Seqno seqno) {
  on_credited(seqno);
  for (; stable_ < seqno; ++stable_.value) {
    stable_messages_ = sent_.front().messages_through;
    sent_.pop_front();
  }
}

void SendWindow::start_view(ViewId view, Rank self) {
  former_.clear();
  uncredited_bytes_ = 0;
  sent_.clear();
  start_next_view(view, self);
  former_.clear();
}

void SendWindow::start_next_view(ViewId view, Rank self) {
  std::size_t bytes = 0;
  for (std::size_t i = credited_.value - stable_.value; i < sent_.size(); ++i) bytes += sent_[i].bytes;
  former_.push_back({bytes, stable_messages_});
  view_ = view;
  self_ = self;
  stable_messages_ = sent_messages_;
  requeue_unfinished();
  bulk_offset_ = 0;
  sent_.clear();
  last_sent_ = {};
  credited_ = {};
  stable_ = {};
}

void SendWindow::on_former_stable() {
  if (former_.empty()) return;
  uncredited_bytes_ -= former_.front().bytes;
  former_.pop_front();
}

std::vector<UnsentRecord> SendWindow::take_unsent() {
  requeue_unfinished();
  close_open();
  std::vector<UnsentRecord> unsent;
  Reassembler reassembler;
  for (const Packet& packet : queue_) {
    const Slice records = packet.records();
    Reader reader{records.bytes()};
    while (const auto record = next_record(reader)) {
      if (!order_of(record->kind)) continue;
      if (record->piece == Piece::whole) {
        unsent.push_back({record->kind, records.subslice(record->bytes)});
      } else if (auto message = reassembler.on_piece(*record)) {
        unsent.push_back({record->kind, std::move(*message)});
      }
    }
  }
  for (Bulk& bulk : bulk_) unsent.push_back({RecordKind::bulk, std::move(bulk.head), std::move(bulk.rest)});
  if (const std::uint64_t complete = messages_complete(); complete < accepted_) first_given_back_ = complete + 1;
  queue_.clear();
  queue_bytes_ = 0;
  bulk_.clear();
  bulk_bytes_ = bulk_awaits_ = bulk_offset_ = 0;
  return unsent;
}

void SendWindow::count_as_given_back() {
  ++accepted_;
  if (!first_given_back_) first_given_back_ = accepted_;
}

void SendWindow::settle_given_back() {
  first_given_back_.reset();
  count_again();
}

// What is complete may have grown without a packet.
void SendWindow::count_again() {
  sent_messages_ = messages_complete();
  if (sent_.empty()) {
    stable_messages_ = sent_messages_;
  } else {
    sent_.back().messages_through = sent_messages_;
  }
}

void SendWindow::requeue_unfinished() {
  // Each packet's datagram may still be referred to as sent in the old view, so the pieces go out in copies.
  for (auto packet = unfinished_.rbegin(); packet != unfinished_.rend(); ++packet) {
    Buffer copy = Buffer::allocate(packet->datagram.capacity());
    copy.resize(packet->datagram.size());
    std::memcpy(copy.data(), packet->datagram.data(), copy.size());
    packet->datagram = std::move(copy);
    queue_bytes_ += packet->datagram.size();
    queue_.push_front(std::move(*packet));
  }
  if (!bulk_.empty()) {
    bulk_.front().packets_left += unfinished_.size();
    bulk_awaits_ += unfinished_.size();
  }
  unfinished_.clear();
}

}  // namespace hawser
