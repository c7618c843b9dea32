#include "transport/native_groups.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

NativeGroups::NativeGroups(const NodeId& self, SendWindowLimits limits, wire::Packer& packer, Rng rng)
    : self_(self),
      packer_(packer),
      rng_(rng),
      around_{self, limits, packer, counters_, std::size_t{64} << 10U, {}},
      vs_(self),
      agreement_(self, vs_.current()),
      control_(kControlGroup, around_, rng_.fork()) {}

// ---- Groups ----

GroupStreams* NativeGroups::group(GroupId id) {
  if (id == kControlGroup) return &control_;
  const auto at = groups_.find(id);
  return at == groups_.end() ? nullptr : &at->second;
}

HeavyGroup* NativeGroups::find(GroupId id) {
  GroupStreams* found = group(id);
  return found != nullptr && (found->counts_self() || id == kControlGroup) ? found : nullptr;
}

const View& NativeGroups::view(GroupId group) const {
  static const View none;
  if (group == kControlGroup) return control_.view();
  const auto at = groups_.find(group);
  return at == groups_.end() ? none : at->second.view();
}

template <typename Handler>
void NativeGroups::for_each(Handler handler) {
  handler(control_);
  for (auto& [id, group] : groups_) handler(group);
}

GroupStreams& NativeGroups::create(GroupId id, Outbox& out) {
  const auto [at, is_new] = groups_.try_emplace(id, id, around_, rng_.fork());
  if (is_new) out.addresses.push_back({id, true});
  if (is_new && vs_.frozen()) {
    std::vector<wire::StreamCut> none;
    at->second.freeze(none);
  }
  return at->second;
}

void NativeGroups::erase_over(Outbox& out) {
  std::erase_if(groups_, [&](const auto& entry) {
    if (!entry.second.is_over()) return false;
    out.addresses.push_back({entry.first, false});
    around_.busy.erase(entry.first);
    return true;
  });
}

Status NativeGroups::arrange(GroupId group, std::span<const NodeId> old_members, std::span<const NodeId> members,
                             Time now, Outbox& out) {
  if (control_.is_held()) return Ok{};  // It belongs to a view that is over.
  const auto ranks_of = [&](std::span<const NodeId> nodes) {
    std::vector<Rank> ranks;
    for (const NodeId& node : nodes) {
      const auto rank = control_.view().rank_of(node);
      HAWSER_CHECK(rank.has_value());
      ranks.push_back(*rank);
    }
    return ranks;
  };
  const auto bytes = encode(Arrangement{group, ranks_of(old_members), ranks_of(members)}, control_.view().id);
  const ByteView record{bytes};
  Status sent = control_.send(RecordKind::arrange, {&record, 1}, now, out);
  carry_out_arrangements(now, out);
  return sent;
}

void NativeGroups::carry_out_arrangements(Time now, Outbox& out) {
  for (const Arrangement& arrangement : control_.take_arrangements()) on_arrangement(arrangement, now, out);
}

void NativeGroups::on_arrangement(const Arrangement& arrangement, Time now, Outbox& out) {
  const View& control = control_.view();
  const std::uint64_t number = ++arrangements_;
  ++counters_.arrangements;
  View next{arranged_view_id(control.id, arrangement.group, number), {}, {}};
  std::vector<NodeId> old_members;
  for (const Rank rank : arrangement.old_members) old_members.push_back(control.members[rank]);
  for (const Rank rank : arrangement.members) {
    next.members.push_back(control.members[rank]);
    next.start_ids.push_back(control.start_ids[rank]);
  }
  const Rank self = control.rank_of(self_).value();
  const auto lists_self = [&](const std::vector<Rank>& ranks) {
    return std::find(ranks.begin(), ranks.end(), self) != ranks.end();
  };
  GroupStreams* known = group(arrangement.group);
  // A group of the same id that this node brought from its side of a partition, which gave way.
  if (known != nullptr && known->counts_self() && !lists_self(arrangement.old_members)) {
    known->abandon();
    out.events.emplace_back(GroupLeft{arrangement.group});
  }
  const bool was_in = known != nullptr && known->counts_self();
  if (!was_in && !next.contains(self_)) return;
  GroupStreams& here = create(arrangement.group, out);
  here.on_arrangement(std::move(next), std::move(old_members), number, now, out);
  here.touch();
}

std::vector<UnsentMessage> NativeGroups::resume(ViewId control_view) {
  std::vector<UnsentMessage> unsent;
  if (control_view != control_.view().id) return unsent;
  for_each([&](GroupStreams& group) {
    group.resume(unsent);
    group.touch();
  });
  return unsent;
}

void NativeGroups::drop(GroupId id, ViewId since) {
  GroupStreams* found = id == kControlGroup ? nullptr : group(id);
  if (found == nullptr || found->since() != since) return;
  found->abandon();
  found->touch();
}

