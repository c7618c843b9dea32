// Several nodes' light-weight groups on a MemoryCluster, under one test's control, with histories to compare.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/light_groups.hpp"
#include "tests/unit/lwg_checker.hpp"
#include "tests/unit/memory_cluster.hpp"
#include "transport/core/rng.hpp"

namespace hawser::test {

/// Nodes are called 'A', 'B'…; their ids are in this order.
class LwgWorld {
 public:
  /// Scripted; with a seed, chance decides what the MemoryCluster leaves open.
  explicit LwgWorld(const LightGroupsConfig& config = {}, std::optional<std::uint64_t> seed = std::nullopt);

  static NodeId id_of(char name) { return {{static_cast<std::uint64_t>(name - 'A' + 1)}, {0x7f000001, 4000}}; }
  void add(std::string_view nodes);
  /// Nodes that are in one view, with everything done that follows from it.
  void start(std::string_view nodes);
  void crash(char node);
  /// Begins a change to these views, e.g. {"AB", "C"}: every live node in exactly one.
  void change(std::initializer_list<std::string_view> components);
  void change(const std::vector<std::string>& components);

  // ---- What the application does ----
  void join(char node, const std::vector<std::string>& names, Role role = Role::subscriber);
  void leave(char node, const std::vector<std::string>& names);
  /// The node joins what fits when the pattern is watched, and keeps what comes then.
  void watch(char node, const Pattern& pattern);
  /// Groups that came by it stay.
  void unwatch(char node, const Pattern& pattern);
  /// The node, which has joined it, wants the group to be configured so.
  void configure(char node, const std::string& name, const Configuration& configuration);
  /// Sends the node's next message on this group: number 1, 2, 3…  False where it is refused.
  bool send(char node, const std::string& name);
  /// Time for what on_timeout() is for.
  void pass(Duration time);

  // ---- What the network does ----
  /// Delivers everything that can be delivered to `nodes` (all live ones where empty), in a fixed order, and what
  /// follows within some milliseconds.
  void settle(std::string_view nodes = {});
  /// Of that, only what goes through the control group: changes are applied and marked, and not installed.
  void order(std::string_view nodes = {});
  /// The first step of that at one node; false where there is none.
  bool step_control(char node);
  /// Delivers to `node` what `senders` have sent in other groups than that.
  void hear(char node, std::string_view senders);
  /// The same, of one group only: of the control group, what they ask the coordinator for.
  void hear(char node, std::string_view senders, GroupId heavy);
  /// `node` goes on to the views that heavy-weight groups were arranged to have, as far as it can.
  void move_on(char node);
  /// Delivers the next total message, or the first one that is not; false where there is none.
  bool deliver_total(char node);
  bool deliver_fifo(char node);
  /// Delivers up to and including the next control view.
  void enter_view(char node);
  /// One random step at a random node; false where nothing can happen. With a seed only.
  bool step_at_random();
  /// From here on bulk messages are overtaken by what their sender sends before anybody has heard them.
  void overtake_bulk() { cluster_.overtakes_bulk = true; }
  /// From here on total messages are stable before they have a place in the order.
  void place_late() { cluster_.stable_without_place = true; }
  /// From here on, now and then one stream hardly reaches one node for a while, by step_at_random().
  void slow_streams() { has_slow_streams_ = true; }

