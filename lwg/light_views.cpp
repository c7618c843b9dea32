#include "lwg/light_views.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

// ---- Changes ----

void LightViews::on_change(const Change& change, const Directory& directory) {
  OwnGroup* group = find(change.group);
  const bool is_self = change.kind != Change::Kind::move && change.member.node == self_;
  if (group == nullptr) {
    if (!is_self || change.kind != Change::Kind::add) return;
    group = &join(change, *directory.find(change.group));
  }
  if (is_self) group->listed = change.kind == Change::Kind::add;
  enqueue(*group, change);
}

OwnGroup& LightViews::join(const Change& change, const DirectoryGroup& known) {
  OwnGroup& group = own_[change.group];
  group.name = known.name;
  group.view.group = change.group;
  for (const DirectoryMember& member : known.members) {
    if (member.node != self_) group.view.members.push_back({member.node, member.role});
  }
  group.heavy = change.heavy;
  group.joined = tag_of(change.era);
  own_by_id_[change.group] = &group;
  own_by_name_.insert_or_assign(group.name, &group);
  mount(group.heavy);
  return group;
}

// A change is marked where the group rides when it comes; behind a move, only once that is installed here.
void LightViews::enqueue(OwnGroup& group, const Change& change) {
  GroupId heavy = group.heavy;
  bool behind_move = false;
  for (const Change& earlier : group.pending) {
    if (earlier.kind != Change::Kind::move) continue;
    heavy = earlier.heavy;
    behind_move = true;
  }
  if (HAWSER_FAULT("lwg_marker_on_the_new_group") && change.kind == Change::Kind::move) heavy = change.heavy;
  if (behind_move) {
    markers_.owe_later(heavy, change.era.number);
  } else {
    markers_.owe(heavy, change.era.number);
  }
  group.pending.push_back(change);
  if (change.kind == Change::Kind::move) mount(change.heavy);
  if (group.pending.size() == 1) ready_.push_back(change.group);
}

void LightViews::on_marker(GroupId heavy, const NodeId& from, std::uint64_t number) {
  std::vector<LightGroupId> freed;
  markers_.on_marker(heavy, from, number, freed);
  ready_.insert(ready_.end(), freed.begin(), freed.end());
}

// ---- Installing ----

void LightViews::install(LightOutbox& out) {
  while (!ready_.empty()) {
    OwnGroup* group = find(ready_.front());
    if (group == nullptr || group->pending.empty()) {
      ready_.pop_front();
    } else if (const std::optional<NodeId> missing = missing_marker(*group)) {
      markers_.wait(group->heavy, *missing, group->pending.front().era.number, group->view.group);
      ready_.pop_front();
    } else {
      install_first(*group, false, out);
    }
  }
}

// One of those who have not marked the group's first pending change, of the view's members and the newcomer.
std::optional<NodeId> LightViews::missing_marker(const OwnGroup& group) const {
  const Change& change = group.pending.front();
  for (const LightMember& member : group.view.members) {
    if (HAWSER_FAULT("lwg_installed_without_last_marker") && &member == &group.view.members.back()) break;
    if (!markers_.has_marked(group.heavy, member.node, change.era.number)) return member.node;
  }
  const bool newcomer = change.kind == Change::Kind::add && !group.view.contains(change.member.node);
  if (!newcomer || HAWSER_FAULT("lwg_newcomer_not_waited_for")) return std::nullopt;
  if (!markers_.has_marked(group.heavy, change.member.node, change.era.number)) return change.member.node;
  return std::nullopt;
}

void LightViews::install_first(OwnGroup& group, bool forced, LightOutbox& out) {
  const Change change = std::move(group.pending.front());
  group.pending.erase(group.pending.begin());
  const GroupId marked_on = group.heavy;
  const Installed installed = alter(group.view, change);
  if (change.kind == Change::Kind::move) move(group, change.heavy);
  group.view.era = change.era;
  group.view.heavy_view = control_view_;
  group.view_era = tag_of(change.era);
  if (installed.leaver == self_) return report_left(group, out);
  if (installed.newcomer == self_) group.installed = true;
  if (!group.installed) return;
  report_view(group, installed.newcomer, out);
  release(group, change, marked_on, forced, out);
}

