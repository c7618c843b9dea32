// The streams of a group: sending, receiving, order, acknowledgement, repair.
#include "transport/native_group.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

NativeGroup::NativeGroup(GroupId group, const NodeId& self, SendWindowLimits limits, wire::Packer& packer, Rng rng)
    : group_(group),
      self_(self),
      packer_(packer),
      rng_(rng),
      vs_(group, self),
      agreement_(group, self, vs_.current()),
      send_(group, limits),
      windows_(1),
      naks_(1),
      reassemblers_(1),
      unacknowledged_bytes_(1) {}

Status NativeGroup::multicast(Order order, std::span<const ByteView> parts, Time now, Outbox& out) {
  Status status = send_.append(kind_of(order), parts);
  if (status) pump(false, now, out);
  return status;
}

// Own packets take the way of all others: through the receive window, where they stay for repairs until stable.
void NativeGroup::pump(bool flush, Time now, Outbox& out) {
  if (!in_real_view() || vs_.frozen()) return;
  Packet packet;
  Seqno seqno;
  while (send_.take(flush, packet, seqno)) {
    packer_.write_header(packet.datagram);
    windows_[self_rank_].on_packet(seqno, packet.records());
    out.data.push_back({Destination::to_group(group_), packet.datagram});
    ++counters_.packets_sent;
    tail_at_ = now + kTailDelay;
    deliver(self_rank_, seqno, out);
    if (windows_.size() == 1) note_stability();
  }
}

void NativeGroup::on_data(const wire::Data& data, const Slice& records, Time now, Outbox& out) {
  if (data.view != vs_.current().id) {
    if (data.view > vs_.current().id && early_.size() < kEarlyPacketsMax) early_.push_back({data, records});
    return;
  }
  if (data.origin >= windows_.size() || data.origin == self_rank_) return;
  ReceiveWindow& window = windows_[data.origin];
  if (!window.on_packet(data.seqno, records) && !HAWSER_FAULT("multicast.duplicate_delivered")) return;
  ++counters_.packets_received;
  unacknowledged_bytes_[data.origin] += credit_cost(records.size());
  seen_in_view(vs_.current().members[data.origin]);
  if (HAWSER_FAULT("multicast.duplicate_delivered") && data.seqno <= window.delivered() && !vs_.frozen()) {
    deliver_records(data.origin, records, out);
  }
  if (vs_.frozen()) {
    try_install(now, out);
    return;
  }
  deliver(data.origin, window.contiguous(), out);
  if (!HAWSER_FAULT("multicast.release_early"))
    window.release(data.stable);
  else
    window.release(window.delivered());
  if (window.has_gap()) {
    naks_[data.origin].on_gap(window.contiguous(), nak_times_, rng_, now);
  } else {
    naks_[data.origin].on_no_gap();
  }
}

void NativeGroup::deliver(Rank origin, Seqno through, Outbox& out) {
  ReceiveWindow& window = windows_[origin];
  while (window.delivered() < through) {
    const Slice* records = window.next();
    if (records == nullptr) return;
    window.taken();
    const Slice held = *records;
    deliver_records(origin, held, out);
  }
}

void NativeGroup::deliver_records(Rank origin, const Slice& records, Outbox& out) {
  Reader reader{records.bytes()};
  while (const auto record = next_record(reader)) {
    if (record->piece == Piece::whole) {
      deliver_message(origin, record->kind, records.subslice(record->bytes), out);
    } else if (auto message = reassemblers_[origin].on_piece(*record)) {
      deliver_message(origin, record->kind, std::move(*message), out);
    }
  }
}

void NativeGroup::deliver_message(Rank origin, RecordKind kind, Slice message, Outbox& out) {
  if (kind == RecordKind::fifo) {
    emit(origin, Order::fifo, std::move(message), out);
    return;
  }
  if (kind == RecordKind::total) {
    total_.on_message(origin, std::move(message));
  } else if (origin == 0) {
    total_.on_sequence(message.bytes());
  }
  drain_total(out);
}

void NativeGroup::drain_total(Outbox& out) {
  while (auto message = total_.next()) emit(message->first, Order::total, std::move(message->second), out);
}

void NativeGroup::emit(Rank sender, Order order, Slice payload, Outbox& out) {
  out.events.emplace_back(Delivered{group_, sender, order, std::move(payload)});
}

void NativeGroup::flush(Time now, Outbox& out) {
  pump(true, now, out);
  say_sequence(now, out);
  for (std::size_t rank = 0; rank < windows_.size(); ++rank) {
    if (unacknowledged_bytes_[rank] * 4 < credit_bytes_) continue;
    unacknowledged_bytes_[rank] = 0;
    packer_.send(Destination::to_node(vs_.current().members[rank].endpoint), wire::Ack{group_, vs_.current().id, cut()},
                 out);
  }
}

