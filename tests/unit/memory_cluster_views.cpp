// How the control views of a MemoryCluster change.
#include <algorithm>

#include "tests/unit/memory_cluster.hpp"

namespace hawser::test {

const std::shared_ptr<MemoryRun>& MemoryCluster::last_run(const Node& node) {
  return node.upcoming.empty() ? node.run : node.upcoming.back().run;
}

void MemoryCluster::give_up_unseen_views() {
  for (auto& [id, node] : nodes_) {
    while (!node.upcoming.empty() && !node.upcoming.back().run->certain) node.upcoming.pop_back();
  }
}

void MemoryCluster::change(const std::vector<std::vector<NodeId>>& components) {
  give_up_unseen_views();
  for (auto& [id, node] : nodes_) {
    for (auto& [group, seat] : node.seats) {
      if (node.alive && !node.frozen()) hold_back(seat);
    }
  }
  for (const std::vector<NodeId>& members : components) {
    const std::shared_ptr<MemoryRun> run = make_run(members);
    std::vector<std::pair<NodeId, Upcoming>> entries;
    for (const std::vector<NodeId>& movers : by_origin(run->control->view.members)) {
      const auto& from = last_run(nodes_.at(movers.front()));
      const auto cut = from == nullptr ? std::make_shared<const MemoryCut>() : make_cut(*from, movers);
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

std::shared_ptr<MemoryRun> MemoryCluster::make_run(std::vector<NodeId> members) {
  std::sort(members.begin(), members.end());
  if (adversary_ != nullptr) adversary_->rank(members);
  View view;
  for (const NodeId& id : members) {
    const auto& before = last_run(nodes_.at(id));
    if (before) view.id.epoch = std::max(view.id.epoch, before->control->view.id.epoch);
  }
  ++view.id.epoch;
  view.id.digest = mix64(0xd1ce5 + (++views_ << 32U));
  view.start_ids.resize(members.size());
  view.members = std::move(members);
  return std::make_shared<MemoryRun>(std::move(view));
}

std::shared_ptr<const MemoryCut> MemoryCluster::make_cut(const MemoryRun& run, const std::vector<NodeId>& movers) {
  std::vector<NodeId> present;
  for (const NodeId& id : movers) {
    if (nodes_.at(id).run.get() == &run) present.push_back(id);
  }
  return std::make_shared<const MemoryCut>(cut_of(run, movers, present, adversary_));
}

}  // namespace hawser::test