LightViews::Installed LightViews::alter(LightView& view, const Change& change) {
  Installed installed;
  const auto member = std::find_if(view.members.begin(), view.members.end(),
                                   [&](const LightMember& one) { return one.node == change.member.node; });
  if (change.kind == Change::Kind::remove && member != view.members.end()) {
    installed.leaver = change.member.node;
    view.members.erase(member);
  } else if (change.kind == Change::Kind::add && member != view.members.end()) {
    member->role = change.member.role;
  } else if (change.kind == Change::Kind::add) {
    installed.newcomer = change.member.node;
    view.members.push_back(change.member);
  }
  return installed;
}

// What was behind the move can be marked now, up to the next one.
void LightViews::move(OwnGroup& group, GroupId heavy) {
  ++moves_;
  dismount(group.heavy);
  group.heavy = heavy;
  group.carrier = nullptr;
  for (const Change& change : group.pending) {
    markers_.due(heavy, change.era.number);
    if (change.kind == Change::Kind::move) break;
  }
}

void LightViews::on_view(ViewId previous, ViewId view, std::span<const NodeId> kept, LightOutbox& out) {
  std::vector<LightGroupId> changing;
  for (const auto& [id, group] : own_) {
    if (!group.pending.empty()) changing.push_back(id);
  }
  for (const LightGroupId id : changing) {
    if (HAWSER_FAULT("lwg_pending_forgotten_at_view")) own_.at(id).pending.clear();
    while (OwnGroup* group = find(id)) {
      if (group->pending.empty()) break;
      install_first(*group, true, out);
    }
  }
  dropped_ += early_.forget_if([](LightGroupId, const EarlyMessages::Message&) { return true; });
  markers_.clear();
  ready_.clear();
  control_view_ = view;
  // The two sides of a partition that meet in `view` must not give one id to different views.
  const ViewId repaired{view.epoch, mix64(view.digest ^ previous.digest)};
  const std::size_t before = out.events.size();
  for (auto& [id, group] : own_) repair(group, repaired, kept, out);
  if (out.events.size() > before) out.events.emplace_back(LightGroupsRepaired{out.events.size() - before});
}

void LightViews::repair(OwnGroup& group, ViewId view, std::span<const NodeId> kept, LightOutbox& out) {
  if (HAWSER_FAULT("lwg_departed_members_kept")) return;
  const std::size_t gone = std::erase_if(group.view.members, [&](const LightMember& member) {
    return !std::binary_search(kept.begin(), kept.end(), member.node);
  });
  if (gone == 0) return;
  group.view.heavy_view = view;
  report_view(group, std::nullopt, out);
}

void LightViews::report_view(const OwnGroup& group, const std::optional<NodeId>& newcomer, LightOutbox& out) {
  LightViewInstalled event{group.name, group.view, group.heavy, {}, {}};
  if (newcomer) event.newcomers.push_back(*newcomer);
  if (newcomer == self_) {
    event.transitional.push_back(self_);
  } else {
    event.transitional.reserve(event.view.members.size());
    for (const LightMember& member : event.view.members) {
      if (member.node != newcomer) event.transitional.push_back(member.node);
    }
  }
  out.events.emplace_back(std::move(event));
}

void LightViews::report_left(const OwnGroup& group, LightOutbox& out) {
  const LightGroupId id = group.view.group;
  out.events.emplace_back(LightViewLeft{group.name, id, LightViewLeft::Cause::asked});
  left_.push_back(group.name);
  filtered_ += early_.forget(id);
  dismount(group.heavy);
  for (const Change& change : group.pending) {
    if (change.kind == Change::Kind::move) dismount(change.heavy);
  }
  own_by_name_.erase(group.name);
  own_by_id_.erase(id);
  own_.erase(id);
}

// ---- Messages ----

