// A group's way from view to view.
#include <algorithm>
#include <iterator>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"
#include "transport/group_streams.hpp"

namespace hawser {
namespace {

bool contains(const std::vector<NodeId>& sorted, const NodeId& node) {
  return std::binary_search(sorted.begin(), sorted.end(), node);
}

std::set<NodeId> without(const std::vector<NodeId>& nodes, const NodeId& self) {
  std::set<NodeId> rest{nodes.begin(), nodes.end()};
  rest.erase(self);
  return rest;
}

}  // namespace

// ---- Arranged anew ----

void GroupStreams::on_arrangement(View next, std::vector<NodeId> old_members, std::uint64_t number, Time now,
                                  Outbox& out) {
  arrangements_.push_back({std::move(next), std::move(old_members), number});
  advance(now, out);
}

void GroupStreams::on_renewal(View next, std::uint64_t number, Time now, Outbox& out) {
  std::vector<NodeId> members = next.members;
  on_arrangement(std::move(next), std::move(members), number, now, out);
}

void GroupStreams::advance(Time now, Outbox& out) {
  while (!arrangements_.empty() && !frozen_) {
    if (in_view() && !close_sent_) {
      // What was sent in a view that may be held goes out in it, as soon as all are there.
      if (hold_.wanted() && !awaited_.empty()) return;
      if (!may_end_view(now, out)) return;
      send_close(now, out);
    }
    const bool all_closed = std::all_of(closed_.begin(), closed_.end(), [](bool is) { return is; });
    if (in_view() && !all_closed && !HAWSER_FAULT("groups.closes_not_waited_for")) return expect_closes(now);
    step_to_next(out);
    begin_view(now, out);
  }
}

// What is sent while it changes comes back in any case.
bool GroupStreams::may_end_view(Time now, Outbox& out) {
  if (!in_view() || frozen_ || !hold_.wanted()) return true;
  if (hold_.request(now)) {
    out.events.emplace_back(HoldRequested{group_, view_.id});
    touch();
  }
  if (!hold_.may_end()) return false;
  send_all(now, out);
  return true;
}

std::optional<ViewId> GroupStreams::promised_view() const {
  return hold_.promises() && in_view() && !close_sent_ ? std::optional{view_.id} : std::nullopt;
}

// What that makes possible, flush() does.
void GroupStreams::set_hold(bool wanted) {
  hold_.set_wanted(wanted);
  touch();
}

void GroupStreams::hold_ok(ViewId view) {
  hold_.on_answer(view == view_.id);
  touch();
}

// Not behind what waits in the send queue: that goes out in the next view.
void GroupStreams::send_close(Time now, Outbox& out) {
  const auto say = [&](RecordKind kind, ByteView record) {
    Packet packet;
    Seqno seqno;
    send_.take_last(kind, record, packet, seqno);
    put_on_the_way(std::move(packet), seqno, now, out);
  };
  for (auto record = orders_.take_sequence(kSequenceBytesMax); !record.empty();
       record = orders_.take_sequence(kSequenceBytesMax)) {
    say(RecordKind::sequence, record);
  }
  close_sent_ = true;
  say(RecordKind::close, {});
}

// Everyone will close: if that packet is lost, nothing follows it that would show the gap.
void GroupStreams::expect_closes(Time now) {
  for (Rank rank = 0; rank < windows_.size(); ++rank) {
    if (closed_[rank]) continue;
    windows_[rank].on_announced({windows_[rank].contiguous().value + 1});
    naks_[rank].on_gap(windows_[rank].contiguous(), nak_times_, rng_, now);
  }
}

void GroupStreams::step_to_next(Outbox& out) {
  Arranged arranged = std::move(arrangements_.front());
  arrangements_.pop_front();
  const std::vector<NodeId> old_members = view_.members;
  const bool was_in = in_view();
  const bool is_in = arranged.next.contains(around_.self);
  if (was_in) {
    deliver_leftovers(std::vector<bool>(view_.members.size(), true), out);
    leave_view(arranged.number, false, old_members);
  }
  const Rank rank = arranged.next.rank_of(around_.self).value_or(0);
  if (was_in) {
    send_.start_next_view(arranged.next.id, rank);
    release_formers();
  } else {
    send_.start_view(arranged.next.id, rank);
  }
  if (!is_in) {
    if (was_in) go_outside(out);
    return;
  }
  std::vector<NodeId> transitional;
  for (const NodeId& member : arranged.next.members) {
    const bool came_along = std::find(old_members.begin(), old_members.end(), member) != old_members.end();
    if (was_in ? came_along : member == around_.self) transitional.push_back(member);
  }
  start_view(std::move(arranged.next), std::move(transitional), !was_in, out);
  open(arranged, out);
}

// The acknowledgement tells the others that this node is here.
void GroupStreams::open(const Arranged& arranged, Outbox& out) {
  came_from_ = arranged.old_members;
  number_ = arranged.number;
  for (const NodeId& member : came_from_) {
    const bool is_awaited = member != around_.self && view_.contains(member);
    if (is_awaited && !HAWSER_FAULT("groups.opened_before_all_are_there")) awaited_.insert(member);
  }
  if (std::find(came_from_.begin(), came_from_.end(), around_.self) != came_from_.end()) send_ack(0, out);
}

void GroupStreams::on_came(const NodeId& node, Time now, Outbox& out) {
  if (awaited_.erase(node) > 0 && awaited_.empty()) pump(false, now, out);
  // It is in this view, so it has left those before.
  for (Former& former : formers_) {
    if (!former.domain) former.needed_by.erase(node);
  }
  release_formers();
}

void GroupStreams::on_arranged(const NodeId& node, std::uint64_t number, Time now, Outbox& out) {
  if (in_view() && number >= number_) on_came(node, now, out);
  for (Former& former : formers_) {
    if (!former.domain && former.number <= number) former.needed_by.erase(node);
  }
  release_formers();
}

// ---- The domain's view changes ----

void GroupStreams::freeze(std::vector<wire::StreamCut>& streams) {
  if (!frozen_) frozen_cut_ = cut();  // Not anew: a view may come of this node's first word.
  frozen_ = true;
  beyond_sync_ = false;
  for (const Former& former : formers_) {
    if (former.domain) continue;
    wire::StreamCut& stream = streams.emplace_back(wire::StreamCut{group_, former.id, {}, {}});
    for (const ReceiveWindow& window : former.windows) stream.received.push_back(window.contiguous());
  }
  if (!in_view()) return;
  streams.push_back({group_, view_.id, cut(), ahead()});
  if (!streams.back().ahead.empty()) ++around_.counters.cuts_ahead;
}

std::vector<wire::PacketRange> GroupStreams::ahead() const {
  std::vector<wire::PacketRange> ahead;
  if (HAWSER_FAULT("unordered.not_in_the_cut")) return ahead;
  for (Rank rank = 0; rank < windows_.size(); ++rank) {
    for (const wire::SeqnoRange& seqnos : windows_[rank].ahead()) ahead.push_back({rank, seqnos});
  }
  return ahead;
}

bool GroupStreams::close_to(const Closing& closing, Time now, Outbox& out) {
  while (true) {
    const auto end = closing.ends.find({group_, view_.id});
    if (in_view() && end != closing.ends.end() && !reach(end->second, now, out)) return false;
    if (!steps_on(closing)) return true;
    beyond_sync_ = true;
    step_to_next(out);
    begin_view(now, out);
  }
}

bool GroupStreams::reach(const StreamsEnd& end, Time now, Outbox& out) {
  if (end.cut.size() != windows_.size()) return true;  // no sender of ours does this
  if (!has_all_of(end)) {
    check_gaps(&end, now, out);
    return false;
  }
  for (Rank rank = 0; rank < windows_.size(); ++rank) {
    if (windows_[rank].delivered() < end.cut[rank]) beyond_sync_ = true;
    deliver(rank, end.cut[rank], out);
  }
  for (const auto& [packets, holder] : end.ahead) {
    const ReceiveWindow& window = windows_[packets.origin];
    Seqno seqno = std::max(packets.seqnos.first, Seqno{window.delivered().value + 1});
    for (; seqno <= packets.seqnos.last; ++seqno.value) {
      if (window.is_ahead(seqno)) continue;
      beyond_sync_ = true;
      deliver_ahead(packets.origin, seqno, out);
    }
  }
  // Now, not when the view ends: among it may be what others have gone on from.
  deliver_overtaken(out);
  return true;
}

bool GroupStreams::has_all_of(const StreamsEnd& end) const {
  for (Rank rank = 0; rank < windows_.size(); ++rank) {
    if (windows_[rank].contiguous() < end.cut[rank]) return false;
  }
  return std::all_of(end.ahead.begin(), end.ahead.end(), [this](const StreamsEnd::Ahead& ahead) {
    return windows_[ahead.packets.origin].missing_of(ahead.packets.seqnos, 1).empty();
  });
}

void GroupStreams::deliver_overtaken(Outbox& out) {
  while (auto message = orders_.next_overtaken()) emit_ordered(std::move(*message), out);
}

// To the next view goes who has all of this one, and that is certain only where another member of this one has gone
// there: it had every close record. Who is new goes where anybody has gone. All decide alike, by the same syncs.
bool GroupStreams::steps_on(const Closing& closing) const {
  if (arrangements_.empty()) return false;
  const View& next = arrangements_.front().next;
  const auto came_from_here = [&](const NodeId& node) {
    return in_view() ? view_.contains(node) : next.contains(node);
  };
  return std::any_of(arrangements_.begin(), arrangements_.end(), [&](const Arranged& arranged) {
    const auto end = closing.ends.find({group_, arranged.next.id});
    return end != closing.ends.end() && std::any_of(end->second.in.begin(), end->second.in.end(), came_from_here);
  });
}

// Who was to leave may have done so, and those who were not told can't know; so it leaves in any case.
bool GroupStreams::stays(const NodeId& node) const {
  if (HAWSER_FAULT("groups.who_was_to_leave_comes_along")) return view_.contains(node);
  return view_.contains(node) && std::all_of(arrangements_.begin(), arrangements_.end(),
                                             [&](const Arranged& arranged) { return arranged.next.contains(node); });
}

// Who is new here can't tell from its own streams whether those who were here before have come after it.
std::vector<NodeId> GroupStreams::transitional(const View& next, const Closing& closing) const {
  if (!stays(around_.self)) return {around_.self};
  const auto was_here = [&](const NodeId& node) {
    return std::find(came_from_.begin(), came_from_.end(), node) != came_from_.end();
  };
  const auto end = closing.ends.find({group_, view_.id});
  const bool old_members_came =
      end == closing.ends.end() || std::any_of(end->second.in.begin(), end->second.in.end(), was_here);
  std::vector<NodeId> transitional;
  for (const NodeId& member : next.members) {
    if (stays(member) && (old_members_came || !was_here(member))) transitional.push_back(member);
  }
  return transitional;
}

void GroupStreams::end_view(const std::vector<NodeId>& companions, Outbox& out) {
  std::vector<bool> goes_on;
  for (const NodeId& member : view_.members) goes_on.push_back(contains(companions, member));
  deliver_leftovers(goes_on, out);
}

void GroupStreams::deliver_leftovers(const std::vector<bool>& goes_on, Outbox& out) {
  deliver_overtaken(out);
  while (auto message = orders_.next_leftover(goes_on)) emit_ordered(std::move(*message), out);
}

View GroupStreams::carried_into(const View& control, const std::vector<NodeId>& companions) const {
  const View& last = view_to_be();
  View next{carried_view_id(control.id, group_, last.id), {}, {}};
  for (const NodeId& member : last.members) {
    if (contains(companions, member)) next.members.push_back(member);
  }
  next.start_ids = control.start_ids_of(next.members);
  return next;
}

void GroupStreams::enter(View next, std::vector<NodeId> transitional, const std::vector<NodeId>& companions,
                         Outbox& out) {
  const bool stays_in = stays(around_.self);
  if (in_view()) leave_view(0, true, view_.members);
  if (in_view() && !stays_in) go_outside(out);
  for (Former& former : formers_) {
    former.domain = true;
    std::erase_if(former.needed_by, [&](const NodeId& node) { return !contains(companions, node); });
  }
  release_formers();
  arrangements_.clear();
  frozen_ = false;
  frozen_cut_.clear();
  held_ = true;
  last_bytes_ = turn_bytes_ = 0;
  const bool gives_back = !HAWSER_FAULT("groups.unsent_goes_out_later");
  for (UnsentRecord& message : gives_back ? send_.take_unsent() : decltype(unsent_){}) {
    if (message.kind == RecordKind::causal) message.head = CausalOrder::without_stamp(message.head);
    unsent_bytes_ += message.head.size() + message.rest.size();
    unsent_.push_back(std::move(message));
  }
  const auto rank = next.rank_of(around_.self);
  send_.start_view(next.id, rank.value_or(0));
  if (!rank) {
    if (in_view()) go_outside(out);
    return;
  }
  start_view(std::move(next), std::move(transitional), !stays_in, out);
  came_from_.clear();
  awaited_.clear();
}

void GroupStreams::on_seen(const NodeId& node) {
  for (Former& former : formers_) {
    if (former.domain) former.needed_by.erase(node);
  }
  release_formers();
}

void GroupStreams::resume(std::vector<UnsentMessage>& unsent) {
  held_ = false;
  for (auto& [kind, head, rest] : unsent_) {
    if (const auto order = order_of(kind)) unsent.push_back({group_, *order, std::move(head), std::move(rest)});
  }
  unsent_.clear();
  unsent_bytes_ = 0;
  send_.settle_given_back();
}

// ---- Common ----

// Oldest first, so that what is known to be stable grows from the first message on.
void GroupStreams::release_formers() {
  while (!formers_.empty() && formers_.front().needed_by.empty()) {
    if (!formers_.front().domain) send_.on_former_stable();
    formers_.pop_front();
  }
}

void GroupStreams::leave_view(std::uint64_t number, bool domain, const std::vector<NodeId>& needed_by) {
  formers_.push_back({view_.id, number, domain, std::move(windows_), without(needed_by, around_.self)});
}

void GroupStreams::start_view(View view, std::vector<NodeId> transitional, bool first, Outbox& out) {
  if (first) since_ = view.id;
  const std::size_t members = view.members.size();
  view_ = std::move(view);
  self_rank_ = view_.rank_of(around_.self).value();
  close_sent_ = false;
  hold_.on_view();
  awaited_.clear();
  windows_.assign(members, {});
  naks_.assign(members, {});
  reassemblers_.assign(members, {});
  unacknowledged_bytes_.assign(members, 0);
  closed_.assign(members, false);
  tail_at_ = kNever;
  owes_ack_ = owes_ack_now_ = false;
  frozen_cut_ = frozen_ ? cut() : std::vector<Seqno>{};
  stability_.start_view(members);
  laggards_.start_view(members);
  stragglers_.start_view(members, self_rank_);
  orders_.start_view(view_.id, members, self_rank_);
  if (HAWSER_FAULT("vs.transitional_whole_view")) transitional = view_.members;
  ++(group_ == kControlGroup ? around_.counters.views_installed : around_.counters.group_views_installed);
  out.events.emplace_back(ViewInstalled{group_, view_, std::move(transitional), first});
}

void GroupStreams::begin_view(Time now, Outbox& out) {
  std::deque<Early> early;
  early.swap(early_);
  for (const Early& packet : early) on_data(packet.data, packet.records, now, out);
}

void GroupStreams::go_outside(Outbox& out) {
  forget_view();
  out.events.emplace_back(GroupLeft{group_});
}

void GroupStreams::abandon() {
  forget_view();
  static_cast<void>(send_.take_unsent());
  unsent_.clear();
  unsent_bytes_ = 0;
  send_.start_view({}, 0);
  send_.settle_given_back();
  arrangements_.clear();
  early_.clear();
}

void GroupStreams::forget_view() {
  view_ = {};
  hold_ = {};
  primary_only_ = false;
  last_bytes_ = turn_bytes_ = 0;
  since_ = {};
  came_from_.clear();
  awaited_.clear();
  close_sent_ = false;
  windows_.clear();
  naks_.clear();
  reassemblers_.clear();
  unacknowledged_bytes_.clear();
  closed_.clear();
  tail_at_ = kNever;
  owes_ack_ = owes_ack_now_ = false;
  orders_.start_view({}, 0, 0);
}

bool GroupStreams::counts_self() const { return view_to_be().contains(around_.self); }

std::optional<std::uint64_t> GroupStreams::pending_arrangement() const {
  return arrangements_.empty() ? std::nullopt : std::optional{arrangements_.front().number};
}

bool GroupStreams::is_over() const {
  return group_ != kControlGroup && !in_view() && arrangements_.empty() && formers_.empty() && unsent_.empty();
}

}  // namespace hawser
