// Heavy-weight groups for several nodes in one process, with every guarantee of transport/heavy_group.hpp and nothing
// beyond: who hears what next, and when views come, is the test's choice. A fifo message may overtake bulk ones that
// nobody has heard yet. Fifo and total messages of one sender are not ordered against each other; a total message takes
// its place, among those of its group, when the first member delivers it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/unit/memory_choices.hpp"
#include "tests/unit/memory_heavy_group.hpp"
#include "tests/unit/memory_streams.hpp"
#include "transport/core/events.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser::test {

/// One thing that may happen to a node next.
struct MemoryStep {
  enum class Kind : std::uint8_t {
    fifo,
    total,     ///< the group's next message in total order
    arranged,  ///< the group's next view, by arrangement
    view,      ///< the next control view
  };
  Kind kind = Kind::fifo;
  GroupId group;
  Rank sender = 0;  ///< where fifo: in the view that the node is in
};

class MemoryCluster {
 public:
  /// With `adversary`, that decides the ranks, the total order, which bulk messages are overtaken, how much of what
  /// nobody has heard goes out before a view ends, and how much of what a departed node sent last is saved. Without, it
  /// is: by node id; by rank; all; what some survivor has delivered.
  explicit MemoryCluster(MemoryChoices* adversary = nullptr) : adversary_(adversary) {}
  MemoryCluster(const MemoryCluster&) = delete;
  MemoryCluster& operator=(const MemoryCluster&) = delete;
  /// As it is now, with the same adversary; nobody is told of what is sent in the copy.
  [[nodiscard]] std::unique_ptr<MemoryCluster> copy() const;
  /// All that what happens from here on can depend on.
  void add_to(StateDigest& digest) const;

  MemoryHeavyGroups& add(const NodeId& node);
  void crash(const NodeId& node) { nodes_.at(node).alive = false; }
  /// Begins a view change: every live node is in exactly one component. What does not go out before that comes back. A
  /// view that nobody has installed yet is given up; one that somebody has is completed first by the others.
  void change(const std::vector<std::vector<NodeId>>& components);

  [[nodiscard]] std::vector<MemoryStep> steps(const NodeId& node) const;
  /// `step` must be one of steps(). What the node is told, in order.
  std::vector<GroupEvent> take(const NodeId& node, const MemoryStep& step);
  /// The view of the control group that `node` is in; empty before the first.
  [[nodiscard]] const View& view_of(const NodeId& node) const { return view_of(node, kControlGroup); }
  /// Of any group; empty where `node` is not in it.
  [[nodiscard]] const View& view_of(const NodeId& node, GroupId group) const;
  /// How many messages and arrangements `node` has delivered in total order in its control view.
  [[nodiscard]] std::size_t ordered_at(const NodeId& node) const { return nodes_.at(node).ordered_at(); }
  [[nodiscard]] MemoryHeavyGroups& groups(const NodeId& node) { return *nodes_.at(node).groups; }

  /// Without an adversary: whether a fifo message overtakes the bulk ones that nobody has heard yet.
  bool overtakes_bulk = false;
  /// A total message counts as stable, since all have received it, before it has a place in the order.
  bool stable_without_place = false;
  /// Is told of everything that is multicast.
  std::function<void(const NodeId&, GroupId, ByteView)> on_sent;

 private:
  friend class MemoryHeavyGroup;
  friend class MemoryHeavyGroups;

  struct Upcoming {
    std::shared_ptr<MemoryRun> run;
    std::shared_ptr<const MemoryCut> cut;
    std::vector<NodeId> transitional;
  };
  struct Waiting {
    Order order = Order::fifo;
    MemoryEntry entry;
  };
  struct Arranged {
    View next;
    std::vector<NodeId> old_members;
  };
  // One node in one group.
  struct Seat {
    MemoryHeavyGroup group;
    std::shared_ptr<MemoryStretch> in;  // nullptr: outside
    Rank rank = 0;
    ViewId since{};
    std::list<Arranged> pending{};  // not carried out yet
    std::list<Waiting> waiting{};   // the send queue
    std::vector<UnsentMessage> unsent{};
    std::uint64_t accepted = 0;
    std::optional<std::uint64_t> first_unsent{};  // which of them
    std::vector<MemorySent> sent{};

