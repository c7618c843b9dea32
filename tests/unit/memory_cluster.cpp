#include "tests/unit/memory_cluster.hpp"

#include <algorithm>

#include "transport/arrangement.hpp"
#include "transport/core/check.hpp"

namespace hawser::test {
namespace {

template <typename Value>
bool is_in(const std::vector<Value>& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

MemoryHeavyGroups& MemoryCluster::add(const NodeId& id) {
  Node& node = nodes_[id];
  node.groups = std::make_unique<MemoryHeavyGroups>(*this, id);
  seat(id, node, kControlGroup);
  return *node.groups;
}

MemoryCluster::Seat& MemoryCluster::seat(const NodeId& id, Node& node, GroupId group) {
  return node.seats.try_emplace(group, Seat{MemoryHeavyGroup{*this, id, group}, nullptr}).first->second;
}

const View& MemoryCluster::view_of(const NodeId& id, GroupId group) const {
  static const View kNone;
  const Node& node = nodes_.at(id);
  const auto at = node.seats.find(group);
  return at == node.seats.end() || at->second.in == nullptr ? kNone : at->second.in->view;
}

// ---- What can happen ----

std::vector<MemoryStep> MemoryCluster::steps(const NodeId& id) const {
  using Kind = MemoryStep::Kind;
  const Node& node = nodes_.at(id);
  std::vector<MemoryStep> steps;
  if (!node.alive) return steps;
  if (node.run != nullptr) {
    if (has_total_step(node, node.seats.at(kControlGroup))) steps.push_back({Kind::total, kControlGroup, 0});
    for (const auto& [group, seat] : node.seats) {
      append_fifo_steps(node, seat, steps);
      if (group != kControlGroup && has_total_step(node, seat)) steps.push_back({Kind::total, group, 0});
      if (!seat.pending.empty() && may_step(node, seat)) steps.push_back({Kind::arranged, group, 0});
    }
  }
  if (steps.empty() && node.frozen()) steps.push_back({Kind::view, kControlGroup, 0});
  return steps;
}

void MemoryCluster::append_fifo_steps(const Node& node, const Seat& seat, std::vector<MemoryStep>& steps) {
  if (seat.in == nullptr) return;
  const MemoryCut::Stretch* const cut = node.frozen() ? node.upcoming.front().cut->of(seat.in->view.id) : nullptr;
  if (node.frozen() && cut == nullptr) return;
  for (Rank rank = 0; rank < seat.in->streams.size(); ++rank) {
    const std::size_t end = cut != nullptr ? cut->ends[rank] : seat.in->streams[rank].fifo.size();
    if (seat.in->received[seat.rank][rank].fifo >= end) continue;
    steps.push_back({MemoryStep::Kind::fifo, seat.group.id(), rank});
  }
}

bool MemoryCluster::has_total_step(const Node& node, const Seat& seat) {
  if (seat.in == nullptr) return false;
  const std::size_t at = seat.in->total_at[seat.rank];
  if (!node.frozen()) return at < seat.in->order.size() || seat.in->has_unordered();
  const MemoryCut::Stretch* const cut = node.upcoming.front().cut->of(seat.in->view.id);
  return cut != nullptr && at < cut->order.size();
}

std::size_t MemoryCluster::Node::ordered_at() const {
  const Seat& control = seats.at(kControlGroup);
  return control.in == nullptr ? 0 : control.in->total_at[control.rank];
}

std::vector<GroupEvent> MemoryCluster::take(const NodeId& id, const MemoryStep& step) {
  Node& node = nodes_.at(id);
  Events events;
  switch (step.kind) {
    case MemoryStep::Kind::view: enter(id, node, events); break;
    case MemoryStep::Kind::total: events = deliver_total(id, node, step.group); break;
    case MemoryStep::Kind::fifo: events = deliver_fifo(node, step); break;
    case MemoryStep::Kind::arranged: step_to_next(id, node, node.seats.at(step.group), events); break;
  }
  pump_all();
  std::erase_if(node.seats, [](const auto& entry) {
    const Seat& seat = entry.second;
    const bool is_out = seat.in == nullptr && seat.pending.empty() && seat.waiting.empty() && seat.unsent.empty();
    return entry.first != kControlGroup && is_out;
  });
  return events;
}

void MemoryCluster::pump_all() {
  for (auto& [id, node] : nodes_) {
    for (auto& [group, seat] : node.seats) pump(node, seat);
  }
}

// ---- Delivering ----

MemoryCluster::Events MemoryCluster::deliver_fifo(Node& node, const MemoryStep& step) {
  Seat& seat = node.seats.at(step.group);
  const std::size_t at = seat.in->received[seat.rank][step.sender].fifo++;
  const MemoryEntry& entry = seat.in->streams[step.sender].fifo.at(at);
  Events events;
  events.emplace_back(Delivered{step.group, step.sender, entry.bulk ? Order::bulk : Order::fifo, Slice{entry.message}});
  return events;
}

MemoryCluster::Events MemoryCluster::deliver_total(const NodeId& id, Node& node, GroupId group) {
  const Seat& seat = node.seats.at(group);
  const auto [sender, at] = next_total(node, seat);
  ++seat.in->received[seat.rank][sender].total;
  const MemoryEntry& entry = seat.in->streams[sender].total.at(at);
  Events events;
  if (entry.arrangement) {
    on_arrangement(id, node, *entry.arrangement, events);
  } else {
    events.emplace_back(Delivered{group, sender, Order::total, Slice{entry.message}});
  }
  return events;
}

MemoryPlace MemoryCluster::next_total(Node& node, const Seat& seat) {
  MemoryStretch& stretch = *seat.in;
  const std::size_t at = stretch.total_at[seat.rank]++;
  if (node.frozen()) {
    const Upcoming& next = node.upcoming.front();
    const MemoryCut::Stretch& cut = *next.cut->of(stretch.view.id);
    next.run->certain = next.run->certain || at >= cut.common;
    return cut.order.at(at);
  }
  if (at < stretch.order.size()) return stretch.order[at];
  auto& streams = stretch.streams;
  std::vector<Rank> candidates;
  for (Rank rank = 0; rank < streams.size(); ++rank) {
    if (streams[rank].ordered < streams[rank].total.size()) candidates.push_back(rank);
  }
  HAWSER_CHECK(!candidates.empty());
  const Rank rank = candidates[adversary_ ? adversary_->below(candidates.size()) : 0];
  return stretch.order.emplace_back(rank, streams[rank].ordered++);
}

// ---- Arrangements ----

void MemoryCluster::on_arrangement(const NodeId& id, Node& node, const MemoryArrangement& arrangement, Events& events) {
  const GroupId group = arrangement.group;
  const ViewId control = node.run->control->view.id;
  View next{arranged_view_id(control, group, ++node.arrangements), arrangement.members, {}};
  next.start_ids.resize(next.members.size());
  events.emplace_back(GroupArranged{group, arrangement.members});
  const auto known = node.seats.find(group);
  // A group of the same id that this node brought from its side of a partition, which gave way.
  if (known != node.seats.end() && known->second.counts(id) && !is_in(arrangement.old_members, id)) {
    drop(id, group, known->second.since);
    events.emplace_back(GroupLeft{group});
  }
  const auto at = node.seats.find(group);
  if (!next.contains(id) && (at == node.seats.end() || !at->second.counts(id))) return;
  Seat& here = seat(id, node, group);
  here.pending.push_back({std::move(next), arrangement.old_members});
  if (here.in == nullptr) {
    while (!here.pending.empty() && may_step(node, here)) step_to_next(id, node, here, events);
  } else if (!node.frozen()) {
    hold_back(here);
    here.in->closed[here.rank] = true;
  }
}

// While the control view changes, only to where somebody who comes along has been.
bool MemoryCluster::may_step(const Node& node, const Seat& seat) {
  if (!node.frozen()) return seat.in == nullptr || seat.in->is_over_for(seat.rank);
  const MemoryCut& cut = *node.upcoming.front().cut;
  const View* const from = seat.in == nullptr ? nullptr : &seat.in->view;
  std::vector<MemoryStep> first;
  append_fifo_steps(node, seat, first);
  if (!first.empty() || has_total_step(node, seat)) return false;
  return cut.reaches(seat.pending.front().next, from);
}

void MemoryCluster::step_to_next(const NodeId& id, Node& node, Seat& seat, Events& events) {
  const auto [next, old_members] = std::move(seat.pending.front());
  seat.pending.pop_front();
  const std::shared_ptr<MemoryStretch> before = std::exchange(seat.in, nullptr);
  if (next.contains(id)) {
    sit_down(id, seat, node.run->stretch_of(next, old_members));
    if (before == nullptr) seat.since = next.id;
    std::vector<NodeId> transitional = next.members;
    std::erase_if(transitional, [&](const NodeId& member) {
      return before == nullptr ? member != id : !before->view.contains(member);
    });
    events.emplace_back(ViewInstalled{seat.group.id(), next, std::move(transitional), before == nullptr});
    if (!seat.pending.empty() && !node.frozen()) seat.in->closed[seat.rank] = true;
  } else if (before != nullptr) {
    events.emplace_back(GroupLeft{seat.group.id()});
  }
}

void MemoryCluster::sit_down(const NodeId& id, Seat& seat, std::shared_ptr<MemoryStretch> stretch) {
  seat.rank = *stretch->view.rank_of(id);
  seat.in = std::move(stretch);
  seat.in->entered[seat.rank] = true;
}

// ---- The next control view ----

void MemoryCluster::enter(const NodeId& id, Node& node, Events& events) {
  Upcoming next = std::move(node.upcoming.front());
  node.upcoming.pop_front();
  const bool first = node.run == nullptr;
  node.run = std::move(next.run);
  node.run->certain = true;
  node.arrangements = 0;
  node.held = true;
  Seat& control = node.seats.at(kControlGroup);
  take_back(control);
  sit_down(id, control, node.run->control);
  events.emplace_back(ViewInstalled{kControlGroup, control.in->view, next.transitional, first});
  for (auto& [group, seat] : node.seats) {
    if (group != kControlGroup) enter_group(id, node, seat, next, events);
  }
}

void MemoryCluster::enter_group(const NodeId& id, Node& node, Seat& seat, const Upcoming& by, Events& events) {
  take_back(seat);
  const std::shared_ptr<MemoryStretch> before = std::exchange(seat.in, nullptr);
  if (before == nullptr && seat.pending.empty()) return;
  const View& last = seat.pending.empty() ? before->view : seat.pending.back().next;
  View next{carried_view_id(node.run->control->view.id, seat.group.id(), last.id), {}, {}};
  for (const NodeId& member : last.members) {
    if (is_in(by.transitional, member)) next.members.push_back(member);
  }
  next.start_ids.resize(next.members.size());
  seat.pending.clear();
  if (!next.contains(id)) {
    if (before != nullptr) events.emplace_back(GroupLeft{seat.group.id()});
    return;
  }
  sit_down(id, seat, node.run->stretch_of(next));
  if (before == nullptr) seat.since = next.id;
  std::vector<NodeId> transitional = transitional_of(next, before.get(), *by.cut, id);
  events.emplace_back(ViewInstalled{seat.group.id(), next, std::move(transitional), before == nullptr});
}

// Those of the view before; of them, those who were in the one before that only where one of these is known to have
// come.
std::vector<NodeId> MemoryCluster::transitional_of(const View& next, const MemoryStretch* before, const MemoryCut& cut,
                                                   const NodeId& self) const {
  if (before == nullptr) return {self};
  const auto was_before = [&](const NodeId& node) {
    const auto rank = before->view.rank_of(node);
    return rank && is_in(before->came_from, *rank);
  };
  const MemoryCut::Stretch* const known = cut.of(before->view.id);
  const bool they_came = before->came_from.empty() || known == nullptr ||
                         std::any_of(known->reached_by.begin(), known->reached_by.end(), was_before);
  std::vector<NodeId> transitional;
  for (const NodeId& member : next.members) {
    if (before->view.contains(member) && (they_came || !was_before(member))) transitional.push_back(member);
  }
  return transitional;
}

// What did not go out waits for resume(); what did is with all who come along, or will be before they do.
void MemoryCluster::take_back(Seat& seat) {
  seat.sent.clear();
  for (Waiting& one : std::exchange(seat.waiting, {})) {
    if (one.entry.arrangement) continue;
    seat.first_unsent = std::min(seat.first_unsent.value_or(one.entry.as), one.entry.as);
    seat.unsent.push_back({seat.group.id(), one.order, Slice{std::move(one.entry.message)}});
  }
}

}  // namespace hawser::test
