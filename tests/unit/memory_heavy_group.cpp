// What nodes ask of a MemoryCluster.
#include "tests/unit/memory_heavy_group.hpp"

#include <algorithm>

#include "tests/unit/memory_cluster.hpp"
#include "transport/core/check.hpp"

namespace hawser::test {

// ---- A node's end ----

Status MemoryHeavyGroup::multicast(Order order, const Parts& parts, Time, Outbox&) {
  return cluster_.send(node_, id_, order, parts);
}

std::uint64_t MemoryHeavyGroup::accepted() const { return cluster_.nodes_.at(node_).seats.at(id_).accepted; }

std::uint64_t MemoryHeavyGroup::stable() const { return cluster_.stable(node_, id_); }

HeavyGroup& MemoryHeavyGroups::control() { return cluster_.nodes_.at(node_).seats.at(kControlGroup).group; }

HeavyGroup* MemoryHeavyGroups::find(GroupId group) {
  auto& seats = cluster_.nodes_.at(node_).seats;
  const auto at = seats.find(group);
  if (at == seats.end()) return nullptr;
  return group == kControlGroup || at->second.counts(node_) ? &at->second.group : nullptr;
}

Status MemoryHeavyGroups::arrange(GroupId group, std::span<const NodeId> old_members, std::span<const NodeId> members,
                                  Time, Outbox&) {
  return cluster_.arrange(node_, {group, {old_members.begin(), old_members.end()}, {members.begin(), members.end()}});
}

std::vector<UnsentMessage> MemoryHeavyGroups::resume(ViewId control_view) {
  return cluster_.resume(node_, control_view);
}

void MemoryHeavyGroups::drop(GroupId group, ViewId since) { cluster_.drop(node_, group, since); }

void MemoryHeavyGroups::refuse(bool refuses) { cluster_.nodes_.at(node_).refuses = refuses; }

bool MemoryHeavyGroups::refuses() const { return cluster_.nodes_.at(node_).refuses; }

// ---- Sending ----

Status MemoryCluster::send(const NodeId& from, GroupId group, Order order, const Parts& parts) {
  Node& node = nodes_.at(from);
  Seat& seat = node.seats.at(group);
  HAWSER_CHECK(order == Order::fifo || order == Order::bulk || order == Order::total);
  HAWSER_CHECK(group == kControlGroup || seat.in != nullptr || !seat.pending.empty());  // After GroupLeft.
  if (parts.size() > kMessageBytesMax) return Error{Errc::too_large, "longer than a message may be"};
  if (node.refuses) return Error{Errc::would_block, "the send queue is full"};
  Buffer message = Buffer::joined(parts.views);
  if (on_sent) on_sent(from, group, message.bytes());
  ++seat.accepted;
  if (node.held) {
    seat.unsent.push_back({group, order, Slice{std::move(message)}});
    if (!seat.first_unsent) seat.first_unsent = seat.accepted;
    return Ok{};
  }
  seat.waiting.push_back(
      {order, MemoryEntry{.message = std::move(message), .bulk = order == Order::bulk, .as = seat.accepted}});
  pump(node, seat);
  return Ok{};
}

Status MemoryCluster::arrange(const NodeId& from, MemoryArrangement arrangement) {
  Node& node = nodes_.at(from);
  if (node.held) return Ok{};  // It belongs to a view that is over.
  if (node.refuses) return Error{Errc::would_block, "the send queue is full"};
  for (const NodeId& member : arrangement.members) HAWSER_CHECK(node.run->control->view.contains(member));
  Seat& control = node.seats.at(kControlGroup);
  control.waiting.push_back({Order::total, MemoryEntry{.arrangement = std::move(arrangement)}});
  pump(node, control);
  return Ok{};
}

void MemoryCluster::pump(Node& node, Seat& seat) {
  while (!seat.waiting.empty() && can_go_out(node, seat)) {
    put(seat, std::move(seat.waiting.front()));
    seat.waiting.pop_front();
  }
}

void MemoryCluster::put(Seat& seat, Waiting message) {
  const bool is_total = message.order == Order::total;
  MemoryStretch::Stream& stream = seat.in->streams[seat.rank];
  auto& entries = is_total ? stream.total : stream.fifo;
  const std::size_t place = is_total ? entries.size() : place_of_next(seat, message.entry.bulk);
  for (MemorySent& other : seat.sent) {
    if (other.stretch == seat.in && other.is_total == is_total && other.number >= place) ++other.number;
  }
  if (!message.entry.arrangement) seat.sent.push_back({seat.in, seat.rank, is_total, place, message.entry.as});
  entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(place), std::move(message.entry));
}