  // ---- What can be seen ----
  [[nodiscard]] LightGroups& groups(char node) { return *node_at(node).groups; }
  [[nodiscard]] MemoryHeavyGroups& heavy(char node) { return *node_at(node).heavy; }
  [[nodiscard]] std::string live() const;
  [[nodiscard]] const std::set<std::string>& wanted(char node) { return node_at(node).wanted; }
  /// What the node saw of one group since the last call of forget(): "view AB", "view ABC +C", "view AB moved" (to
  /// another heavy-weight group), "view AB total", "view AB told" (configured, in that order or in fifo order), "A1",
  /// "left", "merged".
  [[nodiscard]] std::vector<std::string> history(char node, const std::string& name);
  /// The node watches a pattern that fits.
  [[nodiscard]] bool watches(char node, const std::string& name);
  /// Events that belong to no one group: "repaired 3", "lineage lost", "watched g.*".
  [[nodiscard]] const std::vector<std::string>& notes(char node) { return node_at(node).notes; }
  /// How many "data", "marker", "requests", "operations", "vote", "snapshot" messages the node has multicast since the
  /// last forget().
  [[nodiscard]] std::size_t said(char node, const std::string& what) { return node_at(node).said[what]; }
  void forget();
  /// "AB": members of the node's view; "-" where it has none.
  [[nodiscard]] std::string view(char node, const std::string& name);
  /// The heavy-weight group that the node's group rides on, and "ABC": those who are in it, as `node` knows.
  [[nodiscard]] GroupId carrier_id(char node, const std::string& name);
  [[nodiscard]] std::string carrier(char node, const std::string& name);
  /// How many heavy-weight groups beside the control group the node is in.
  [[nodiscard]] std::size_t heavies_of(char node);
  /// How many of them its groups ride on.
  [[nodiscard]] std::size_t carriers_of(char node);
  /// All live nodes have one and the same directory.
  [[nodiscard]] bool one_directory();
  /// Every group of the node's directory rides on a heavy-weight group that has all its members.
  [[nodiscard]] bool is_covered(char node);

  /// Settles, checks every property, and returns what was violated.
  [[nodiscard]] std::vector<std::string> violations();
  [[nodiscard]] LwgChecker& checker() { return checker_; }
  [[nodiscard]] Rng& rng() { return rng_; }

 private:
  struct Node {
    bool alive = true;
    MemoryHeavyGroups* heavy = nullptr;
    std::unique_ptr<LightGroups> groups;
    std::set<std::string> wanted;
    std::set<Pattern> patterns;
    std::set<std::string> configured;  // by its own wish
    std::map<std::string, std::vector<std::string>> history;
    std::map<LightGroupId, std::string> names;
    std::map<LightGroupId, GroupId> carriers;
    std::map<LightGroupId, Configuration> configurations;
    std::vector<std::string> notes;
    std::map<std::string, std::uint64_t> sent;
    std::map<std::string, std::size_t> said;
    std::set<GroupId> heavies;
  };

  struct SlowStream {
    char node = 0;
    GroupId group{};
    Rank sender = 0;
    std::uint64_t steps_left = 0;
  };

  Node& node_at(char name) { return nodes_.at(name); }
  bool holds_back(char node, const MemoryStep& step);
  [[nodiscard]] bool is_fifo_from(char node, std::string_view senders, const MemoryStep& step) const;
  template <typename Wanted>
  bool take_first(char node, Wanted wanted);
  void take(char node, const MemoryStep& step) { hand_over(node, cluster_.take(id_of(node), step)); }
  void hand_over(char node, std::vector<GroupEvent> events);
  void settle_once(std::string_view nodes);
  /// Far beyond what any run takes.
  static constexpr std::size_t kRestlessStepsMax = 50'000;
  std::size_t restless_steps_ = 0;
  bool comes_to_rest_ = true;
  void tick(std::string_view nodes);
  void note(char node, const LightEvent& event);
  // As the layer above does.
  void respond(char node, const LightEvent& event);
  void note(char node, const GroupEvent& event);
  template <typename Input>
  void feed(char node, Input&& input);

  LightGroupsConfig config_;
  Rng rng_;
  RandomChoices chance_{rng_};
  MemoryCluster cluster_;
  std::map<char, Node> nodes_;
  LwgChecker checker_;
  bool has_slow_streams_ = false;
  SlowStream slow_;
  Time now_{};
};

/// A mapper that gives every membership a heavy-weight group of its own.
LightGroupsConfig exact();
/// Each joins when the one before is in.
void join_all(LwgWorld& world, std::string_view nodes, const std::string& name);

}  // namespace hawser::test
