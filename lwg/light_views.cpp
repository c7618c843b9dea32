#include "lwg/light_views.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

// ---- Changes ----

void LightViews::on_change(const Change& change, const Directory& directory) {
  OwnGroup* group = find(change.group);
  const bool is_self = change.names_member() && change.member.node == self_;
  if (group == nullptr) {
    if (!is_self || change.kind != Change::Kind::add) return;
    group = &join(change, *directory.find(change.group));
  }
  if (is_self && change.kind == Change::Kind::remove) return leave(*group);
  enqueue(*group, change);
}

// It has nothing on its way (see Wishes) and sends nothing more, so nobody waits for what it has not marked.
void LightViews::leave(OwnGroup& group) {
  const LightGroupId id = group.view.group;
  GroupId heavy = group.heavy;
  MarkerStream stream = group.stream();
  dismount(heavy);
  for (const Change& change : group.pending) {
    markers(stream).due(heavy, change.era.number);
    if (change.kind == Change::Kind::configure && change.configuration.is_total()) stream = MarkerStream::total;
    if (change.kind != Change::Kind::move) continue;
    heavy = change.heavy;
    dismount(heavy);
  }
  filtered_ += early_.forget(id);
  left_.emplace_back(group.name, id);
  own_.erase(id);
}

OwnGroup& LightViews::join(const Change& change, const DirectoryGroup& known) {
  OwnGroup& group = own_.insert(change.group, {}).second;
  group.name = known.name;
  group.view.group = change.group;
  Change absence = change;
  absence.kind = Change::Kind::remove;
  group.view.members = lists_.after(known.members, absence).members;
  group.heavy = change.heavy;
  group.configuration = known.configuration;
  group.joined = tag_of(change.era);
  mount(group.heavy);
  return group;
}

// A change is marked in the stream that the group has when it comes; behind one that alters it, only once that is
// installed here.
void LightViews::enqueue(OwnGroup& group, const Change& change) {
  GroupId heavy = group.heavy;
  MarkerStream stream = group.stream();
  bool waits = false;
  for (const Change& earlier : group.pending) {
    if (!earlier.alters_stream()) continue;
    if (earlier.kind == Change::Kind::configure) stream = MarkerStream::total;
    heavy = earlier.heavy;
    waits = true;
  }
  if (HAWSER_FAULT("lwg_marker_on_the_new_group") && change.kind == Change::Kind::move) heavy = change.heavy;
  if (waits) {
    markers(stream).owe_later(heavy, change.era.number);
  } else {
    markers(stream).owe(heavy, change.era.number);
  }
  group.pending.push_back(change);
  if (change.kind == Change::Kind::move) mount(change.heavy);
  // Who is taken out is waited for no longer.
  if (group.pending.size() == 1 || change.kind == Change::Kind::remove) ready_.push_back(change.group);
}

void LightViews::on_marker(MarkerStream stream, GroupId heavy, const NodeId& from, std::uint64_t number) {
  std::vector<LightGroupId> freed;
  markers(stream).on_marker(heavy, from, number, freed);
  ready_.insert(ready_.end(), freed.begin(), freed.end());
}

// ---- Installing ----

void LightViews::install(LightOutbox& out) {
  for (auto& [name, id] : std::exchange(left_, {})) {
    out.events.emplace_back(LightViewLeft{name, id, LightViewLeft::Cause::asked});
    told_left_.push_back(std::move(name));
  }
  while (!ready_.empty()) {
    OwnGroup* group = find(ready_.front());
    if (group == nullptr || group->pending.empty()) {
      ready_.pop_front();
    } else if (const std::optional<NodeId> missing = missing_marker(*group)) {
      const std::uint64_t number = group->pending.front().era.number;
      markers(group->stream()).wait(group->heavy, *missing, number, group->view.group);
      ready_.pop_front();
    } else {
      install_first(*group, out);
    }
  }
}

// It has not marked the group's first pending change, and no later one takes it out: who is let out has sent nothing
// that is not here. In total order that may have its place still to come here, before its markers: only of the change
// that takes it out there is none, and the others' come after what it has sent.
bool LightViews::lacks_marker(const OwnGroup& group, const NodeId& node) const {
  const bool marked = markers(group.stream()).has_marked(group.heavy, node, group.pending.front().era.number);
  const bool is_total = group.stream() == MarkerStream::total && !HAWSER_FAULT("lwg_leaver_not_waited_for");
  const auto end = is_total ? group.pending.begin() + 1 : group.pending.end();
  return !marked && std::none_of(group.pending.begin(), end, [&](const Change& later) {
    return later.kind == Change::Kind::remove && later.member.node == node;
  });
}