std::vector<std::pair<GroupId, std::uint64_t>> NativeGroups::mark() const {
  std::vector<std::pair<GroupId, std::uint64_t>> mark{{kControlGroup, control_.accepted()}};
  for (const auto& [id, group] : groups_) mark.emplace_back(id, group.accepted());
  return mark;
}

bool NativeGroups::is_stable(std::span<const std::pair<GroupId, std::uint64_t>> mark) const {
  return std::all_of(mark.begin(), mark.end(), [&](const auto& entry) {
    if (entry.first == kControlGroup) return control_.stable() >= entry.second;
    const auto at = groups_.find(entry.first);
    return at == groups_.end() || at->second.stable() >= entry.second;
  });
}

// ---- Streams ----

void NativeGroups::on_data(const wire::Data& data, const Slice& records, Time now, Outbox& out) {
  GroupStreams* found = group(data.group);
  if (found == nullptr) return;
  if (data.group == kControlGroup && data.view == control_.view().id && data.origin < control_.view().members.size()) {
    on_seen(control_.view().members[data.origin]);
  }
  found->on_data(data, records, now, out);
  found->touch();
  if (data.group == kControlGroup) carry_out_arrangements(now, out);
  if (vs_.frozen()) try_install(now, out);
}

void NativeGroups::on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out) {
  if (GroupStreams* found = group(nak.group)) found->on_nak(from, nak, now, out);
}

void NativeGroups::on_ack(const NodeId& from, const wire::Ack& ack, Time now, Outbox& out) {
  GroupStreams* found = group(ack.group);
  if (found == nullptr) return;
  if (ack.group == kControlGroup) {
    if (ack.view != control_.view().id) {
      // Its view and this one may be two outcomes of one change, if a proposal was lost: the newer word brings us
      // together.
      if (control_.in_view() && !agreement_.changing()) send_proposal(Destination::to_node(from.endpoint), out);
      return;
    }
    on_seen(from);
    on_arranged(from, ack.arranged, now, out);
    erase_over(out);
  }
  found->on_ack(from, ack, now, out);
  found->touch();
}

void NativeGroups::on_seen(const NodeId& node) {
  const auto at = std::find(unseen_.begin(), unseen_.end(), node);
  if (at == unseen_.end()) return;
  unseen_.erase(at);
  for_each([&](GroupStreams& group) { group.on_seen(node); });
}

void NativeGroups::on_arranged(const NodeId& node, std::uint64_t number, Time now, Outbox& out) {
  for (auto& [id, group] : groups_) group.on_arranged(node, number, now, out);
}

std::uint64_t NativeGroups::carried_out() const {
  std::uint64_t number = arrangements_;
  for (const GroupId id : around_.busy) {
    if (const auto pending = groups_.at(id).pending_arrangement()) number = std::min(number, *pending - 1);
  }
  return number;
}

void NativeGroups::send_acks(Outbox& out) {
  control_.send_ack(carried_out(), out);
  for (const GroupId id : around_.busy) groups_.at(id).send_ack(0, out);
}

void NativeGroups::flush(Time now, Outbox& out) {
  control_.flush(now, out);
  carry_out_arrangements(now, out);
  std::erase_if(around_.busy, [&](GroupId id) {
    GroupStreams& group = groups_.at(id);
    group.flush(now, out);
    return group.rest();
  });
}

void NativeGroups::set_credit(std::size_t bytes) {
  if (bytes == around_.credit_bytes) return;
  around_.credit_bytes = bytes;
  for_each([](GroupStreams& group) { group.on_credit_changed(); });
}

void NativeGroups::on_timeout(Time now, Outbox& out) {
  if (agreement_.proposal_due(now)) send_proposal(Destination::to_group(kControlGroup), out);
  try_install(now, out);
  const std::optional<Closing> closing = vs_.frozen() ? vs_.closing(now) : std::nullopt;
  const Closing* const end = closing ? &*closing : nullptr;
  control_.on_timeout(end, now, out);
  for (const GroupId id : around_.busy) groups_.at(id).on_timeout(end, now, out);
}

Time NativeGroups::next_deadline() const {
  Time next = std::min({agreement_.next_deadline(), vs_.next_deadline(), control_.next_deadline()});
  for (const GroupId id : around_.busy) next = std::min(next, groups_.at(id).next_deadline());
  return next;
}

// ---- The domain's views ----

void NativeGroups::on_target(const std::vector<NodeId>& members, Time now, Outbox& out) {
  apply(agreement_.on_target(members, now), now, out);
}

void NativeGroups::on_proposal(const NodeId& from, wire::Proposal proposal, Time now, Outbox& out) {
  if (agreement_.is_straggler(from, proposal)) send_proposal(Destination::to_node(from.endpoint), out);
  apply(agreement_.on_proposal(from, std::move(proposal), now), now, out);
}