// In its stream: at the end, or before bulk messages there that nobody has heard.
std::size_t MemoryCluster::place_of_next(const Seat& seat, bool bulk) {
  const MemoryStretch::Stream& stream = seat.in->streams[seat.rank];
  const std::size_t end = stream.fifo.size();
  if (bulk) return end;
  std::size_t first = stream.fifo_out;
  for (const auto& by : seat.in->received) first = std::max(first, by[seat.rank].fifo);
  std::size_t place = end;
  while (place > first && stream.fifo[place - 1].bulk) --place;
  if (adversary_ == nullptr) return overtakes_bulk ? place : end;
  return place == end ? end : adversary_->between(place, end);
}

// What nobody has heard may as well still be in the send queue. That is settled when it matters: before a view ends.
void MemoryCluster::hold_back(Seat& seat) {
  if (adversary_ == nullptr || !seat.may_send()) return;
  std::size_t heard = 0;
  for (const auto& by : seat.in->received) heard = std::max(heard, by[seat.rank].fifo);
  hold_back(seat, false, heard);
  hold_back(seat, true, seat.in->streams[seat.rank].ordered);
}

void MemoryCluster::hold_back(Seat& seat, bool is_total, std::size_t heard) {
  MemoryStretch::Stream& stream = seat.in->streams[seat.rank];
  auto& entries = is_total ? stream.total : stream.fifo;
  std::size_t& out = is_total ? stream.total_out : stream.fifo_out;
  const std::size_t least = std::max(heard, out);
  const std::size_t kept = least == entries.size() ? least : adversary_->between(least, entries.size());
  out = kept;
  for (; entries.size() > kept; entries.pop_back()) {
    const Order order = is_total ? Order::total : entries.back().bulk ? Order::bulk : Order::fifo;
    seat.waiting.push_front({order, std::move(entries.back())});
  }
  std::erase_if(seat.sent, [&](const MemorySent& one) {
    return one.stretch == seat.in && one.is_total == is_total && one.number >= kept;
  });
}

std::uint64_t MemoryCluster::stable(const NodeId& id, GroupId group) {
  const Seat& seat = nodes_.at(id).seats.at(group);
  if (stable_without_place && seat.may_send()) {  // It has gone out, then.
    MemoryStretch::Stream& stream = seat.in->streams[seat.rank];
    stream.total_out = stream.total.size();
  }
  std::uint64_t first = seat.first_unsent.value_or(seat.accepted + 1);
  for (const MemorySent& one : seat.sent) {
    if (!one.is_everywhere() && !(one.is_total && stable_without_place)) first = std::min(first, one.as);
  }
  for (const Waiting& one : seat.waiting) {
    if (!one.entry.arrangement) first = std::min(first, one.entry.as);
  }
  return first - 1;
}

// ---- Between views ----

std::vector<UnsentMessage> MemoryCluster::resume(const NodeId& id, ViewId control_view) {
  Node& node = nodes_.at(id);
  std::vector<UnsentMessage> unsent;
  if (control_view != node.run->control->view.id) return unsent;
  node.held = false;
  for (auto& [group, seat] : node.seats) {
    seat.first_unsent.reset();
    for (UnsentMessage& message : std::exchange(seat.unsent, {})) unsent.push_back(std::move(message));
    pump(node, seat);
  }
  return unsent;
}

void MemoryCluster::drop(const NodeId& id, GroupId group, ViewId since) {
  Node& node = nodes_.at(id);
  const auto at = node.seats.find(group);
  if (at == node.seats.end() || at->second.since != since || group == kControlGroup) return;
  if (at->second.in != nullptr) at->second.in->abandoned[at->second.rank] = true;
  node.seats.erase(at);
}

}  // namespace hawser::test