// Of the members that the change leaves and brings, until `visit` returns false.
template <typename Visit>
void LightViews::visit_missing(const OwnGroup& group, Visit visit) const {
  const Change& change = group.pending.front();
  for (const LightMember& member : group.view.members) {
    if (HAWSER_FAULT("lwg_installed_without_last_marker") && &member == &group.view.members.back()) break;
    if (lacks_marker(group, member.node) && !visit(member.node)) return;
  }
  const bool brings = change.kind == Change::Kind::add && !group.view.contains(change.member.node);
  if (!brings || HAWSER_FAULT("lwg_newcomer_not_waited_for")) return;
  if (lacks_marker(group, change.member.node)) visit(change.member.node);
}

std::optional<NodeId> LightViews::missing_marker(const OwnGroup& group) const {
  std::optional<NodeId> missing;
  visit_missing(group, [&](const NodeId& node) {
    missing = node;
    return false;
  });
  return missing;
}

std::vector<NodeId> LightViews::missing_markers(const OwnGroup& group) const {
  std::vector<NodeId> missing;
  if (group.pending.empty()) return missing;
  visit_missing(group, [&](const NodeId& node) {
    missing.push_back(node);
    return true;
  });
  return missing;
}

void LightViews::install_first(OwnGroup& group, LightOutbox& out) {
  const Change change = group.pending.front();
  group.pending.erase(group.pending.begin());
  if (group.pending.empty()) group.pending.shrink_to_fit();
  std::vector<NodeId> newcomers;
  apply(group, change, newcomers);
  group.view.heavy_view = control_view_;
  if (!group.installed) return;
  report_view(group, std::move(newcomers), out);
  release(group, out);
}

// Adds to `newcomers` who is new by that.
void LightViews::apply(OwnGroup& group, const Change& change, std::vector<NodeId>& newcomers) {
  group.view.era = change.era;
  group.view_era = tag_of(change.era);
  if (change.kind == Change::Kind::move) return move(group, change.heavy);
  if (change.kind == Change::Kind::configure) {
    group.configuration = change.configuration;
    if (change.alters_stream()) mark_what_waited(group);
    return;
  }
  const AlteredMembers& altered = lists_.after(group.view.members, change);
  if (altered.newcomer) newcomers.push_back(*altered.newcomer);
  if (altered.leaver) std::erase(newcomers, *altered.leaver);
  if (altered.newcomer == self_) group.installed = true;
  group.view.members = altered.members;
}

void LightViews::move(OwnGroup& group, GroupId heavy) {
  ++moves_;
  dismount(group.heavy);
  group.heavy = heavy;
  if (!HAWSER_FAULT("lwg_sent_on_the_old_group")) group.carrier = nullptr;
  mark_what_waited(group);
}

// What was behind a change of the stream can be marked now, up to the next one.
void LightViews::mark_what_waited(const OwnGroup& group) {
  for (const Change& change : group.pending) {
    markers(group.stream()).due(group.heavy, change.era.number);
    if (change.alters_stream()) break;
  }
}

// ---- The control view changes ----

void LightViews::on_view(ViewId view, std::span<const NodeId> kept, LightOutbox& out) {
  const bool keeps_early =
      HAWSER_FAULT("lwg_early_messages_kept_at_view") || HAWSER_FAULT("lwg_early_messages_delivered_at_view");
  dropped_ += early_.forget_if([&](LightGroupId, const EarlyMessages::Message&) { return !keeps_early; });
  if (!HAWSER_FAULT("lwg_markers_kept_at_view")) {
    fifo_markers_.clear();
    total_markers_.clear();
  }
  ready_.clear();
  control_view_ = view;
  // The two sides of a partition that meet in `view` must not give one id to different views.
  const std::uint64_t side = kept.empty() ? 0 : kept.front().incarnation.value;
  const ViewId brought{view.epoch, mix64(view.digest ^ mix64(side))};
  std::size_t repaired = 0;
  MemberLists::Retainer retainer{lists_, kept};
  out.events.reserve(out.events.size() + own_.size() + 1);
  for (auto& [id, group] : own_) {
    if (bring_up_to_date(group, brought, retainer, out)) ++repaired;
  }
  if (repaired > 0) out.events.emplace_back(LightGroupsRepaired{repaired});
}

// One view for all that is pending and for all who are gone. True where somebody is.
bool LightViews::bring_up_to_date(OwnGroup& group, ViewId brought, MemberLists::Retainer& retainer, LightOutbox& out) {
  const bool altered = !group.pending.empty() && !HAWSER_FAULT("lwg_pending_kept_at_view");
  std::vector<NodeId> newcomers;
  if (altered) {
    for (const Change& change : std::exchange(group.pending, {})) apply(group, change, newcomers);
  }
  if (HAWSER_FAULT("lwg_early_messages_delivered_at_view")) release(group, out);
  const LightMembers before = group.view.members;
  if (!HAWSER_FAULT("lwg_departed_members_kept")) group.view.members = retainer(before);
  std::erase_if(newcomers, [&](const NodeId& node) { return !group.view.contains(node); });
  const bool lost = group.view.members.size() < before.size();
  if (!altered && !lost) return false;
  group.view.heavy_view = HAWSER_FAULT("lwg_two_sides_share_view_ids") ? control_view_ : brought;
  report_view(group, std::move(newcomers), out);
  return lost;
}

