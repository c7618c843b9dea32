// The streams of a group: sending, receiving, order, acknowledgement, repair.
#include "transport/group_streams.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

GroupStreams::GroupStreams(GroupId group, GroupSurroundings& around, Rng rng)
    : group_(group), around_(around), rng_(rng), send_(group, around.limits) {
  on_credit_changed();
}

// ---- Sending ----

Status GroupStreams::multicast(Order order, std::span<const ByteView> parts, Time now, Outbox& out) {
  return send(kind_of(order), parts, now, out);
}

Status GroupStreams::send(RecordKind kind, std::span<const ByteView> parts, Time now, Outbox& out) {
  touch();
  if (held_) return hold(kind, parts);
  Status status = send_.append(kind, parts);
  if (status) pump(false, now, out);
  return status;
}

Status GroupStreams::hold(RecordKind kind, std::span<const ByteView> parts) {
  std::size_t bytes = 0;
  for (const ByteView part : parts) bytes += part.size();
  if (bytes > kMessageBytesMax) return too_large(bytes);
  if (unsent_bytes_ > around_.limits.queue_bytes_max) return send_queue_full();
  Buffer message = Buffer::allocate(bytes);
  message.resize(bytes);
  Writer writer{std::span{message.data(), bytes}};
  for (const ByteView part : parts) writer.bytes(part);
  unsent_bytes_ += bytes;
  unsent_.emplace_back(kind, Slice{std::move(message)});
  return Ok{};
}

// Own packets take the way of all others: through the receive window, where they stay for repairs until stable.
void GroupStreams::pump(bool flush, Time now, Outbox& out) {
  if (!may_send()) return;
  Packet packet;
  Seqno seqno;
  while (send_.take(flush, packet, seqno)) put_on_the_way(std::move(packet), seqno, now, out);
}

void GroupStreams::put_on_the_way(Packet packet, Seqno seqno, Time now, Outbox& out) {
  around_.packer.write_header(packet.datagram);
  windows_[self_rank_].on_packet(seqno, packet.records());
  out.data.push_back({Destination::to_group(group_), packet.datagram});
  ++around_.counters.packets_sent;
  tail_at_ = now + kTailDelay;
  deliver(self_rank_, seqno, out);
  if (windows_.size() == 1) note_stability();
}

void GroupStreams::flush(Time now, Outbox& out) {
  pump(true, now, out);
  say_sequence(now, out);
  for (std::size_t rank = 0; rank < windows_.size(); ++rank) {
    if (unacknowledged_bytes_[rank] * 4 < around_.credit_bytes) continue;
    unacknowledged_bytes_[rank] = 0;
    around_.packer.send(Destination::to_node(view_.members[rank].endpoint),
                        wire::Ack{group_, view_.id, send_.stable_seqno(), 0, cut()}, out);
  }
}

// The sequencer's word goes out even when the send queue is full: others wait for it.
void GroupStreams::say_sequence(Time now, Outbox& out) {
  if (!may_send()) return;
  for (auto record = total_.take_sequence(kSequenceBytesMax); !record.empty();
       record = total_.take_sequence(kSequenceBytesMax)) {
    send_.append_internal(RecordKind::sequence, record);
    pump(true, now, out);
  }
}

// ---- Receiving ----

void GroupStreams::on_data(const wire::Data& data, const Slice& records, Time now, Outbox& out) {
  if (data.view != view_.id || !in_view()) {
    const bool former =
        std::any_of(formers_.begin(), formers_.end(), [&](const Former& f) { return f.id == data.view; });
    const bool early = !former && data.view.epoch >= view_.id.epoch && early_.size() < kEarlyPacketsMax;
    if (early) early_.push_back({data, records});
    return;
  }
  if (data.origin >= windows_.size() || data.origin == self_rank_) return;
  ReceiveWindow& window = windows_[data.origin];
  if (!window.on_packet(data.seqno, records) && !HAWSER_FAULT("multicast.duplicate_delivered")) return;
  ++around_.counters.packets_received;
  unacknowledged_bytes_[data.origin] += credit_cost(records.size());
  if (HAWSER_FAULT("multicast.duplicate_delivered") && data.seqno <= window.delivered() && !frozen_) {
    deliver_records(data.origin, records, out);
  }
  if (frozen_) return;
  on_came(view_.members[data.origin], now, out);
  deliver(data.origin, window.contiguous(), out);
  window.release(HAWSER_FAULT("multicast.release_early") ? window.delivered() : data.stable);
  if (window.has_gap()) {
    naks_[data.origin].on_gap(window.contiguous(), nak_times_, rng_, now);
  } else {
    naks_[data.origin].on_no_gap();
  }
  advance(now, out);
}

