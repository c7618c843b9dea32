#include "pubsub-api/src/trace/trace_group.hpp"

#include <array>
#include <utility>

namespace hawser {

Status TracedGroup::multicast(Order order, const Parts& parts, Time now, Outbox& out) {
  const ViewId promised = group_->promised_view().value_or(ViewId{});
  Status accepted = group_->multicast(order, parts, now, out);
  if (accepted.ok())
    trace_.record({now, trace::HeavySent{group_->id(), order, digest_of(parts.views), promised, primary_only_}});
  return accepted;
}

TracedGroup& TracedGroups::traced(HeavyGroup& group) {
  TracedGroup& traced = traced_.try_emplace(group.id(), trace_).first->second;
  traced.set(group);
  return traced;
}

HeavyGroup* TracedGroups::find(GroupId group) {
  HeavyGroup* found = groups_.find(group);
  return found == nullptr ? nullptr : &traced(*found);
}

std::vector<UnsentMessage> TracedGroups::resume(ViewId control_view) {
  std::vector<UnsentMessage> unsent = groups_.resume(control_view);
  for (const UnsentMessage& message : unsent) {
    trace_.record({now_, trace::HeavyUnsent{message.group,
                                            digest_of(std::array{message.payload.bytes(), message.rest.bytes()})}});
  }
  return unsent;
}

void TracedGroups::drop(GroupId group, ViewId since) {
  groups_.drop(group, since);
  if (groups_.find(group) == nullptr) record_left(group);
}

void TracedGroups::record_left(GroupId group) {
  if (const auto at = traced_.find(group); at != traced_.end()) at->second.on_left();
  if (views_.erase(group) > 0) trace_.record({now_, trace::HeavyLeft{group}});
}

// What still comes of a group after drop() is no one's concern.
void TracedGroups::record_event(const GroupEvent& event, Time now) {
  now_ = now;
  if (const auto* installed = std::get_if<ViewInstalled>(&event)) {
    if (!installed->first && !views_.contains(installed->group)) return;
    views_[installed->group] = installed->view;
    trace_.record({now, trace::HeavyView{installed->group, installed->view, installed->transitional}});
  } else if (const auto* hold = std::get_if<HoldRequested>(&event)) {
    if (views_.contains(hold->group)) trace_.record({now, trace::HeavyHold{hold->group}});
  } else if (const auto* decided = std::get_if<PrimaryDecided>(&event)) {
    if (decided->number > 0) trace_.record({now, trace::HeavyPrimary{decided->view, decided->number, decided->voters}});
  } else if (const auto* left = std::get_if<GroupLeft>(&event)) {
    record_left(left->group);
  } else if (const auto* delivered = std::get_if<Delivered>(&event)) {
    const auto view = views_.find(delivered->group);
    if (view == views_.end()) return;
    HAWSER_CHECK(delivered->sender < view->second.members.size());
    trace_.record({now, trace::HeavyDelivered{delivered->group, view->second.members[delivered->sender],
                                              delivered->order, digest_of(delivered->payload.bytes())}});
  }
}

}  // namespace hawser