void LightViews::report_view(const OwnGroup& group, std::vector<NodeId> newcomers, LightOutbox& out) {
  out.events.emplace_back(
      LightViewInstalled{group.name, group.view, group.heavy, std::move(newcomers), group.configuration});
}

// ---- Messages ----

void LightViews::release(OwnGroup& group, LightOutbox& out) {
  for (EarlyMessages::Message& message : early_.take_until(group.view.group, group.view_era)) {
    if (message.era == group.view_era) {
      deliver(group, message.sender, std::move(message.payload), out);
    } else {
      ++dropped_;
    }
  }
}

void LightViews::deliver(OwnGroup& group, const NodeId& from, Slice payload, LightOutbox& out) {
  if (!group.view.contains(from)) {
    ++dropped_;
    return;
  }
  out.events.emplace_back(LightDelivered{group.view.group, from, std::move(payload)});
}

void LightViews::on_data(OwnGroup& group, const NodeId& from, const EraTag& era, Slice payload, LightOutbox& out) {
  const bool current = group.installed && era == group.view_era;
  if (current || (group.installed && HAWSER_FAULT("lwg_early_message_delivered_at_once"))) {
    deliver(group, from, std::move(payload), out);
  } else if (!group.installed && (is_before(era, group.joined) || HAWSER_FAULT("lwg_joiner_forgets_early_messages"))) {
    return;  // before this node's cut
  } else {
    // Of an earlier view there is nothing to come: its sender has marked the change that ended it.
    const bool is_over = group.installed && is_before(era, group.view_era);
    if (is_over || !early_.keep(group.view.group, {era, from, std::move(payload)})) ++dropped_;
  }
}

void LightViews::filter(LightGroupId group) {
  ++filtered_;
  if (const auto at = filtered_by_group_.find(group); at != filtered_by_group_.end()) {
    ++at->second;
  } else if (filtered_by_group_.size() < kFilteredGroupsMax) {
    filtered_by_group_.emplace(group, 1);
  }
}

std::uint64_t LightViews::filtered(LightGroupId group) const {
  const auto at = filtered_by_group_.find(group);
  return at == filtered_by_group_.end() ? 0 : at->second;
}

void OwnGroup::note_sent(std::uint64_t as) {
  const auto at = std::find_if(sent.begin(), sent.end(), [&](const auto& last) { return last.first == heavy; });
  (at == sent.end() ? sent.emplace_back(heavy, as) : *at).second = as;
}

void OwnGroup::forget_sent(GroupId on) {
  std::erase_if(sent, [&](const auto& last) { return last.first == on; });
}

// ---- Looking up ----

OwnGroup* LightViews::find(LightGroupId id) {
  auto* const entry = own_.find(id);
  return entry == nullptr ? nullptr : &entry->second;
}

const OwnGroup* LightViews::find(LightGroupId id) const {
  const auto* const entry = own_.find(id);
  return entry == nullptr ? nullptr : &entry->second;
}

void LightViews::on_heavy_left(GroupId heavy) {
  for (auto& [id, group] : own_) {
    group.forget_sent(heavy);
    if (group.heavy == heavy) group.carrier = nullptr;
  }
}

void LightViews::mount(GroupId heavy) {
  if (++riders_[heavy] == 1) ++rides_altered_;
}

void LightViews::dismount(GroupId heavy) {
  const auto at = riders_.find(heavy);
  if (--at->second > 0) return;
  riders_.erase(at);
  ++rides_altered_;
}

std::size_t LightViews::riders_on(GroupId heavy) const {
  const auto at = riders_.find(heavy);
  return at == riders_.end() ? 0 : at->second;
}

bool LightViews::is_changing() const {
  for (const auto& [id, group] : own_) {
    if (group.held()) return true;
  }
  return false;
}

std::vector<std::string> LightViews::take_left() { return std::exchange(told_left_, {}); }

std::vector<std::pair<std::string, LightGroupId>> LightViews::lose() {
  std::vector<std::pair<std::string, LightGroupId>> lost;
  for (const auto& [id, group] : own_) {
    if (group.installed) lost.emplace_back(group.name, id);
  }
  own_.clear();
  riders_.clear();
  ++rides_altered_;
  ready_.clear();
  fifo_markers_.clear();
  total_markers_.clear();
  left_.clear();
  dropped_ += early_.forget_if([](LightGroupId, const EarlyMessages::Message&) { return true; });
  return lost;
}

}  // namespace hawser
