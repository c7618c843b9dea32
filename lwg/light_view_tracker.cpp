#include "lwg/light_view_tracker.hpp"

#include <algorithm>

#include "transport/core/fault.hpp"

namespace hawser {

bool TrackedGroup::is_gone(const NodeId& node) const { return std::find(gone.begin(), gone.end(), node) != gone.end(); }

// ---- Inputs ----

void LightViewTracker::on_view(ViewId view, std::span<const NodeId> kept, bool settled) {
  const auto is_gone = [&](const NodeId& node) {
    if (HAWSER_FAULT("lwg_departed_members_kept")) return false;
    return !std::binary_search(kept.begin(), kept.end(), node);
  };
  view_ = view;
  open_ = settled;
  std::erase_if(marked_, [&](const auto& entry) { return is_gone(entry.first); });
  forget_queues();
  for (auto& [id, group] : groups_) {
    for (const LightMember& member : group.view.members) {
      if (is_gone(member.node) && !group.is_gone(member.node)) group.gone.push_back(member.node);
    }
    for (PendingChange& change : group.pending) change.gone = change.gone || is_gone(change.member.node);
    if (!group.pending.empty()) ready_.push_back(&group);
    if (!settled || group.gone.empty()) continue;
    take_out_gone(group);
    repairs_.push_back(&group);
  }
}

void LightViewTracker::take_out_gone(TrackedGroup& group) const {
  std::erase_if(group.view.members, [&](const LightMember& member) { return group.is_gone(member.node); });
  group.gone.clear();
  group.view.heavy_view = view_;
}

void LightViewTracker::forget_queues() {
  ready_.clear();
  waiting_.clear();
  repairs_.clear();
}

void LightViewTracker::on_decided(const Era& era) {
  open_ = true;
  for (auto& [id, group] : groups_) {
    if (group.gone.empty()) continue;
    if (HAWSER_FAULT("lwg_late_repair_without_markers")) {
      take_out_gone(group);
      repairs_.push_back(&group);
    }
    enqueue(group, {era, PendingChange::Kind::repair, {}, false});
  }
}

void LightViewTracker::on_change(const Change& change, std::string_view name) {
  TrackedGroup& group = groups_[change.group];
  if (group.name.empty()) {
    group.name = name;
    group.view.group = change.group;
  }
  const bool ready = change.kind == Operation::Kind::ready;
  enqueue(group, {change.era, ready ? PendingChange::Kind::ready : PendingChange::Kind::remove, change.member, false});
}

void LightViewTracker::enqueue(TrackedGroup& group, PendingChange change) {
  group.pending.push_back(change);
  if (group.pending.size() == 1) ready_.push_back(&group);
}

void LightViewTracker::on_marker(const NodeId& from, const Era& era) {
  Era& highest = marked_[from];
  if (era <= highest) return;
  highest = era;
  const auto at = waiting_.find(from);
  if (at == waiting_.end()) return;
  auto& changes = at->second;
  while (!changes.empty() && changes.begin()->first <= era) {
    ready_.push_back(&groups_.at(changes.begin()->second));
    changes.erase(changes.begin());
  }
}

void LightViewTracker::adopt(std::map<LightGroupId, TrackedGroup> groups, const std::map<NodeId, Era>& marked) {
  groups_ = std::move(groups);
  for (const auto& [node, era] : marked) marked_[node] = std::max(marked_[node], era);
  forget_queues();
  for (auto& [id, group] : groups_) {
    if (!group.pending.empty()) ready_.push_back(&group);
  }
  open_ = true;
}

void LightViewTracker::clear() {
  groups_.clear();
  forget_queues();
  over_.reset();
}

// ---- Installing ----

std::optional<Installation> LightViewTracker::advance() {
  if (over_) groups_.erase(*over_);
  over_.reset();
  if (!open_) return std::nullopt;
  if (!repairs_.empty()) {
    TrackedGroup& group = *repairs_.front();
    repairs_.pop_front();
    note_if_over(group);
    return Installation{&group, true, std::nullopt, std::nullopt};
  }
  while (!ready_.empty()) {
    TrackedGroup& group = *ready_.front();
    if (const std::optional<NodeId> missing = missing_marker(group)) {
      waiting_[*missing].emplace(group.pending.front().era, group.view.group);
      ready_.pop_front();
    } else if (auto done = install_first(group)) {
      return done;
    }
  }
  return std::nullopt;
}

bool LightViewTracker::has_marked(const NodeId& node, const Era& era) const {
  const auto at = marked_.find(node);
  return at != marked_.end() && at->second >= era;
}

// One of those who have not marked the group's first pending change, of the view's members and the newcomer.
std::optional<NodeId> LightViewTracker::missing_marker(const TrackedGroup& group) const {
  const PendingChange& change = group.pending.front();
  for (const LightMember& member : group.view.members) {
    if (HAWSER_FAULT("lwg_installed_without_last_marker") && &member == &group.view.members.back()) break;
    if (!has_marked(member.node, change.era) && !group.is_gone(member.node)) return member.node;
  }
  const bool newcomer = change.kind == PendingChange::Kind::ready && !change.gone;
  if (newcomer && !has_marked(change.member.node, change.era)) return change.member.node;
  return std::nullopt;
}

// Nothing where it is a repair that another view has made in passing.
std::optional<Installation> LightViewTracker::install_first(TrackedGroup& group) {
  const PendingChange change = group.pending.front();
  group.pending.erase(group.pending.begin());
  if (group.pending.empty()) ready_.pop_front();
  const bool repair = change.kind == PendingChange::Kind::repair;
  if (repair && group.gone.empty()) {
    note_if_over(group);
    return std::nullopt;
  }
  Installation done{&group, repair, std::nullopt, std::nullopt};
  take_out_gone(group);
  std::vector<LightMember>& members = group.view.members;
  const auto member = std::find_if(members.begin(), members.end(),
                                   [&](const LightMember& one) { return one.node == change.member.node; });
  if (change.kind == PendingChange::Kind::remove && member != members.end()) {
    done.leaver = change.member.node;
    members.erase(member);
  } else if (change.kind == PendingChange::Kind::ready && member != members.end()) {
    member->role = change.member.role;
  } else if (change.kind == PendingChange::Kind::ready && !change.gone) {
    done.newcomer = change.member.node;
    members.push_back(change.member);
  }
  group.view.era = change.era;
  note_if_over(group);
  return done;
}

void LightViewTracker::note_if_over(const TrackedGroup& group) {
  if (group.view.members.empty() && group.pending.empty()) over_ = group.view.group;
}

const TrackedGroup* LightViewTracker::find(LightGroupId id) const {
  const auto at = groups_.find(id);
  return at == groups_.end() ? nullptr : &at->second;
}

}  // namespace hawser
