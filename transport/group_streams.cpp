// The streams of a group: sending, receiving, order, acknowledgement. Repair is in group_streams_repair.cpp.
#include "transport/group_streams.hpp"

#include <algorithm>
#include <array>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

GroupStreams::GroupStreams(GroupId group, GroupSurroundings& around, Rng rng)
    : group_(group), around_(around), rng_(rng), send_(group, around.limits) {
  on_credit_changed();
}

// ---- Sending ----

Status GroupStreams::multicast(Order order, const Parts& parts, Time now, Outbox& out) {
  const std::size_t bytes = parts.size();
  if (Status may = may_accept(order, bytes); !may) return may;
  // Before it is on its way: it may be delivered when send() returns.
  std::size_t* const undelivered = held_ ? nullptr : own_undelivered(order);
  if (undelivered != nullptr) *undelivered += bytes;
  Status sent = send(kind_of(order), parts, now, out);
  if (!sent && undelivered != nullptr) *undelivered -= bytes;
  return sent;
}

// nullptr where it is not kept from delivery by anything but the network.
std::size_t* GroupStreams::own_undelivered(Order order) {
  if (order == Order::gbcast) return &last_bytes_;
  return order == Order::total || order == Order::safe ? &turn_bytes_ : nullptr;
}

Status GroupStreams::may_accept(Order order, std::size_t bytes) const {
  if (order == Order::gbcast && group_ == kControlGroup) {
    return Error{Errc::invalid_argument, "no gbcast in the control group: send it in total order"};
  }
  if (order == Order::gbcast && last_bytes_ > kLastBytesMax) {
    return Error{Errc::would_block, "too much waits for the end of the view: try again in the next one"};
  }
  if ((order == Order::total || order == Order::safe) && turn_bytes_ > kTurnBytesMax) {
    return Error{Errc::would_block, "too much waits for its place in the total order: try again later"};
  }
  if (primary_only_) {
    if (Status may = around_.primary.may_send(); !may) return may;
  }
  if (!hold_.wanted()) return Ok{};
  if (bytes > kHoldQueueBytesMax) {
    return Error{Errc::too_large, "a message of " + std::to_string(bytes) + " bytes is over the limit of " +
                                      std::to_string(kHoldQueueBytesMax) + " in a group that may be held"};
  }
  if (send_.waiting_bytes() + bytes > kHoldQueueBytesMax) return send_queue_full();
  return Ok{};
}

Status GroupStreams::send(RecordKind kind, const Parts& parts, Time now, Outbox& out) {
  touch();
  if (held_) return keep(kind, parts);
  Status status = kind == RecordKind::causal ? append_causal(parts) : send_.append(kind, parts);
  if (status) pump(false, now, out);
  return status;
}

Status GroupStreams::append_causal(const Parts& parts) {
  const std::vector<std::byte> stamp = orders_.stamp();
  std::vector<ByteView> all{stamp};
  all.insert(all.end(), parts.views.begin(), parts.views.end());
  Status status = send_.append(RecordKind::causal, all);
  if (status) orders_.on_stamped();
  return status;
}

Status GroupStreams::keep(RecordKind kind, const Parts& parts) {
  const std::size_t bytes = parts.size();
  if (bytes > kMessageBytesMax) return too_large(bytes);
  if (unsent_bytes_ > around_.limits.queue_bytes_max) return send_queue_full();
  unsent_bytes_ += bytes;
  send_.count_as_given_back();
  unsent_.push_back({kind, Slice{Buffer::joined(parts.lent())}, parts.kept()});
  return Ok{};
}

// Own packets take the way of all others: through the receive window, where they stay for repairs until stable.
void GroupStreams::pump(bool flush, Time now, Outbox& out) {
  if (!may_send()) return;
  Packet packet;
  Seqno seqno;
  while (send_.take(flush, packet, seqno)) put_on_the_way(std::move(packet), seqno, now, out);
}

// Where more waits than that, it is from before the hold was wanted, and nothing of it is promised a view.
void GroupStreams::send_all(Time now, Outbox& out) {
  if (!may_send() || !hold_.wanted() || send_.waiting_bytes() > 2 * kHoldQueueBytesMax) return;
  Packet packet;
  Seqno seqno;
  while (!HAWSER_FAULT("hold.what_waits_is_left") && send_.take_in_any_case(packet, seqno))
    put_on_the_way(std::move(packet), seqno, now, out);
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
  advance(now, out);
  pump(true, now, out);
  say_sequence(now, out);
  if (owes_ack_now_ && in_view()) send_ack(0, out);
  // Here alone, and not with every acknowledgement: what it tells of other groups is carried out right after.
  if (!frozen_) deliver_ordered(out);
  for (std::size_t rank = 0; rank < windows_.size(); ++rank) {
    if (unacknowledged_bytes_[rank] * 4 < around_.credit_bytes) continue;
    unacknowledged_bytes_[rank] = 0;
    around_.packer.send(Destination::to_node(view_.members[rank].endpoint), ack(0), out);
  }
}

