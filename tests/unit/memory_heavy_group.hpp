// A heavy-weight group for several nodes in one process, with every guarantee of transport/heavy_group.hpp and nothing
// beyond: who hears what next, and when views come, is the test's choice. Fifo and total messages of one sender are not
// ordered against each other; a total message takes its place when the first member delivers it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "transport/core/events.hpp"
#include "transport/core/rng.hpp"
#include "transport/heavy_group.hpp"

namespace hawser::test {

class MemoryCluster;

/// One node's end of it.
class MemoryHeavyGroup final : public HeavyGroup {
 public:
  MemoryHeavyGroup(MemoryCluster& cluster, const NodeId& node) : cluster_(cluster), node_(node) {}

  [[nodiscard]] GroupId id() const override { return kControlGroup; }
  Status multicast(Order order, std::span<const ByteView> parts, Time now, Outbox& out) override;
  [[nodiscard]] std::uint64_t accepted() const override { return accepted_; }
  [[nodiscard]] std::uint64_t stable() const override { return accepted_; }

  /// The send queue is full until refuse(false).
  void refuse(bool refuses) { refuses_ = refuses; }

 private:
  MemoryCluster& cluster_;
  NodeId node_;
  std::uint64_t accepted_ = 0;
  bool refuses_ = false;
};

/// One thing that may happen to a node next.
struct MemoryStep {
  enum class Kind : std::uint8_t { fifo, total, view };
  Kind kind = Kind::fifo;
  Rank sender = 0;  ///< where fifo
};

class MemoryCluster {
 public:
  /// With `adversary`, chance decides the ranks, the total order, and how much of what a departed node sent last is
  /// saved. Without, it is: by node id; by rank; what some survivor has delivered.
  explicit MemoryCluster(Rng* adversary = nullptr) : adversary_(adversary) {}

  MemoryHeavyGroup& add(const NodeId& node);
  void crash(const NodeId& node) { nodes_.at(node).alive = false; }
  /// Begins a view change: every live node is in exactly one component. What is sent from here on goes out in the new
  /// view. A view that nobody has installed yet is given up; one that somebody has is completed first by the others.
  void change(const std::vector<std::vector<NodeId>>& components);

  [[nodiscard]] std::vector<MemoryStep> steps(const NodeId& node) const;
  /// `step` must be one of steps().
  GroupEvent take(const NodeId& node, const MemoryStep& step);
  /// The view that `node` is in; empty before the first.
  [[nodiscard]] const View& view_of(const NodeId& node) const;

 private:
  friend class MemoryHeavyGroup;
  using Place = std::pair<Rank, std::size_t>;  // a total message: its sender, and its number there

  struct Stream {
    std::vector<Buffer> fifo;
    std::vector<Buffer> total;
    std::size_t ordered = 0;  // of `total`
  };
  // One view, and all that is sent in it.
  struct Run {
    View view;
    std::vector<Stream> streams;  // by rank
    std::vector<Place> order;
    bool certain = false;  // somebody has installed it, or delivered what is only ordered if it is
  };
  // What those who go on together deliver before they do.
  struct Cut {
    std::vector<std::size_t> fifo;  // by rank
    std::vector<Place> order;
    std::size_t common = 0;  // so many of `order` had been delivered by one of them already
  };
  struct Upcoming {
    std::shared_ptr<Run> run;
    std::shared_ptr<const Cut> cut;
    std::vector<NodeId> transitional;
  };
  struct Node {
    bool alive = true;
    std::shared_ptr<Run> run;
    std::vector<std::size_t> fifo_at;  // by rank: delivered so far
    std::size_t total_at = 0;
    std::deque<Upcoming> upcoming;
    std::deque<std::pair<Order, Buffer>> waiting;
    std::unique_ptr<MemoryHeavyGroup> group;
  };

  [[nodiscard]] static const std::shared_ptr<Run>& last_run(const Node& node);
  [[nodiscard]] std::size_t saved(std::size_t delivered, std::size_t sent);
  void give_up_unseen_views();
  [[nodiscard]] std::vector<std::vector<NodeId>> by_origin(const std::vector<NodeId>& members) const;
  std::shared_ptr<Run> make_run(std::vector<NodeId> members);
  std::shared_ptr<const Cut> make_cut(const Run& run, const std::vector<NodeId>& movers);
  static void order_leftovers(const Run& run, const std::vector<std::size_t>& limits, Cut& cut);
  void send(const NodeId& from, Order order, Buffer message);
  static void put(Run& run, Rank rank, Order order, Buffer message);
  [[nodiscard]] Place next_total(Node& node);
  GroupEvent enter(const NodeId& id, Node& node);

  Rng* adversary_;
  std::map<NodeId, Node> nodes_;
  std::uint64_t views_ = 0;
};

}  // namespace hawser::test
