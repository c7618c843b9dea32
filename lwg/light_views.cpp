#include "lwg/light_views.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
void LightViews::on_view(ViewId view, std::span<const NodeId> kept, bool settled) {
  // Who sent in an era had installed it, and this node has not: the two do not go on together.
  dropped_ += early_.forget_if([](LightGroupId, const EarlyMessages::Message&) {
    return !HAWSER_FAULT("lwg_departed_senders_message_delivered");
  });
  tracker_.on_view(view, kept, settled);
}

bool LightViews::on_decided(const Era& era, std::span<const NodeId> kept) {
  dropped_ += early_.forget_if([&](LightGroupId, const EarlyMessages::Message& message) {
    return !std::binary_search(kept.begin(), kept.end(), message.sender);
  });
  tracker_.on_decided(era);
  return std::any_of(own_.begin(), own_.end(), [](const auto& own) { return !own.second.tracked->gone.empty(); });
}

bool LightViews::on_change(const Change& change, std::string_view name) {
  tracker_.on_change(change, name);
  if (change.member.node == self_) on_own_change(change, name);
  return own(change.group) != nullptr;
}

void LightViews::on_own_change(const Change& change, std::string_view name) {
  OwnGroup* group = own(change.group);
  if (change.kind == Operation::Kind::remove) {
    if (group != nullptr) group->listed = false;
    return;
  }
  if (group == nullptr) {
    group = &own_[change.group];
    own_by_name_.insert_or_assign(std::string{name}, group);
    group->tracked = tracker_.find(change.group);
    group->joined = tag_of(change.era);
  }
  group->listed = true;
}

void LightViews::install(LightOutbox& out) {
  std::size_t repaired = 0;
  if (tracker_.repairs() > 0) out.events.reserve(out.events.size() + tracker_.repairs() + 1);
  while (const std::optional<Installation> done = tracker_.advance()) {
    if (!done->repair) report_repairs(repaired, out);
    OwnGroup* group = own(done->group->view.group);
    if (group == nullptr) continue;
    if (done->leaver == self_) {
      report_left(*done->group, out);
      continue;
    }
    if (done->newcomer == self_) group->installed = true;
    if (!group->installed) continue;
    repaired += done->repair ? 1 : 0;
    group->view_era = tag_of(done->group->view.era);
    report_view(*done, *group, out);
    release(*group, out);
  }
  report_repairs(repaired, out);
}

void LightViews::report_repairs(std::size_t& repaired, LightOutbox& out) {
  if (repaired > 0) out.events.emplace_back(LightGroupsRepaired{repaired});
  repaired = 0;
}

void LightViews::report_view(const Installation& installation, OwnGroup& group, LightOutbox& out) {
  LightViewInstalled event{group.tracked->name, group.tracked->view, {}, {}};
  if (installation.newcomer) event.newcomers.push_back(*installation.newcomer);
  if (installation.newcomer == self_) {
    event.transitional.push_back(self_);
  } else {
    event.transitional.reserve(event.view.members.size());
    for (const LightMember& member : event.view.members) {
      if (member.node != installation.newcomer) event.transitional.push_back(member.node);
    }
  }
  out.events.emplace_back(std::move(event));
}

void LightViews::report_left(const TrackedGroup& group, LightOutbox& out) {
  const LightGroupId id = group.view.group;
  out.events.emplace_back(LightViewLeft{group.name, id, LightViewLeft::Cause::asked});
  left_.push_back(group.name);
  filtered_ += early_.forget(id);
  own_by_name_.erase(group.name);
  own_.erase(id);
}

void LightViews::release(const OwnGroup& group, LightOutbox& out) {
  for (EarlyMessages::Message& message : early_.take_until(group.tracked->view.group, group.view_era)) {
    if (message.era == group.view_era) {
      deliver(group, message.sender, std::move(message.payload), out);
    } else if (!is_before(message.era, group.joined)) {
      ++dropped_;
    }
  }
}

void LightViews::deliver(const OwnGroup& group, const NodeId& from, Slice payload, LightOutbox& out) {
  const LightView& view = group.tracked->view;
  // Who is gone may be back in the heavy view, but not yet in the group.
  const bool is_member = view.contains(from) && !group.tracked->is_gone(from);
  if (!is_member && !HAWSER_FAULT("lwg_departed_senders_message_delivered")) {
    ++dropped_;
    return;
  }
  out.events.emplace_back(LightDelivered{view.group, from, std::move(payload)});
}

void LightViews::on_data(const OwnGroup& group, const NodeId& from, const EraTag& era, Slice payload,
                         LightOutbox& out) {
  const bool current = group.installed && era == group.view_era;
  if (current || (group.installed && HAWSER_FAULT("lwg_early_message_delivered_at_once"))) {
    deliver(group, from, std::move(payload), out);
  } else if (!group.installed && (is_before(era, group.joined) || HAWSER_FAULT("lwg_joiner_forgets_early_messages"))) {
    return;  // before this node's cut
  } else if (!is_pending(group, era) || !early_.keep(group.tracked->view.group, {era, from, std::move(payload)})) {
    ++dropped_;
  }
}

// The sender has installed that change, so this node has marked it, and only lacks somebody's marker.
bool LightViews::is_pending(const OwnGroup& group, const EraTag& era) {
  const auto& pending = group.tracked->pending;
  const auto at =
      std::lower_bound(pending.begin(), pending.end(), era,
                       [](const PendingChange& one, const EraTag& tag) { return is_before(tag_of(one.era), tag); });
  return at != pending.end() && tag_of(at->era) == era;
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

OwnGroup* LightViews::own(LightGroupId id) {
  const auto at = own_.find(id);
  return at == own_.end() ? nullptr : &at->second;
}

const OwnGroup* LightViews::find(LightGroupId id) const {
  const auto at = own_.find(id);
  return at == own_.end() ? nullptr : &at->second;
}

const OwnGroup* LightViews::find(std::string_view name) const {
  const auto at = own_by_name_.find(name);
  return at == own_by_name_.end() ? nullptr : at->second;
}

std::vector<std::string> LightViews::take_left() { return std::exchange(left_, {}); }

std::vector<std::pair<std::string, LightGroupId>> LightViews::lose() {
  std::vector<std::pair<std::string, LightGroupId>> lost;
  for (const auto& [id, tracked] : tracker_.groups()) {
    const OwnGroup* group = find(id);
    if (group != nullptr && group->installed) lost.emplace_back(tracked.name, id);
  }
  own_by_name_.clear();
  own_.clear();
  dropped_ += early_.forget_if([](LightGroupId, const EarlyMessages::Message&) { return true; });
  tracker_.clear();
  return lost;
}

}  // namespace hawser