// The sequencer's word goes out even when the send queue is full: others wait for it.
void GroupStreams::say_sequence(Time now, Outbox& out) {
  if (!may_send()) return;
  for (auto record = orders_.take_sequence(kSequenceBytesMax); !record.empty();
       record = orders_.take_sequence(kSequenceBytesMax)) {
    say(RecordKind::sequence, record, now, out);
  }
}

void GroupStreams::say(RecordKind kind, ByteView record, Time now, Outbox& out) {
  send_.append_internal(kind, record);
  pump(true, now, out);
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
    deliver_records(data.origin, records, Part::all, out);
  }
  if (frozen_) return;
  on_came(view_.members[data.origin], now, out);
  deliver(data.origin, window.contiguous(), out);
  if (may_go_ahead(data.origin, data.seqno)) deliver_ahead(data.origin, data.seqno, out);
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
    const Slice held = *records;
    const bool went_ahead = window.is_ahead({window.delivered().value + 1});
    window.taken();
    deliver_records(origin, held, went_ahead ? Part::rest : Part::all, out);
    orders_.on_packet(origin, window.delivered());
    deliver_ordered(out);
  }
}

bool GroupStreams::may_go_ahead(Rank origin, Seqno seqno) const {
  const ReceiveWindow& window = windows_[origin];
  if (seqno <= window.contiguous()) return false;
  std::size_t ranges = 0;
  for (const ReceiveWindow& each : windows_) ranges += each.ranges_ahead();
  const Slice* records = window.held(seqno);
  if (records == nullptr || ranges >= kRangesAheadMax) return false;
  Reader reader{records->bytes()};
  while (const auto record = next_record(reader)) {
    if (goes_ahead(*record)) return true;
  }
  return false;
}

// The rest of the packet waits for its turn.
void GroupStreams::deliver_ahead(Rank origin, Seqno seqno, Outbox& out) {
  ReceiveWindow& window = windows_[origin];
  const Slice records = *window.held(seqno);
  window.go_ahead(seqno);
  ++around_.counters.packets_ahead;
  deliver_records(origin, records, Part::ahead, out);
}

void GroupStreams::deliver_records(Rank origin, const Slice& records, Part part, Outbox& out) {
  Reader reader{records.bytes()};
  while (const auto record = next_record(reader)) {
    if (part != Part::all && goes_ahead(*record) != (part == Part::ahead)) continue;
    if (record->piece == Piece::whole) {
      deliver_message(origin, record->kind, records.subslice(record->bytes), out);
    } else if (auto message = reassemblers_[origin].on_piece(*record)) {
      deliver_message(origin, record->kind, std::move(*message), out);
    }
  }
}

void GroupStreams::deliver_message(Rank origin, RecordKind kind, Slice message, Outbox& out) {
  if (kind == RecordKind::fifo) return emit(origin, Order::fifo, std::move(message), out);
  if (kind == RecordKind::bulk) return emit(origin, Order::bulk, std::move(message), out);
  if (kind == RecordKind::unordered) return emit(origin, Order::unordered, std::move(message), out);
  if (kind == RecordKind::attempt) return note_attempt(origin, message.bytes());
  if (kind == RecordKind::close) {
    closed_[origin] = true;
    return;
  }
  if (kind == RecordKind::gbcast && HAWSER_FAULT("gbcast.not_the_last")) {
    return emit(origin, Order::gbcast, std::move(message), out);
  }
  if (kind == RecordKind::gbcast && origin == self_rank_ && !HAWSER_FAULT("gbcast.not_asked_for"))
    wish_ = Renewal{group_, view_.id.digest};
  orders_.on_message(origin, windows_[origin].delivered(), kind, std::move(message));
  if (orders_.awaits_acknowledgements()) owes_ack_now_ = true;
  deliver_ordered(out);
}

void GroupStreams::note_attempt(Rank origin, ByteView record) {
  Reader reader{record};
  const Attempt attempt{origin, reader.varint()};
  if (reader.done() && group_ == kControlGroup) words_.emplace_back(attempt);
}

void GroupStreams::say_attempt(std::uint64_t number, Time now, Outbox& out) {
  std::array<std::byte, 10> record{};
  Writer writer{record};
  writer.varint(number);
  say(RecordKind::attempt, writer.written(), now, out);
}

void GroupStreams::deliver_ordered(Outbox& out) {
  while (auto message = orders_.next(stability_)) emit_ordered(std::move(*message), out);
}

