// One state of a small world, and what can happen next: three nodes' LightGroups on a MemoryCluster.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/small_world/diaries.hpp"
#include "tests/small_world/every_choice.hpp"
#include "tests/small_world/node_states.hpp"
#include "tests/small_world/scenario.hpp"
#include "tests/small_world/searcher.hpp"
#include "tests/unit/memory_cluster.hpp"

namespace hawser::small {

inline constexpr std::size_t kNodes = 3;

struct Action {
  enum class Verb : std::uint8_t {
    step,   ///< the `number`th of what the cluster has for the node
    deed,   ///< the scenario's `number`th
    time,   ///< the node's next deadline comes
    crash,  ///< and those who are left get a new control view
    change  ///< of the control view, with nobody lost
  };
  Verb verb = Verb::step;
  std::uint8_t node = 0;
  std::uint8_t number = 0;
};

struct World {
  struct Node {
    StateNumber state = 0;
    DiaryNumber diary = 0;
    bool alive = true;
  };
  std::unique_ptr<test::MemoryCluster> cluster;
  std::array<Node, kNodes> nodes;
  std::uint32_t deeds_left = 0;  // a bit each
  bool changed = false;          // the one crash or change has been

  [[nodiscard]] World copy() const { return {cluster->copy(), nodes, deeds_left, changed}; }
};

class Rules {
 public:
  using World = small::World;
  using Action = small::Action;

  explicit Rules(const Setting& setting);

  [[nodiscard]] World initial();
  /// What can happen; first what must in the end, then what need not.
  [[nodiscard]] std::vector<Action> actions(const World& world) const;
  [[nodiscard]] static bool is_optional(const Action& action) { return action.verb >= Action::Verb::crash; }
  /// Carries it out in `world`; choices(), begun before, settle what is open.
  void act(World& world, const Action& action, Told* told = nullptr);
  [[nodiscard]] EveryChoice& choices() { return choices_; }

  /// Equal where everything that can be seen from here on is equal.
  [[nodiscard]] std::uint64_t key(const World& world) const;
  /// What must never be; only what was not seen before.
  [[nodiscard]] std::vector<std::string> violations(const World& world);
  /// What must not be where nothing more happens.
  [[nodiscard]] std::vector<std::string> flaws_at_end(const World& world);

  [[nodiscard]] std::string text_of(const World& before, const Action& action) const;
  [[nodiscard]] std::size_t node_states() const;
  [[nodiscard]] std::size_t confirmed() const;
  [[nodiscard]] const Diaries& diaries() const { return diaries_; }

 private:
  void settle(World& world);
  void step(World& world, std::size_t node, const test::MemoryStep& step, Told* told);
  bool give(World& world, std::size_t node, const Input& input, Told* told);
  /// False where the node would not do it now.
  bool carry_out(World& world, const Deed& deed, Told* told);
  void change(World& world);
  [[nodiscard]] bool is_possible(const World& world, const Deed& deed) const;
  [[nodiscard]] std::map<NodeId, std::set<std::string>> wanted(const World& world) const;

  Setting setting_;
  std::vector<Deed> deeds_;
  EveryChoice choices_;
  std::vector<NodeStates> states_;
  Diaries diaries_;
};

}  // namespace hawser::small
