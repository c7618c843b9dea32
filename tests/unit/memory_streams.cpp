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

  MemoryCut cut() {
    MemoryCut cut;
    add(*run_.control, cut);
    for (const auto& [id, stretch] : run_.stretches) add(*stretch, cut);
    return cut;
  }

 private:
  static std::size_t of_sender(const std::vector<MemoryPlace>& order, Rank sender) {
    return static_cast<std::size_t>(
        std::count_if(order.begin(), order.end(), [&](const MemoryPlace& place) { return place.first == sender; }));
  }
  std::size_t saved(std::size_t delivered, std::size_t sent) {
    return adversary_ ? adversary_->between(delivered, sent) : delivered;
  }
  [[nodiscard]] bool comes_along(const MemoryStretch& stretch, Rank rank) const {
    return is_in(movers_, stretch.view.members[rank]) && !stretch.abandoned[rank];
  }

  void add(const MemoryStretch& stretch, MemoryCut& cut) {
    std::vector<Rank> witnesses;
    for (Rank rank = 0; rank < stretch.streams.size(); ++rank) {
      const bool was_here = stretch.entered[rank] && !stretch.abandoned[rank];
      if (was_here && is_in(present_, stretch.view.members[rank])) witnesses.push_back(rank);
    }
    if (witnesses.empty()) return;
    MemoryCut::Stretch& of = cut.stretches[stretch.view.id];
    for (const Rank witness : witnesses) of.reached_by.push_back(stretch.view.members[witness]);
    settle_order(stretch, witnesses, of);
    add_ends(stretch, witnesses, of);
  }

  // What some mover has delivered comes first, in the order it had, and maybe some of what follows in it; then, by
  // rank, the rest of what movers sent: what others sent may follow from what is lost.
  void settle_order(const MemoryStretch& stretch, const std::vector<Rank>& witnesses, MemoryCut::Stretch& of) {
    for (const Rank witness : witnesses) of.common = std::max(of.common, stretch.total_at[witness]);
    const std::size_t in_turn = saved(of.common, stretch.order.size());
    of.order.assign(stretch.order.begin(), stretch.order.begin() + static_cast<std::ptrdiff_t>(in_turn));
    for (Rank rank = 0; rank < stretch.streams.size(); ++rank) {
      if (!comes_along(stretch, rank)) continue;
      const std::size_t sent = stretch.streams[rank].total.size();
      for (std::size_t at = of_sender(of.order, rank); at < sent; ++at) of.order.emplace_back(rank, at);
    }
  }

  void add_ends(const MemoryStretch& stretch, const std::vector<Rank>& witnesses, MemoryCut::Stretch& of) {
    for (Rank rank = 0; rank < stretch.streams.size(); ++rank) {
      std::size_t delivered = 0;
      for (const Rank witness : witnesses) delivered = std::max(delivered, stretch.received[witness][rank].fifo);
      const std::size_t sent = stretch.streams[rank].fifo.size();
      of.ends.push_back(comes_along(stretch, rank) ? sent : saved(delivered, sent));
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
    const Received& heard = received[member][rank];
    if (!closed[rank] || heard.fifo < streams[rank].fifo.size() || heard.total < streams[rank].total.size())
      return false;
  }
  return true;
}

bool MemoryStretch::has_unordered() const {
  return std::any_of(streams.begin(), streams.end(), [](const auto& one) { return one.ordered < one.total.size(); });
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
  const Stretch* const known = of(next.id);
  return known != nullptr && std::any_of(known->reached_by.begin(), known->reached_by.end(),
                                         [&](const NodeId& node) { return from == nullptr || from->contains(node); });
}

MemoryCut cut_of(const MemoryRun& run, const std::vector<NodeId>& movers, const std::vector<NodeId>& present,
                 MemoryChoices* adversary) {
  return Cutter{run, movers, present, adversary}.cut();
}

}  // namespace hawser::test