// The sequencer's word goes out even when the send queue is full: others wait for it.
void NativeGroup::say_sequence(Time now, Outbox& out) {
  if (!in_real_view() || vs_.frozen()) return;
  for (auto record = total_.take_sequence(kSequenceBytesMax); !record.empty();
       record = total_.take_sequence(kSequenceBytesMax)) {
    send_.append_internal(RecordKind::sequence, record);
    pump(true, now, out);
  }
}

std::vector<Seqno> NativeGroup::cut() const {
  std::vector<Seqno> cut;
  cut.reserve(windows_.size());
  for (const ReceiveWindow& window : windows_) cut.push_back(window.contiguous());
  return cut;
}

void NativeGroup::send_ack(Outbox& out) {
  if (!in_real_view()) return;
  packer_.send(Destination::to_group(group_), wire::Ack{group_, vs_.current().id, cut()}, out);
  std::fill(unacknowledged_bytes_.begin(), unacknowledged_bytes_.end(), 0);
  note_stability();
}

void NativeGroup::note_stability() {
  stability_.on_ack(self_rank_, cut());
  for (Rank rank = 0; rank < windows_.size(); ++rank) windows_[rank].release(stability_.stable(rank));
  send_.on_stable(std::min(stability_.stable(self_rank_), send_.last_sent()));
}

void NativeGroup::on_ack(const NodeId& from, const wire::Ack& ack, Time now, Outbox& out) {
  if (ack.view != vs_.current().id) {
    // Its view and this one may be two outcomes of one change, if a proposal was lost: the newer word brings us
    // together.
    if (in_real_view() && !agreement_.changing()) send_proposal(Destination::to_node(from.endpoint), out);
    return;
  }
  if (ack.received.size() != windows_.size()) return;
  const auto rank = vs_.current().rank_of(from);
  if (!rank || *rank == self_rank_) return;
  seen_in_view(from);
  // Nobody can have more of this node's packets than it sent.
  if (ack.received[self_rank_] > send_.last_sent()) return;
  ReceiveWindow& window = windows_[*rank];
  window.on_announced(std::min(ack.received[*rank], Seqno{window.released().value + kReceiveWindowPackets}));
  if (window.has_gap() && !vs_.frozen()) naks_[*rank].on_gap(window.contiguous(), nak_times_, rng_, now);
  stability_.on_ack(*rank, ack.received);
  std::vector<Seqno> own(windows_.size());
  own[self_rank_] = send_.last_sent();
  stability_.on_ack(self_rank_, own);
  send_.on_stable(std::min(stability_.stable(self_rank_), send_.last_sent()));
  pump(false, now, out);
}

void NativeGroup::on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out) {
  if (HAWSER_FAULT("multicast.repair_forgotten")) return;
  if (nak.view == vs_.current().id) {
    repair(from, nak, windows_, false, now, out);
  } else if (former_ && nak.view == former_->id) {
    repair(from, nak, former_->windows, true, now, out);
  }
}

// In the current view a repair is multicast: others who miss the same packet need not ask. In a former one only the
// asker is still there.
void NativeGroup::repair(const NodeId& asker, const wire::Nak& nak, std::vector<ReceiveWindow>& windows, bool former,
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
      out.data.push_back({to, packer_.datagram_of(data)});
      --left;
      ++counters_.packets_repaired;
      if (former || nak.origin != self_rank_) ++counters_.repairs_for_others;
    }
  }
}

void NativeGroup::check_gaps(const std::optional<Closing>& closing, Time now, Outbox& out) {
  for (Rank rank = 0; rank < windows_.size(); ++rank) {
    const ReceiveWindow& window = windows_[rank];
    const Seqno through = closing ? closing->cut[rank] : window.announced();
    const NodeId& holder = closing ? closing->holders[rank] : vs_.current().members[rank];
    if (window.contiguous() >= through || holder == self_) {
      naks_[rank].on_no_gap();
      continue;
    }
    naks_[rank].on_gap(window.contiguous(), nak_times_, rng_, now);
    if (!naks_[rank].due(nak_times_, rng_, now)) continue;
    const wire::Nak nak{group_, vs_.current().id, rank, window.missing(through, kNakRangesMax)};
    packer_.send(Destination::to_node(holder.endpoint), nak, out);
  }
}

void NativeGroup::set_credit(std::size_t bytes) {
  credit_bytes_ = bytes;
  send_.set_credit(bytes);
}

}  // namespace hawser