void GroupStreams::deliver(Rank origin, Seqno through, Outbox& out) {
  ReceiveWindow& window = windows_[origin];
  while (window.delivered() < through) {
    const Slice* records = window.next();
    if (records == nullptr) return;
    window.taken();
    const Slice held = *records;
    deliver_records(origin, held, out);
  }
}

void GroupStreams::deliver_records(Rank origin, const Slice& records, Outbox& out) {
  Reader reader{records.bytes()};
  while (const auto record = next_record(reader)) {
    if (record->piece == Piece::whole) {
      deliver_message(origin, record->kind, records.subslice(record->bytes), out);
    } else if (auto message = reassemblers_[origin].on_piece(*record)) {
      deliver_message(origin, record->kind, std::move(*message), out);
    }
  }
}

void GroupStreams::deliver_message(Rank origin, RecordKind kind, Slice message, Outbox& out) {
  switch (kind) {
    case RecordKind::fifo: emit(origin, Order::fifo, std::move(message), out); return;
    case RecordKind::close: closed_[origin] = true; return;
    case RecordKind::sequence:
      if (origin == 0) total_.on_sequence(message.bytes());
      break;
    case RecordKind::total:
    case RecordKind::arrange: total_.on_message(origin, static_cast<std::uint8_t>(kind), std::move(message)); break;
  }
  while (auto next = total_.next()) emit_total(std::move(*next), out);
}

void GroupStreams::emit_total(TotalMessage message, Outbox& out) {
  if (message.kind == static_cast<std::uint8_t>(RecordKind::total))
    return emit(message.sender, Order::total, std::move(message.payload), out);
  const std::optional<Arrangement> arrangement = decode_arrangement(message.payload.bytes(), view_);
  if (!arrangement || group_ != kControlGroup) return;
  GroupArranged event{arrangement->group, {}};
  for (const Rank rank : arrangement->members) event.members.push_back(view_.members[rank]);
  out.events.emplace_back(std::move(event));
  arranged_.push_back(*arrangement);
}

void GroupStreams::emit(Rank sender, Order order, Slice payload, Outbox& out) {
  out.events.emplace_back(Delivered{group_, sender, order, std::move(payload)});
}

// ---- Acknowledgement ----

std::vector<Seqno> GroupStreams::cut() const {
  std::vector<Seqno> cut;
  cut.reserve(windows_.size());
  for (const ReceiveWindow& window : windows_) cut.push_back(window.contiguous());
  return cut;
}

void GroupStreams::send_ack(std::uint64_t arranged, Outbox& out) {
  if (!in_view()) return;
  note_stability();
  around_.packer.send(Destination::to_group(group_), wire::Ack{group_, view_.id, send_.stable_seqno(), arranged, cut()},
                      out);
  std::fill(unacknowledged_bytes_.begin(), unacknowledged_bytes_.end(), 0);
  owes_ack_ = false;
}

void GroupStreams::note_stability() {
  stability_.on_ack(self_rank_, cut());
  for (Rank rank = 0; rank < windows_.size(); ++rank) windows_[rank].release(stability_.stable(rank));
  send_.on_stable(std::min(stability_.stable(self_rank_), send_.last_sent()));
}

void GroupStreams::on_ack(const NodeId& from, const wire::Ack& ack, Time now, Outbox& out) {
  if (ack.view != view_.id || ack.received.size() != windows_.size()) return;
  const auto rank = view_.rank_of(from);
  if (!rank || *rank == self_rank_) return;
  on_came(from, now, out);
  // Nobody can have more of this node's packets than it sent.
  if (ack.received[self_rank_] > send_.last_sent()) return;
  ReceiveWindow& window = windows_[*rank];
  window.on_announced(std::min(ack.received[*rank], Seqno{window.released().value + kReceiveWindowPackets}));
  if (window.has_gap() && !frozen_) naks_[*rank].on_gap(window.contiguous(), nak_times_, rng_, now);
  if (ack.stable < ack.received[*rank]) owes_ack_ = true;  // It may be this node's word that it lacks.
  stability_.on_ack(*rank, ack.received);
  std::vector<Seqno> own(windows_.size());
  own[self_rank_] = send_.last_sent();
  stability_.on_ack(self_rank_, own);
  send_.on_stable(std::min(stability_.stable(self_rank_), send_.last_sent()));
  pump(false, now, out);
}