    [[nodiscard]] bool counts(const NodeId& node) const {
      return pending.empty() ? in != nullptr : pending.back().next.contains(node);
    }
    [[nodiscard]] bool may_send() const { return in != nullptr && in->is_open() && !in->closed[rank]; }
  };
  struct Node {
    bool alive = true;
    bool held = false;  // from a control view until resume()
    bool refuses = false;
    std::unique_ptr<MemoryHeavyGroups> groups;
    std::shared_ptr<MemoryRun> run;
    std::uint64_t arrangements = 0;  // delivered in this control view
    std::map<GroupId, Seat> seats;
    std::list<Upcoming> upcoming;

    [[nodiscard]] bool frozen() const { return !upcoming.empty(); }
    /// How many messages and arrangements it has delivered in the control group's total order, in this view.
    [[nodiscard]] std::size_t ordered_at() const;
  };
  using Events = std::vector<GroupEvent>;

  // What nodes ask for
  Status send(const NodeId& from, GroupId group, Order order, const Parts& parts);
  Status arrange(const NodeId& from, MemoryArrangement arrangement);
  std::vector<UnsentMessage> resume(const NodeId& id, ViewId control_view);
  void drop(const NodeId& id, GroupId group, ViewId since);
  [[nodiscard]] std::uint64_t stable(const NodeId& id, GroupId group);
  Seat& seat(const NodeId& id, Node& node, GroupId group);
  static bool can_go_out(const Node& node, const Seat& seat) {
    return node.run != nullptr && !node.frozen() && !node.held && seat.may_send();
  }
  void pump(Node& node, Seat& seat);
  void pump_all();
  void put(Seat& seat, Waiting message);
  [[nodiscard]] std::size_t place_of_next(const Seat& seat, bool bulk);
  void hold_back(Seat& seat);
  void hold_back(Seat& seat, bool is_total, std::size_t heard);

  // What happens to them
  static void append_fifo_steps(const Node& node, const Seat& seat, std::vector<MemoryStep>& steps);
  static bool has_total_step(const Node& node, const Seat& seat);
  Events deliver_fifo(Node& node, const MemoryStep& step);
  Events deliver_total(const NodeId& id, Node& node, GroupId group);
  [[nodiscard]] MemoryPlace next_total(Node& node, const Seat& seat);
  void on_arrangement(const NodeId& id, Node& node, const MemoryArrangement& arrangement, Events& events);
  static bool may_step(const Node& node, const Seat& seat);
  void step_to_next(const NodeId& id, Node& node, Seat& seat, Events& events);
  static void sit_down(const NodeId& id, Seat& seat, std::shared_ptr<MemoryStretch> stretch);
  [[nodiscard]] std::vector<NodeId> transitional_of(const View& next, const MemoryStretch* before, const MemoryCut& cut,
                                                    const NodeId& self) const;

  // Control views
  void enter(const NodeId& id, Node& node, Events& events);
  void enter_group(const NodeId& id, Node& node, Seat& seat, const Upcoming& by, Events& events);
  static void take_back(Seat& seat);
  [[nodiscard]] static const std::shared_ptr<MemoryRun>& last_run(const Node& node);
  void give_up_unseen_views();
  [[nodiscard]] std::vector<std::vector<NodeId>> by_origin(const std::vector<NodeId>& members) const;
  std::shared_ptr<MemoryRun> make_run(std::vector<NodeId> members);
  std::shared_ptr<const MemoryCut> make_cut(const MemoryRun& run, const std::vector<NodeId>& movers);

  // Its state
  void add_stretch(const MemoryStretch& stretch, StateDigest& digest) const;
  void add_order(const MemoryStretch& stretch, StateDigest& digest) const;
  void add_run(const MemoryRun& run, StateDigest& digest) const;
  void add_seat(const Seat& seat, StateDigest& digest) const;

  MemoryChoices* adversary_;
  std::map<NodeId, Node> nodes_;
  std::uint64_t views_ = 0;
};

}  // namespace hawser::test