// At the end of a control view, a marker may be missing that its sender had sent: then what it sent before that marker
// is missing too, and what came after it elsewhere must not be delivered without that.
void LightViews::release(OwnGroup& group, const Change& change, GroupId marked_on, bool forced, LightOutbox& out) {
  for (EarlyMessages::Message& message : early_.take_until(group.view.group, group.view_era)) {
    const bool is_whole = !forced || HAWSER_FAULT("lwg_message_without_marker_delivered") ||
                          markers_.has_marked(marked_on, message.sender, change.era.number);
    if (message.era == group.view_era && is_whole) {
      deliver(group, message.sender, std::move(message.payload), out);
    } else {
      ++dropped_;
    }
  }
}

void LightViews::deliver(OwnGroup& group, const NodeId& from, Slice payload, LightOutbox& out) {
  if (!group.view.contains(from) && !HAWSER_FAULT("lwg_departed_senders_message_delivered")) {
    ++dropped_;
    return;
  }
  if (from == self_) count_back(group);
  out.events.emplace_back(LightDelivered{group.view.group, from, std::move(payload)});
}

void LightViews::count_back(OwnGroup& group) {
  if (group.in_flight == 0 || --group.in_flight > 0 || !group.says_when_drained) return;
  group.says_when_drained = false;
  drained_.push_back(group.name);
}

void LightViews::on_data(OwnGroup& group, const NodeId& from, const EraTag& era, Slice payload, LightOutbox& out) {
  const bool current = group.installed && era == group.view_era;
  if (current || (group.installed && HAWSER_FAULT("lwg_early_message_delivered_at_once"))) {
    deliver(group, from, std::move(payload), out);
  } else if (!group.installed && (is_before(era, group.joined) || HAWSER_FAULT("lwg_joiner_forgets_early_messages"))) {
    return;  // before this node's cut
  } else if (group.installed && is_before(era, group.view_era)) {
    ++dropped_;  // Its sender had marked that view's change: there is none.
  } else if (!early_.keep(group.view.group, {era, from, std::move(payload)})) {
    ++dropped_;
  }
}

void LightViews::filter(LightGroupId group, const Directory& directory) {
  ++filtered_;
  if (const auto at = filtered_by_id_.find(group); at != filtered_by_id_.end()) {
    ++*at->second;
    return;
  }
  const DirectoryGroup* known = directory.find(group);
  if (known == nullptr || filtered_by_id_.size() >= kFilteredNamesMax) return;
  std::uint64_t& count = filtered_by_name_[known->name];
  ++count;
  filtered_by_id_.emplace(group, &count);
}

// ---- Looking up ----

OwnGroup* LightViews::find(LightGroupId id) {
  const auto at = own_by_id_.find(id);
  return at == own_by_id_.end() ? nullptr : at->second;
}

const OwnGroup* LightViews::find(LightGroupId id) const {
  const auto at = own_by_id_.find(id);
  return at == own_by_id_.end() ? nullptr : at->second;
}

const OwnGroup* LightViews::find(std::string_view name) const {
  const auto at = own_by_name_.find(name);
  return at == own_by_name_.end() ? nullptr : at->second;
}

OwnGroup* LightViews::find(std::string_view name) {
  const auto at = own_by_name_.find(name);
  return at == own_by_name_.end() ? nullptr : at->second;
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

std::vector<std::string> LightViews::take_left() { return std::exchange(left_, {}); }

std::vector<std::pair<std::string, LightGroupId>> LightViews::lose() {
  std::vector<std::pair<std::string, LightGroupId>> lost;
  for (const auto& [id, group] : own_) {
    if (group.installed) lost.emplace_back(group.name, id);
  }
  own_by_name_.clear();
  own_by_id_.clear();
  own_.clear();
  riders_.clear();
  ++rides_altered_;
  ready_.clear();
  markers_.clear();
  dropped_ += early_.forget_if([](LightGroupId, const EarlyMessages::Message&) { return true; });
  return lost;
}

}  // namespace hawser
