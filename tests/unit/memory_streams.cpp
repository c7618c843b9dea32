#include "tests/unit/memory_streams.hpp"

#include <algorithm>

namespace hawser::test {
namespace {

bool is_in(const std::vector<NodeId>& nodes, const NodeId& node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

// Computes one cut.
class Cutter {
 public:
  Cutter(const MemoryRun& run, const std::vector<NodeId>& movers, const std::vector<NodeId>& present,
         MemoryChoices* adversary)
      : run_(run), movers_(movers), present_(present), adversary_(adversary) {}

  MemoryCut cut(std::size_t common) {
    MemoryCut cut;
    cut.common = common;
    settle_order(cut);
    add_ends(*run_.control, cut);
    for (const auto& [id, stretch] : run_.stretches) add_ends(*stretch, cut);
    return cut;
  }

 private:
  static std::size_t of_sender(const MemoryCut& cut, Rank sender) {
    return static_cast<std::size_t>(std::count_if(cut.order.begin(), cut.order.end(),
                                                  [&](const MemoryPlace& place) { return place.first == sender; }));
  }
  std::size_t saved(std::size_t delivered, std::size_t sent) {
    return adversary_ ? adversary_->between(delivered, sent) : delivered;
  }

  // What some mover has delivered comes first, in the order it had, and maybe some of what follows in it; then, by
  // rank, the rest of what movers sent: what others sent may follow from what is lost.
  void settle_order(MemoryCut& cut) {
    const std::size_t in_turn = saved(cut.common, run_.order.size());
    cut.order.assign(run_.order.begin(), run_.order.begin() + static_cast<std::ptrdiff_t>(in_turn));
    for (Rank rank = 0; rank < run_.control->streams.size(); ++rank) {
      if (!is_in(movers_, run_.control->view.members[rank])) continue;
      const std::size_t sent = run_.control->streams[rank].total.size();
      for (std::size_t at = of_sender(cut, rank); at < sent; ++at) cut.order.emplace_back(rank, at);
    }
  }

  void add_ends(const MemoryStretch& stretch, MemoryCut& cut) {
    std::vector<Rank> witnesses;
    for (Rank rank = 0; rank < stretch.streams.size(); ++rank) {
      const bool was_here = stretch.entered[rank] && !stretch.abandoned[rank];
      if (was_here && is_in(present_, stretch.view.members[rank])) witnesses.push_back(rank);
    }
    if (witnesses.empty()) return;
    for (const Rank witness : witnesses) cut.reached_by[stretch.view.id].push_back(stretch.view.members[witness]);
    std::vector<std::size_t>& ends = cut.ends[stretch.view.id];
    for (Rank rank = 0; rank < stretch.streams.size(); ++rank) {
      std::size_t delivered = 0;
      for (const Rank witness : witnesses) delivered = std::max(delivered, stretch.received[witness][rank].fifo);
      const bool comes_along = is_in(movers_, stretch.view.members[rank]) && !stretch.abandoned[rank];
      const std::size_t sent = stretch.streams[rank].fifo.size();
      ends.push_back(comes_along ? sent : saved(delivered, sent));
    }
  }

  const MemoryRun& run_;
  const std::vector<NodeId>& movers_;
  const std::vector<NodeId>& present_;
  MemoryChoices* adversary_;
};

}  // namespace

bool MemoryStretch::is_open() const {
  return std::all_of(came_from.begin(), came_from.end(), [&](Rank rank) { return entered[rank]; });
}

bool MemoryStretch::is_over_for(Rank member) const {
  for (Rank rank = 0; rank < streams.size(); ++rank) {
    if (!closed[rank] || received[member][rank].fifo < streams[rank].fifo.size()) return false;
  }
  return true;
}

bool MemorySent::is_everywhere() const {
  return std::all_of(stretch->received.begin(), stretch->received.end(),
                     [&](const auto& by) { return (is_total ? by[rank].total : by[rank].fifo) > number; });
}

std::shared_ptr<MemoryStretch> MemoryRun::stretch_of(const View& view, const std::vector<NodeId>& old_members) {
  std::shared_ptr<MemoryStretch>& stretch = stretches[view.id];
  if (stretch != nullptr) return stretch;
  stretch = std::make_shared<MemoryStretch>(view);
  for (const NodeId& node : old_members) {
    if (const auto rank = view.rank_of(node)) stretch->came_from.push_back(*rank);
  }
  return stretch;
}

bool MemoryCut::reaches(const View& next, const View* from) const {
  const auto at = reached_by.find(next.id);
  return at != reached_by.end() && std::any_of(at->second.begin(), at->second.end(), [&](const NodeId& node) {
           return from == nullptr || from->contains(node);
         });
}

MemoryCut cut_of(const MemoryRun& run, const std::vector<NodeId>& movers, const std::vector<NodeId>& present,
                 std::size_t common, MemoryChoices* adversary) {
  return Cutter{run, movers, present, adversary}.cut(common);
}

}  // namespace hawser::test
