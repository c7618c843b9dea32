#include "pubsub-api/src/session/state_sync.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

StateSync::Duty StateSync::on_view(const LightViewInstalled& event) {
  HAWSER_CHECK(!event.view.members.empty());
  const StateCut cut = cut_of(event.view);
  const bool first = !in_view_;
  const bool donor_is_new = first || event.view.members.front().node != donor_;
  in_view_ = true;
  donor_ = event.view.members.front().node;

  std::erase_if(unsynced_, [&](const Unsynced& member) { return !event.view.contains(member.node); });
  if (donor_is_new && !HAWSER_FAULT("session_new_donor_forgets")) {
    for (Unsynced& member : unsynced_) member.cut = cut;
  }
  for (const NodeId& node : event.newcomers) unsynced_.push_back({node, cut});

  Duty duty;
  if (!synced_ && donor_ == self_) {
    duty.found = true;
    duty.state_lost = !first;
    synced_ = true;
    std::erase_if(unsynced_, [&](const Unsynced& member) { return member.node == self_; });
  }
  duty.await = !synced_ && donor_is_new;
  duty.donate = donor_ == self_ && !unsynced_.empty() && unsynced_.back().cut == cut;
  return duty;
}

bool StateSync::on_state(const StateCut& cut, const NodeId& donor) {
  if (donor != donor_) return false;
  const bool has_it_now = awaits(cut, donor);
  synced_ = synced_ || has_it_now;
  // Whoever stands before the last that awaited this cut awaits it too, or one whose state came before this.
  const auto last = std::find_if(unsynced_.rbegin(), unsynced_.rend(), [&](const Unsynced& m) { return m.cut == cut; });
  unsynced_.erase(unsynced_.begin(), last.base());
  if (unsynced_.empty()) unsynced_.shrink_to_fit();
  return has_it_now;
}

bool StateSync::awaits(const StateCut& cut, const NodeId& donor) const {
  if (synced_ || !in_view_ || donor != donor_) return false;
  if (HAWSER_FAULT("session_takes_any_cut")) return true;
  return std::any_of(unsynced_.begin(), unsynced_.end(),
                     [&](const Unsynced& m) { return m.node == self_ && m.cut == cut; });
}

std::vector<NodeId> StateSync::awaiting(const StateCut& cut) const {
  std::vector<NodeId> nodes;
  for (const Unsynced& member : unsynced_) {
    if (member.cut == cut) nodes.push_back(member.node);
  }
  return nodes;
}

void StateSync::on_left() {
  in_view_ = false;
  synced_ = false;
  unsynced_.clear();
}

}  // namespace hawser