void GroupStreams::emit_ordered(OrderedMessage message, Outbox& out) {
  if (const auto order = order_of(message.kind)) return emit(message.sender, *order, std::move(message.payload), out);
  if (group_ != kControlGroup) return;
  if (message.kind == RecordKind::renew) {
    if (const auto renewal = decode_renewal(message.payload.bytes())) words_.emplace_back(*renewal);
    return;
  }
  const std::optional<Arrangement> arrangement = decode_arrangement(message.payload.bytes(), view_);
  if (!arrangement) return;
  GroupArranged event{arrangement->group, {}};
  for (const Rank rank : arrangement->members) event.members.push_back(view_.members[rank]);
  out.events.emplace_back(std::move(event));
  words_.emplace_back(*arrangement);
}

void GroupStreams::emit(Rank sender, Order order, Slice payload, Outbox& out) {
  if (std::size_t* const undelivered = sender == self_rank_ ? own_undelivered(order) : nullptr) {
    *undelivered -= std::min(*undelivered, payload.size());
  }
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
  around_.packer.send(Destination::to_group(group_), ack(arranged), out);
  std::fill(unacknowledged_bytes_.begin(), unacknowledged_bytes_.end(), 0);
  owes_ack_ = owes_ack_now_ = false;
}

// While the domain's view changes, what comes beyond the sync message may not be delivered here: so nobody may count on
// it, as for a safe message.
wire::Ack GroupStreams::ack(std::uint64_t arranged) const {
  return {group_,
          view_.id,
          send_.stable_seqno(),
          arranged,
          orders_.awaits_acknowledgements(),
          frozen_ ? frozen_cut_ : cut(),
          stragglers_.own_votes()};
}

void GroupStreams::note_stability() {
  stability_.on_ack(self_rank_, cut());
  for (Rank rank = 0; rank < windows_.size(); ++rank) windows_[rank].release(stability_.stable(rank));
  note_credit();
}

void GroupStreams::note_credit() {
  send_.on_stable(std::min(stability_.stable(self_rank_), send_.last_sent()));
  const Seqno credited = std::min(laggards_.credited(stability_.received_of(self_rank_)), send_.last_sent());
  send_.on_credited(credited);
  if (HAWSER_FAULT("flow.slow_members_have_all")) windows_[self_rank_].release(credited);
}

// While a view ends nobody can ask for what it lacks.
void GroupStreams::look_for_slow(Time now, Outbox& out) {
  if (frozen_ || around_.change_waits) return;
  const std::vector<Seqno> received = stability_.received_of(self_rank_);
  for (const Rank slow : laggards_.observe(received, send_.last_sent(), send_.is_held_up(), now)) {
    ++around_.counters.slow_members;
    out.events.emplace_back(MemberSlow{group_, view_.members[slow]});
  }
  if (stragglers_.observe(stability_, now)) owes_ack_now_ = true;
}

void GroupStreams::count_votes() {
  for (const Rank rank : stragglers_.outvoted()) {
    if (rank != self_rank_) around_.outvoted.push_back(view_.members[rank]);
  }
}

void GroupStreams::on_heard(const NodeId& from) {
  if (const auto rank = view_.rank_of(from)) stragglers_.on_heard(*rank);
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
  // It may be this node's word that it lacks.
  if (ack.stable < ack.received[*rank] || ack.asks) owes_ack_ = true;
  look_for_slow(now, out);
  stability_.on_ack(*rank, ack.received);
  stability_.on_ack(self_rank_, cut());
  if (!frozen_) {
    stragglers_.on_votes(*rank, ack.behind);
    count_votes();
  }
  note_credit();
  pump(false, now, out);
}

void GroupStreams::on_credit_changed() { send_.set_credit(around_.credit_bytes); }

// ---- Time ----

void GroupStreams::on_timeout(const Closing* closing, Time now, Outbox& out) {
  if (hold_.on_timeout(now)) out.events.emplace_back(HoldOverdue{group_});
  if (close_sent_ && !frozen_) expect_closes(now);
  const StreamsEnd* end = nullptr;
  if (closing != nullptr) {
    const auto at = closing->ends.find({group_, view_.id});
    if (at != closing->ends.end() && at->second.cut.size() == windows_.size()) end = &at->second;
  }
  check_gaps(end, now, out);
  if (in_view() && !frozen_) {
    look_for_slow(now, out);
    note_credit();
    pump(false, now, out);
  }
  if (now < tail_at_) return;
  tail_at_ = kNever;
  if (send_.has_unstable() && !frozen_) send_ack(0, out);
}

Time GroupStreams::next_deadline() const {
  Time next = std::min(tail_at_, hold_.next_deadline());
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
  if (!arrangements_.empty() || !awaited_.empty() || owes_ack_ || orders_.awaits_acknowledgements()) return true;
  if (send_.has_unstable() || send_.has_waiting()) return true;
  const bool unacknowledged =
      std::any_of(unacknowledged_bytes_.begin(), unacknowledged_bytes_.end(), [](std::size_t n) { return n > 0; });
  return unacknowledged || next_deadline() != kNever;
}

}  // namespace hawser