void GroupStreams::on_credit_changed() { send_.set_credit(around_.credit_bytes); }

// ---- Repair ----

void GroupStreams::on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out) {
  if (HAWSER_FAULT("multicast.repair_forgotten")) return;
  if (in_view() && nak.view == view_.id) return repair(from, nak, windows_, false, now, out);
  for (Former& former : formers_) {
    if (nak.view == former.id) return repair(from, nak, former.windows, true, now, out);
  }
}

// In the current view a repair is multicast: others who miss the same packet need not ask. In a former one only the
// asker is still there.
void GroupStreams::repair(const NodeId& asker, const wire::Nak& nak, std::vector<ReceiveWindow>& windows, bool former,
                          Time now, Outbox& out) {
  if (nak.origin >= windows.size()) return;
  std::size_t left = kRepairsPerNakMax;
  for (const wire::SeqnoRange& range : nak.missing) {
    const Seqno last = std::min(range.last, windows[nak.origin].contiguous());
    for (Seqno seqno = range.first; seqno <= last && left > 0; ++seqno.value) {
      const Slice* records = windows[nak.origin].for_repair(seqno, now, kRepairInterval);
      if (records == nullptr) continue;
      const wire::Data data{group_, nak.view, nak.origin, seqno, {}, records->bytes()};
      const Destination to = former ? Destination::to_node(asker.endpoint) : Destination::to_group(group_);
      out.data.push_back({to, around_.packer.datagram_of(data)});
      --left;
      ++around_.counters.packets_repaired;
      if (former || nak.origin != self_rank_) ++around_.counters.repairs_for_others;
    }
  }
}

void GroupStreams::check_gaps(const StreamsEnd* end, Time now, Outbox& out) {
  for (Rank rank = 0; rank < windows_.size(); ++rank) {
    const ReceiveWindow& window = windows_[rank];
    const Seqno through = end != nullptr ? end->cut[rank] : window.announced();
    const NodeId& holder = end != nullptr ? end->holders[rank] : view_.members[rank];
    if (window.contiguous() >= through || holder == around_.self) {
      naks_[rank].on_no_gap();
      continue;
    }
    naks_[rank].on_gap(window.contiguous(), nak_times_, rng_, now);
    if (!naks_[rank].due(nak_times_, rng_, now)) continue;
    const wire::Nak nak{group_, view_.id, rank, window.missing(through, kNakRangesMax)};
    around_.packer.send(Destination::to_node(holder.endpoint), nak, out);
  }
}

// ---- Time ----

void GroupStreams::on_timeout(const Closing* closing, Time now, Outbox& out) {
  if (close_sent_ && !frozen_) expect_closes(now);
  const StreamsEnd* end = nullptr;
  if (closing != nullptr) {
    const auto at = closing->ends.find({group_, view_.id});
    if (at != closing->ends.end() && at->second.cut.size() == windows_.size()) end = &at->second;
  }
  check_gaps(end, now, out);
  if (now < tail_at_) return;
  tail_at_ = kNever;
  if (send_.has_unstable() && !frozen_) send_ack(0, out);
}

Time GroupStreams::next_deadline() const {
  Time next = tail_at_;
  for (const NakScheduler& nak : naks_) next = std::min(next, nak.next_deadline());
  return next;
}

void GroupStreams::touch() {
  if (listed_as_busy_ || group_ == kControlGroup) return;
  listed_as_busy_ = true;
  around_.busy.insert(group_);
}

bool GroupStreams::rest() {
  if (is_busy()) return false;
  listed_as_busy_ = false;
  return true;
}

bool GroupStreams::is_busy() const {
  if (!arrangements_.empty() || !awaited_.empty() || owes_ack_ || send_.has_unstable() || send_.has_waiting())
    return true;
  const bool unacknowledged =
      std::any_of(unacknowledged_bytes_.begin(), unacknowledged_bytes_.end(), [](std::size_t n) { return n > 0; });
  return unacknowledged || next_deadline() != kNever;
}

}  // namespace hawser
