#include "tests/unit/memory_heavy_group.hpp"

#include <algorithm>

#include "transport/core/check.hpp"

namespace hawser::test {

Status MemoryHeavyGroup::multicast(Order order, std::span<const ByteView> parts, Time, Outbox&) {
  std::size_t size = 0;
  for (const ByteView part : parts) size += part.size();
  if (size > kMessageBytesMax) return Error{Errc::too_large, "longer than a message may be"};
  if (refuses_) return Error{Errc::would_block, "the send queue is full"};
  Buffer message = Buffer::allocate(size);
  message.resize(size);
  std::byte* to = message.data();
  for (const ByteView part : parts) to = std::copy(part.begin(), part.end(), to);
  ++accepted_;
  cluster_.send(node_, order, std::move(message));
  return Ok{};
}

MemoryHeavyGroup& MemoryCluster::add(const NodeId& node) {
  Node& added = nodes_[node];
  added.group = std::make_unique<MemoryHeavyGroup>(*this, node);
  return *added.group;
}

const View& MemoryCluster::view_of(const NodeId& node) const {
  static const View kNone;
  const auto& run = nodes_.at(node).run;
  return run == nullptr ? kNone : run->view;
}

// ---- Sending ----

void MemoryCluster::put(Run& run, Rank rank, Order order, Buffer message) {
  Stream& stream = run.streams[rank];
  (order == Order::fifo ? stream.fifo : stream.total).push_back(std::move(message));
}

void MemoryCluster::send(const NodeId& from, Order order, Buffer message) {
  Node& node = nodes_.at(from);
  if (node.run == nullptr || !node.upcoming.empty()) {
    node.waiting.emplace_back(order, std::move(message));
  } else {
    put(*node.run, *node.run->view.rank_of(from), order, std::move(message));
  }
}

// ---- Delivering ----

std::vector<MemoryStep> MemoryCluster::steps(const NodeId& id) const {
  using Kind = MemoryStep::Kind;
  const Node& node = nodes_.at(id);
  std::vector<MemoryStep> steps;
  if (!node.alive) return steps;
  const Cut* cut = node.upcoming.empty() ? nullptr : node.upcoming.front().cut.get();
  if (node.run != nullptr) {
    bool unordered = false;
    for (std::size_t rank = 0; rank < node.run->streams.size(); ++rank) {
      const Stream& stream = node.run->streams[rank];
      if (node.fifo_at[rank] < (cut ? cut->fifo[rank] : stream.fifo.size())) {
        steps.push_back({Kind::fifo, static_cast<Rank>(rank)});
      }
      unordered = unordered || stream.ordered < stream.total.size();
    }
    const bool more = cut ? node.total_at < cut->order.size() : unordered || node.total_at < node.run->order.size();
    if (more) steps.push_back({Kind::total, 0});
  }
  if (steps.empty() && !node.upcoming.empty()) steps.push_back({Kind::view, 0});
  return steps;
}

GroupEvent MemoryCluster::take(const NodeId& id, const MemoryStep& step) {
  Node& node = nodes_.at(id);
  if (step.kind == MemoryStep::Kind::view) return enter(id, node);
  if (step.kind == MemoryStep::Kind::fifo) {
    const std::size_t at = node.fifo_at[step.sender]++;
    return Delivered{kControlGroup, step.sender, Order::fifo, Slice{node.run->streams[step.sender].fifo.at(at)}};
  }
  const auto [rank, at] = next_total(node);
  return Delivered{kControlGroup, rank, Order::total, Slice{node.run->streams[rank].total.at(at)}};
}

MemoryCluster::Place MemoryCluster::next_total(Node& node) {
  const std::size_t at = node.total_at++;
  if (!node.upcoming.empty()) {
    const Upcoming& next = node.upcoming.front();
    next.run->certain = next.run->certain || at >= next.cut->common;
    return next.cut->order.at(at);
  }
  Run& run = *node.run;
  if (at < run.order.size()) return run.order[at];
  std::vector<Rank> candidates;
  for (std::size_t rank = 0; rank < run.streams.size(); ++rank) {
    if (run.streams[rank].ordered < run.streams[rank].total.size()) candidates.push_back(static_cast<Rank>(rank));
  }
  HAWSER_CHECK(!candidates.empty());
  const Rank rank = candidates[adversary_ ? adversary_->below(candidates.size()) : 0];
  return run.order.emplace_back(rank, run.streams[rank].ordered++);
}

GroupEvent MemoryCluster::enter(const NodeId& id, Node& node) {
  Upcoming next = std::move(node.upcoming.front());
  node.upcoming.pop_front();
  node.run = std::move(next.run);
  node.fifo_at.assign(node.run->streams.size(), 0);
  node.total_at = 0;
  node.run->certain = true;
  if (node.upcoming.empty()) {
    for (auto& [order, message] : std::exchange(node.waiting, {})) {
      put(*node.run, *node.run->view.rank_of(id), order, std::move(message));
    }
  }
  return ViewInstalled{kControlGroup, node.run->view, std::move(next.transitional)};
}

// ---- View changes ----

const std::shared_ptr<MemoryCluster::Run>& MemoryCluster::last_run(const Node& node) {
  return node.upcoming.empty() ? node.run : node.upcoming.back().run;
}

void MemoryCluster::give_up_unseen_views() {
  for (auto& [id, node] : nodes_) {
    while (!node.upcoming.empty() && !node.upcoming.back().run->certain) node.upcoming.pop_back();
  }
}

void MemoryCluster::change(const std::vector<std::vector<NodeId>>& components) {
  give_up_unseen_views();
  for (const std::vector<NodeId>& members : components) {
    const std::shared_ptr<Run> run = make_run(members);
    std::vector<std::pair<NodeId, Upcoming>> entries;
    for (const std::vector<NodeId>& movers : by_origin(run->view.members)) {
      const auto& from = last_run(nodes_.at(movers.front()));
      const auto cut = from == nullptr ? std::make_shared<const Cut>() : make_cut(*from, movers);
      for (const NodeId& id : movers) entries.emplace_back(id, Upcoming{run, cut, movers});
    }
    for (auto& [id, upcoming] : entries) nodes_.at(id).upcoming.push_back(std::move(upcoming));
  }
}

// Those who come from the same view, each lot by rank. Who has had no view comes alone.
std::vector<std::vector<NodeId>> MemoryCluster::by_origin(const std::vector<NodeId>& members) const {
  std::vector<std::vector<NodeId>> lots;
  for (const NodeId& id : members) {
    const auto& from = last_run(nodes_.at(id));
    const auto lot = std::find_if(lots.begin(), lots.end(), [&](const std::vector<NodeId>& one) {
      return from != nullptr && last_run(nodes_.at(one.front())) == from;
    });
    if (lot == lots.end()) {
      lots.push_back({id});
    } else {
      lot->push_back(id);
    }
  }
  return lots;
}

std::shared_ptr<MemoryCluster::Run> MemoryCluster::make_run(std::vector<NodeId> members) {
  std::sort(members.begin(), members.end());
  for (std::size_t left = members.size(); adversary_ && left > 1; --left) {
    std::swap(members[left - 1], members[adversary_->below(left)]);
  }
  auto run = std::make_shared<Run>();
  for (const NodeId& id : members) {
    const auto& before = last_run(nodes_.at(id));
    if (before) run->view.id.epoch = std::max(run->view.id.epoch, before->view.id.epoch);
  }
  ++run->view.id.epoch;
  run->view.id.digest = mix64(++views_);
  run->view.start_ids.resize(members.size());
  run->streams.resize(members.size());
  run->view.members = std::move(members);
  return run;
}

std::size_t MemoryCluster::saved(std::size_t delivered, std::size_t sent) {
  return adversary_ ? adversary_->between(delivered, sent) : delivered;
}

std::shared_ptr<const MemoryCluster::Cut> MemoryCluster::make_cut(const Run& run, const std::vector<NodeId>& movers) {
  const auto in_run = [&](const Node& node) { return node.run.get() == &run; };
  auto cut = std::make_shared<Cut>();
  for (const NodeId& id : movers) {
    const Node& node = nodes_.at(id);
    if (in_run(node)) cut->common = std::max(cut->common, node.total_at);
  }
  std::vector<std::size_t> total_limits;
  for (std::size_t rank = 0; rank < run.streams.size(); ++rank) {
    const Stream& stream = run.streams[rank];
    const NodeId& sender = run.view.members[rank];
    if (std::find(movers.begin(), movers.end(), sender) != movers.end()) {
      cut->fifo.push_back(stream.fifo.size());
      total_limits.push_back(stream.total.size());
      continue;
    }
    std::size_t delivered = 0;
    for (const NodeId& id : movers) {
      const Node& node = nodes_.at(id);
      if (in_run(node)) delivered = std::max(delivered, node.fifo_at[rank]);
    }
    cut->fifo.push_back(saved(delivered, stream.fifo.size()));
    const auto of_sender =
        std::count_if(run.order.begin(), run.order.begin() + static_cast<std::ptrdiff_t>(cut->common),
                      [&](const Place& place) { return place.first == rank; });
    total_limits.push_back(saved(static_cast<std::size_t>(of_sender), stream.total.size()));
  }
  order_leftovers(run, total_limits, *cut);
  return cut;
}

// What some mover has delivered comes first, in the order it had; then the rest by rank.
void MemoryCluster::order_leftovers(const Run& run, const std::vector<std::size_t>& limits, Cut& cut) {
  cut.order.assign(run.order.begin(), run.order.begin() + static_cast<std::ptrdiff_t>(cut.common));
  for (std::size_t rank = 0; rank < limits.size(); ++rank) {
    const auto of_sender =
        std::count_if(cut.order.begin(), cut.order.end(), [&](const Place& place) { return place.first == rank; });
    for (auto at = static_cast<std::size_t>(of_sender); at < limits[rank]; ++at) {
      cut.order.emplace_back(static_cast<Rank>(rank), at);
    }
  }
}

}  // namespace hawser::test
