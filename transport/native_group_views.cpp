// A group's way from view to view: agreement and virtual synchrony decide, this carries out.
#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"
#include "transport/native_group.hpp"

namespace hawser {

void NativeGroup::on_target(const std::vector<NodeId>& members, Time now, Outbox& out) {
  apply(agreement_.on_target(members, now), now, out);
}

void NativeGroup::on_proposal(const NodeId& from, wire::Proposal proposal, Time now, Outbox& out) {
  if (agreement_.is_straggler(from, proposal)) send_proposal(Destination::to_node(from.endpoint), out);
  apply(agreement_.on_proposal(from, std::move(proposal), now), now, out);
}

void NativeGroup::on_sync(const NodeId& from, wire::Sync sync, Time now, Outbox& out) {
  if (vs_.is_behind(from, sync)) help(from, out);
  vs_.on_sync(from, std::move(sync));
  try_install(now, out);
}

void NativeGroup::on_relayed_sync(const wire::RelayedSync& relayed, Time now, Outbox& out) {
  vs_.on_relayed_sync(relayed.owner, relayed.sync);
  try_install(now, out);
}

void NativeGroup::apply(const MembershipEvents& events, Time now, Outbox& out) {
  if (events.start_change) {
    ++counters_.start_changes;
    if (vs_.frozen()) ++counters_.start_changes_overtaken;
    vs_.start_change(*events.start_change, cut());
  }
  if (events.view) {
    vs_.on_view(*events.view, now);
  } else if (events.view_withdrawn) {
    vs_.on_view_withdrawn();
  }
  if (agreement_.proposal_due(now)) send_proposal(Destination::to_group(group_), out);
  try_install(now, out);
}

void NativeGroup::send_proposal(Destination to, Outbox& out) {
  packer_.send(to, agreement_.own_proposal(), out);
  if (vs_.own_sync()) packer_.send(to, *vs_.own_sync(), out);
  if (to.multicast) ++counters_.proposals_sent;
}

void NativeGroup::help(const NodeId& behind, Outbox& out) {
  const Destination to = Destination::to_node(behind.endpoint);
  packer_.send(to, wire::Completion{group_, vs_.current()}, out);
  for (const auto& [owner, sync] : vs_.installed_syncs()) packer_.send(to, wire::RelayedSync{owner, sync}, out);
}

void NativeGroup::try_install(Time now, Outbox& out) {
  if (!vs_.frozen()) return;
  if (vs_.should_skip(now)) {
    ++counters_.views_skipped;
    apply(agreement_.restart(now), now, out);
    return;
  }
  const std::optional<Closing> closing = vs_.closing(now);
  if (!closing) return;
  for (Rank rank = 0; rank < windows_.size(); ++rank) {
    if (windows_[rank].contiguous() < closing->cut[rank]) {
      check_gaps(closing, now, out);
      return;
    }
  }
  install(*closing, now, out);
}

void NativeGroup::install(const Closing& closing, Time now, Outbox& out) {
  for (Rank rank = 0; rank < windows_.size(); ++rank) deliver(rank, closing.cut[rank], out);
  while (auto message = total_.next_leftover()) {
    emit(message->first, Order::total, std::move(message->second), out);
  }
  if (vs_.is_completing(closing.next.id)) ++counters_.views_completed;
  if (closing.cut != vs_.own_sync()->cut) ++counters_.cuts_differed;
  former_ = Former{vs_.current().id, std::move(windows_), {}};
  for (const NodeId& node : closing.transitional) {
    if (node != self_) former_->behind.insert(node);
  }
  vs_.install(closing);
  enter_view(closing, now, out);
  apply(agreement_.on_installed(closing.next, now), now, out);
}

void NativeGroup::enter_view(const Closing& closing, Time now, Outbox& out) {
  const std::size_t members = closing.next.members.size();
  self_rank_ = closing.next.rank_of(self_).value();
  windows_.assign(members, {});
  naks_.assign(members, {});
  reassemblers_.assign(members, {});
  unacknowledged_bytes_.assign(members, 0);
  stability_.start_view(members);
  total_.start_view(closing.next.id, members, self_rank_);
  send_.start_view(closing.next.id, self_rank_);
  ++counters_.views_installed;
  std::vector<NodeId> transitional = closing.transitional;
  if (HAWSER_FAULT("vs.transitional_whole_view")) transitional = closing.next.members;
  out.events.emplace_back(ViewInstalled{group_, closing.next, std::move(transitional)});
  replay_early(now, out);
  send_ack(out);
}

void NativeGroup::replay_early(Time now, Outbox& out) {
  std::deque<Early> early;
  early.swap(early_);
  for (const Early& packet : early) {
    if (packet.data.view >= vs_.current().id) on_data(packet.data, packet.records, now, out);
  }
}

void NativeGroup::seen_in_view(const NodeId& node) {
  if (!former_) return;
  former_->behind.erase(node);
  if (former_->behind.empty()) former_.reset();
}

void NativeGroup::on_timeout(Time now, Outbox& out) {
  if (agreement_.proposal_due(now)) send_proposal(Destination::to_group(group_), out);
  try_install(now, out);
  check_gaps(vs_.frozen() ? vs_.closing(now) : std::nullopt, now, out);
  if (now >= tail_at_) {
    tail_at_ = kNever;
    if (send_.has_unstable() && !vs_.frozen()) send_ack(out);
  }
}

Time NativeGroup::next_deadline() const {
  Time next = std::min({agreement_.next_deadline(), vs_.next_deadline(), tail_at_});
  for (const NakScheduler& nak : naks_) next = std::min(next, nak.next_deadline());
  return next;
}

}  // namespace hawser