void NativeGroups::on_sync(const NodeId& from, wire::Sync sync, Time now, Outbox& out) {
  if (sync.part == 0 && vs_.is_behind(from, sync)) help(from, out);
  if (auto whole = syncs_.on_part(from, std::move(sync))) vs_.on_sync(from, std::move(*whole));
  try_install(now, out);
}

void NativeGroups::on_completion(const NodeId& from, const wire::Completion& completion) {
  vs_.on_completion(from, completion.view);
}

void NativeGroups::on_relayed_sync(const wire::RelayedSync& relayed, Time now, Outbox& out) {
  if (const auto whole = relayed_.on_part(relayed.owner, relayed.sync)) vs_.on_relayed_sync(relayed.owner, *whole);
  try_install(now, out);
}

void NativeGroups::apply(const MembershipEvents& events, Time now, Outbox& out) {
  if (events.start_change) start_change(*events.start_change);
  if (events.view) {
    vs_.on_view(*events.view, now);
  } else if (events.view_withdrawn) {
    vs_.on_view_withdrawn();
  }
  if (agreement_.proposal_due(now)) send_proposal(Destination::to_group(kControlGroup), out);
  try_install(now, out);
}

void NativeGroups::start_change(StartChangeId start_id) {
  ++counters_.start_changes;
  if (vs_.frozen()) ++counters_.start_changes_overtaken;
  std::vector<wire::StreamCut> streams;
  for_each([&](GroupStreams& group) {
    group.freeze(streams);
    group.touch();
  });
  vs_.start_change(start_id, std::move(streams));
}

std::size_t NativeGroups::sync_bytes_max() const { return packer_.datagram_bytes_max() / 2; }

void NativeGroups::send_proposal(Destination to, Outbox& out) {
  packer_.send(to, agreement_.own_proposal(), out);
  if (vs_.own_sync()) {
    for (const wire::Sync& part : parts_of(*vs_.own_sync(), sync_bytes_max())) packer_.send(to, part, out);
  }
  if (to.multicast) ++counters_.proposals_sent;
}

void NativeGroups::help(const NodeId& behind, Outbox& out) {
  const Destination to = Destination::to_node(behind.endpoint);
  packer_.send(to, wire::Completion{vs_.current()}, out);
  for (const auto& [owner, sync] : vs_.installed_syncs()) {
    for (const wire::Sync& part : parts_of(sync, sync_bytes_max())) {
      packer_.send(to, wire::RelayedSync{owner, part}, out);
    }
  }
}

void NativeGroups::try_install(Time now, Outbox& out) {
  if (!vs_.frozen()) return;
  if (vs_.should_skip(now)) {
    ++counters_.views_skipped;
    apply(agreement_.restart(now), now, out);
    return;
  }
  const std::optional<Closing> closing = vs_.closing(now);
  if (closing && close(*closing, now, out)) install(*closing, now, out);
}

// The control group first: what it delivers may arrange the others anew.
bool NativeGroups::close(const Closing& closing, Time now, Outbox& out) {
  bool done = control_.close_to(closing, now, out);
  carry_out_arrangements(now, out);
  if (!done) return false;
  for (auto& [id, group] : groups_) done = group.close_to(closing, now, out) && done;
  return done;
}

void NativeGroups::count_install(const Closing& closing) {
  if (vs_.is_completing(closing.next.id)) ++counters_.views_completed;
  const auto differs = [&](const wire::StreamCut& own) {
    const auto end = closing.ends.find({own.group, own.view});
    return end != closing.ends.end() && end->second.cut != own.received;
  };
  const auto& streams = vs_.own_sync()->streams;
  if (std::any_of(streams.begin(), streams.end(), differs)) ++counters_.cuts_differed;
}

void NativeGroups::install(const Closing& closing, Time now, Outbox& out) {
  count_install(closing);
  std::vector<NodeId> companions = closing.transitional;
  std::sort(companions.begin(), companions.end());
  for_each([&](GroupStreams& group) { group.end_view(out); });
  carry_out_arrangements(now, out);
  arrangements_ = 0;
  unseen_ = companions;
  std::erase(unseen_, self_);
  control_.enter(closing.next, closing.transitional, companions, out);
  for (auto& [id, group] : groups_) {
    View next = group.carried_into(closing.next, companions);
    std::vector<NodeId> transitional = group.transitional(next, closing);
    group.enter(std::move(next), std::move(transitional), companions, out);
  }
  vs_.install(closing);
  relayed_.clear();
  for_each([&](GroupStreams& group) { group.begin_view(now, out); });
  carry_out_arrangements(now, out);
  control_.send_ack(carried_out(), out);
  apply(agreement_.on_installed(closing.next, now), now, out);
}

}  // namespace hawser
