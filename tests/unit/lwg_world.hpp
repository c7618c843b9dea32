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
#include "tests/unit/memory_heavy_group.hpp"
#include "transport/core/rng.hpp"

namespace hawser::test {

/// Nodes are called 'A', 'B'…; their ids are in this order.
class LwgWorld {
 public:
  /// Scripted; with a seed, chance decides what the MemoryCluster leaves open.
  explicit LwgWorld(std::optional<std::uint64_t> seed = std::nullopt);

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
  /// Sends the node's next message on this group: number 1, 2, 3…  False where it is refused.
  bool send(char node, const std::string& name);

  /// Time for what on_timeout() is for.
  void tick(char node);

  // ---- What the network does ----
  /// Delivers everything that can be delivered to `nodes` (all live ones where empty), in a fixed order.
  void settle(std::string_view nodes = {});
  /// Delivers the next fifo message of `sender` to `node`; false where there is none.
  bool deliver_fifo(char node, char sender);
  /// Delivers the next total message; false where there is none.
  bool deliver_total(char node);
  void deliver_totals(char node);
  /// Delivers up to and including the next heavy view.
  void enter_view(char node);
  /// One random step at a random node; false where nothing can happen. With a seed only.
  bool step_at_random();

  // ---- What can be seen ----
  [[nodiscard]] LightGroups& groups(char node) { return *node_at(node).groups; }
  [[nodiscard]] MemoryHeavyGroup& heavy(char node) { return *node_at(node).heavy; }
  [[nodiscard]] std::string live() const;
  [[nodiscard]] const std::set<std::string>& wanted(char node) { return node_at(node).wanted; }
  /// What the node saw of one group since the last call of forget(): "view AB", "view ABC +C", "A1", "left", "merged".
  [[nodiscard]] std::vector<std::string> history(char node, const std::string& name);
  /// Events that belong to no one group: "repaired 3", "lineage lost".
  [[nodiscard]] const std::vector<std::string>& notes(char node) { return node_at(node).notes; }
  void forget();
  /// "AB": members of the node's view; "-" where it has none.
  [[nodiscard]] std::string view(char node, const std::string& name);
  /// All live nodes have one and the same directory.
  [[nodiscard]] bool one_directory();

  /// Settles, checks every property, and returns what was violated.
  [[nodiscard]] std::vector<std::string> violations();
  [[nodiscard]] LwgChecker& checker() { return checker_; }
  [[nodiscard]] Rng& rng() { return rng_; }

 private:
  struct Node {
    bool alive = true;
    MemoryHeavyGroup* heavy = nullptr;
    std::unique_ptr<LightGroups> groups;
    std::set<std::string> wanted;
    std::map<std::string, std::vector<std::string>> history;
    std::map<LightGroupId, std::string> names;
    std::vector<std::string> notes;
    std::map<std::string, std::uint64_t> sent;
  };

  Node& node_at(char name) { return nodes_.at(name); }
  void take(char node, const MemoryStep& step);
  bool take_first(char node, MemoryStep::Kind kind, std::optional<char> sender);
  void note(char node, const LightEvent& event);
  template <typename Input>
  void feed(char node, Input&& input);

  Rng rng_;
  MemoryCluster cluster_;
  std::map<char, Node> nodes_;
  LwgChecker checker_;
};

}  // namespace hawser::test
