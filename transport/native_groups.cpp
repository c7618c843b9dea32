#include "transport/native_groups.hpp"

#include <algorithm>

#include "transport/core/check.hpp"

namespace hawser {

NativeGroups::NativeGroups(const NodeId& self, SendWindowLimits limits, wire::Packer& packer,
                           MembershipService& membership, Rng rng, std::optional<VotingState> voting)
    : self_(self),
      packer_(packer),
      rng_(rng),
      primary_(std::move(voting)),
      around_{self, limits, packer, counters_, std::size_t{64} << 10U, primary_, {}, {}, {}, {}},
      membership_(membership),
      vs_(self),
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
  carry_out_words(now, out);
  return sent;
}

void NativeGroups::carry_out_words(Time now, Outbox& out) {
  for (const GroupStreams::Word& word : control_.take_words()) {
    if (const auto* arrangement = std::get_if<Arrangement>(&word)) {
      on_arrangement(*arrangement, now, out);
    } else if (const auto* attempt = std::get_if<GroupStreams::Attempt>(&word)) {
      primary_.on_attempt(attempt->from, attempt->number, out);
      if (primary_.is_primary()) ++counters_.primaries;
    } else {
      on_renewal(std::get<Renewal>(word), now, out);
    }
  }
}

// Takes a number like an arrangement, for everyone alike, also where it is void.
void NativeGroups::on_renewal(const Renewal& renewal, Time now, Outbox& out) {
  const View& control = control_.view();
  const std::uint64_t number = ++arrangements_;
  GroupStreams* known = group(renewal.group);
  if (known == nullptr || !known->counts_self() || known->view_to_be().id.digest != renewal.view) return;
  const std::vector<NodeId>& members = known->view_to_be().members;
  View next{arranged_view_id(control.id, renewal.group, number), members, control.start_ids_of(members)};
  known->on_renewal(std::move(next), number, now, out);
  known->touch();
}

// True where there were any: what is said may be carried out at once.
bool NativeGroups::say_wishes(Time now, Outbox& out) {
  bool any = false;
  for (const GroupId id : around_.busy) {
    if (const auto wish = groups_.at(id).take_wish()) {
      control_.say(RecordKind::renew, encode(*wish), now, out);
      any = true;
    }
  }
  return any;
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
  if (data.group == kControlGroup) carry_out_words(now, out);
  if (vs_.frozen()) try_install(now, out);
}

void NativeGroups::on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out) {
  if (GroupStreams* found = group(nak.group)) found->on_nak(from, nak, now, out);
}

void NativeGroups::on_ack(const NodeId& from, const wire::Ack& ack, Time now, Outbox& out) {
  GroupStreams* found = group(ack.group);
  if (found == nullptr) return;
  found->on_heard(from);
  if (ack.group == kControlGroup) {
    if (ack.view != control_.view().id) return on_foreign_ack(from, ack.view, out);
    on_seen(from);
    on_arranged(from, ack.arranged, now, out);
    erase_over(out);
  }
  found->on_ack(from, ack, now, out);
  found->touch();
}

// Its view and this one may be two outcomes of one change, if a proposal was lost: the newer word brings us together.
// But mostly it is about to install this one, as it was when its heartbeat was due: so not at the first time.
void NativeGroups::on_foreign_ack(const NodeId& from, ViewId view, Outbox& out) {
  if (!control_.view().contains(from) || membership_.changing()) return;
  ViewId& before = foreign_[from];
  if (std::exchange(before, view) == view) say_change(Destination::to_node(from.endpoint), out);
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

void NativeGroups::on_stored(std::uint64_t ticket, Time now, Outbox& out) {
  primary_.on_stored(ticket);
  if (const auto attempt = primary_.take_attempt()) control_.say_attempt(*attempt, now, out);
  carry_out_words(now, out);
}

void NativeGroups::on_store_failed(Time now, Outbox& out) {
  if (primary_.on_store_failed()) on_membership(membership_.restart(now), now, out);
}

void NativeGroups::flush(Time now, Outbox& out) {
  if (starting_) on_membership({}, now, out);
  do {
    control_.flush(now, out);
    carry_out_words(now, out);
    for (const GroupId id : around_.busy) groups_.at(id).flush(now, out);
  } while (say_wishes(now, out));
  std::erase_if(around_.busy, [&](GroupId id) { return groups_.at(id).rest(); });
}

void NativeGroups::set_credit(std::size_t bytes) {
  if (bytes == around_.credit_bytes) return;
  around_.credit_bytes = bytes;
  for_each([](GroupStreams& group) { group.on_credit_changed(); });
}

void NativeGroups::on_timeout(Time now, Outbox& out) {
  if (membership_.is_due(now)) say_change(Destination::to_group(kControlGroup), out);
  if (primary_.store_deadline() <= now) on_store_failed(now, out);
  try_install(now, out);
  const std::optional<Closing> closing = vs_.frozen() ? vs_.closing(now) : std::nullopt;
  const Closing* const end = closing ? &*closing : nullptr;
  control_.on_timeout(end, now, out);
  for (const GroupId id : around_.busy) groups_.at(id).on_timeout(end, now, out);
}

Time NativeGroups::next_deadline() const {
  Time next = std::min({membership_.next_deadline(), vs_.next_deadline(), control_.next_deadline(), patient_until_,
                        primary_.store_deadline()});
  for (const GroupId id : around_.busy) next = std::min(next, groups_.at(id).next_deadline());
  return next;
}

}  // namespace hawser
