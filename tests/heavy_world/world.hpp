// One state of a world of heavy-weight groups, and what can happen next: three nodes, and packets on their way.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/heavy_world/datagrams.hpp"
#include "tests/heavy_world/histories.hpp"
#include "tests/heavy_world/node_states.hpp"
#include "tests/heavy_world/scenario.hpp"
#include "tests/small_world/searcher.hpp"

namespace hawser::heavy {

inline constexpr std::size_t kNodes = 3;
/// Packets from one node to another, on one address, arrive in the order in which they were sent; between the control
/// group's address, all others, and unicast there is none.
enum class Way : std::uint8_t { control, group, unicast };
inline constexpr std::size_t kWays = 3;
/// More steps than any way has that comes to an end.
inline constexpr std::uint32_t kStepsMax = 600;

/// A node's clock does not run away from the others': it is at most so many deadlines ahead of any that has one.
inline constexpr std::uint8_t kAheadMax = 2;

/// A bit for each node.
using NodeMask = std::uint8_t;

struct Action {
  enum class Verb : std::uint8_t {
    // What must happen in the end.
    arrive,   ///< the next packet of channel `number`
    target,   ///< membership tells the node the `number`th of the sets that it is to be told; those before are skipped
    send,     ///< message `number`
    arrange,  ///< the group's members
    timeout,  ///< the node's next deadline comes
    beat,     ///< all nodes' heartbeats come, with their acknowledgements
    heal,     ///< C can be heard again
    // What need not.
    lose,         ///< the next packet of channel `number`
    lose_rest,    ///< all of channel `number`, whose sender has crashed
    crash,        ///< the node
    cut,          ///< C off
    early_timer,  ///< as timeout
    early_beat    ///< as beat, of one node
  };
  Verb verb = Verb::arrive;
  std::uint8_t node = 0;
  std::uint8_t number = 0;
};

struct World {
  struct Node {
    StateNumber state = 0;
    HistoryNumber history = 0;
    bool alive = true;
    NodeMask target = 0;
    std::uint8_t ahead = 0;           ///< so many deadlines more have come here than at the node where the fewest have
    std::vector<NodeMask> targets{};  ///< to come
  };
  std::array<Node, kNodes> nodes;
  std::array<std::vector<DatagramNumber>, kNodes * kNodes * kWays> channels;
  std::uint32_t messages_left = 0;  ///< a bit each
  std::uint8_t losses_left = 0;
  std::uint8_t early_left = 0;
  bool arrange_left = false;
  bool crash_left = false;
  bool cut_left = false;
  bool is_cut = false;
  std::uint32_t steps = 0;

  [[nodiscard]] World copy() const { return *this; }
};

class Rules {
 public:
  using World = heavy::World;
  using Action = heavy::Action;

  explicit Rules(const Setting& setting);

  [[nodiscard]] World initial();
  /// What can happen; first what must in the end, then what need not.
  [[nodiscard]] std::vector<Action> actions(const World& world) const;
  [[nodiscard]] static bool is_optional(const Action& action) { return action.verb >= Action::Verb::lose; }
  /// Carries it out in `world`.
  void act(World& world, const Action& action, small::Told* told = nullptr);
  /// There are none inside a step.
  [[nodiscard]] small::EveryChoice& choices() { return choices_; }

  /// Equal where everything that can be seen from here on is equal.
  [[nodiscard]] std::uint64_t key(const World& world) const;
  /// What must never be, as far as it shows before the end.
  [[nodiscard]] std::vector<std::string> violations(const World& world) const;
  /// What must not be where nothing more happens.
  [[nodiscard]] std::vector<std::string> flaws_at_end(const World& world);

  [[nodiscard]] std::string text_of(const World& before, const Action& action) const;
  [[nodiscard]] std::size_t node_states() const;
  [[nodiscard]] std::size_t confirmed() const;

 private:
  void settle(World& world);
  void give(World& world, std::size_t node, const Input& input, small::Told* told);
  bool give_send(World& world, std::size_t number, small::Told* told);
  void arrive(World& world, std::size_t channel, small::Told* told);
  void take_target(World& world, std::size_t node, std::size_t number, small::Told* told);
  void arrange(World& world, std::string_view old_members, std::string_view members, small::Told* told);
  void beat(World& world, small::Told* told);
  void crash(World& world, std::size_t node);
  void cut(World& world);
  void put_on_the_way(World& world, std::size_t from, const Outbound& sent) const;
  void time_out(World& world, std::size_t node, small::Told* told);
  [[nodiscard]] bool is_quiet(const World& world) const;
  [[nodiscard]] std::optional<std::uint8_t> least_ahead(const World& world) const;
  [[nodiscard]] bool has_deadline(const World& world, std::size_t node) const;
  [[nodiscard]] bool hear_each_other(const World& world, std::size_t one, std::size_t other) const;
  void add_time(const World& world, std::vector<Action>& actions) const;
  void add_mishaps(const World& world, std::vector<Action>& actions) const;
  [[nodiscard]] bool is_possible(const World& world, const Message& message) const;

  Setting setting_;
  std::vector<Message> messages_;
  Datagrams datagrams_;
  Histories histories_;
  std::vector<NodeStates> states_;
  small::EveryChoice choices_;
  /// By the histories of all nodes, who is alive, and whether C is cut off: each is examined once.
  std::map<std::array<HistoryNumber, kNodes + 1>, std::vector<std::string>> examined_;
};

}  // namespace hawser::heavy
