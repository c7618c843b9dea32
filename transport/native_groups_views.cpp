// The domain's way from view to view, for all groups at once.
#include <algorithm>

#include "transport/native_groups.hpp"

namespace hawser {

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

void NativeGroups::on_membership(const MembershipEvents& events, Time now, Outbox& out) {
  note(events, now);
  // Before its word goes out that it goes along with another view, of which its sync message says too little.
  if (events.view_withdrawn && half_closed_ && !starting_ && vs_.own_sync()->start_id == half_closed_->start_id) {
    return on_membership(membership_.restart(now), now, out);
  }
  const bool starts = starting_ && may_start(now, out);
  const bool waits = starting_ && !starts;
  around_.change_waits = waits;
  if (starts) start_change(*std::exchange(starting_, {}));
  if (agreed_ && !waits) vs_.on_view(*std::exchange(agreed_, {}), now);
  // With the sync, which a proposal that went out while the change waited did not have.
  const bool owes_sync = starts && !events.start_change;
  if (membership_.is_due(now) || owes_sync) say_change(Destination::to_group(kControlGroup), out);
  if (!waits) try_install(now, out);
}

void NativeGroups::note(const MembershipEvents& events, Time now) {
  if (events.start_change) {
    ++counters_.start_changes;
    if (vs_.frozen() || starting_) ++counters_.start_changes_overtaken;
    if (!starting_) patient_until_ = now + kHoldPatience;
    starting_ = events.start_change;
  }
  if (events.start_change || events.view_withdrawn) agreed_.reset();
  if (events.view) {
    agreed_ = events.view;
  } else if (events.view_withdrawn) {
    vs_.on_view_withdrawn();
  }
}

bool NativeGroups::may_start(Time now, Outbox& out) {
  bool may = true;
  for_each([&](GroupStreams& group) { may = group.may_end_view(now, out) && may; });
  if (!may && now >= patient_until_) {
    for_each([&](GroupStreams& group) { group.send_all(now, out); });
    return true;
  }
  return may;
}

void NativeGroups::start_change(StartChangeId start_id) {
  patient_until_ = kNever;
  if (primary_.is_undecided()) ++counters_.attempts_cut_short;
  primary_.freeze();
  std::vector<wire::StreamCut> streams;
  for_each([&](GroupStreams& group) {
    group.freeze(streams);
    group.touch();
  });
  vs_.start_change(start_id, std::move(streams), primary_.own());
}

std::size_t NativeGroups::sync_bytes_max() const { return packer_.datagram_bytes_max() / 2; }

void NativeGroups::say_change(Destination to, Outbox& out) {
  if (const auto word = membership_.word()) packer_.send(to, *word, out);
  if (vs_.own_sync() && !starting_) {
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
    on_membership(membership_.restart(now), now, out);
    return;
  }
  const std::optional<Closing> closing = vs_.closing(now);
  if (!closing) return;
  if (!may_close_to(closing->next)) return give_up(closing->next, now, out);
  if (close(*closing, now, out)) return install(*closing, now, out);
  note_half_closed(closing->next);
}

// What was delivered for one view is known to nobody who goes to another: another sync message has to say it first.
bool NativeGroups::may_close_to(const View& next) const {
  if (!half_closed_ || next.id == half_closed_->next) return true;
  return next.start_ids[next.rank_of(self_).value()] > half_closed_->start_id;
}

void NativeGroups::note_half_closed(const View& next) {
  bool is_beyond = false;
  for_each([&](const GroupStreams& group) { is_beyond = is_beyond || group.is_beyond_sync(); });
  if (is_beyond) half_closed_ = {next.id, vs_.own_sync()->start_id};
}

void NativeGroups::give_up(const View& next, Time now, Outbox& out) {
  if (vs_.is_completing(next.id)) {  // Peers have it, and wait for this node: it will be a newcomer to them.
    ++counters_.views_skipped;
    vs_.skip_completion();
    return try_install(now, out);
  }
  if (!starting_) on_membership(membership_.restart(now), now, out);
}

// The control group first: what it delivers may arrange the others anew.
bool NativeGroups::close(const Closing& closing, Time now, Outbox& out) {
  bool done = control_.close_to(closing, now, out);
  carry_out_words(now, out);
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

void NativeGroups::judge_primary(const View& view, Time now, Outbox& out) {
  std::vector<std::optional<VotingState>> states;
  for (const NodeId& member : view.members) states.push_back(vs_.installed_syncs().at(member).voting);
  primary_.on_view(view, states, now, out);
}

void NativeGroups::install(const Closing& closing, Time now, Outbox& out) {
  count_install(closing);
  std::vector<NodeId> companions = closing.transitional;
  std::sort(companions.begin(), companions.end());
  for_each([&](GroupStreams& group) { group.end_view(companions, out); });
  carry_out_words(now, out);
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
  half_closed_.reset();
  relayed_.clear();
  foreign_.clear();
  judge_primary(closing.next, now, out);
  for_each([&](GroupStreams& group) { group.begin_view(now, out); });
  carry_out_words(now, out);
  control_.send_ack(carried_out(), out);
  on_membership(membership_.on_installed(closing.next, now), now, out);
}

}  // namespace hawser
