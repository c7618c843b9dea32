// The states of one node, and what it does in each. A machine cannot be copied, but it is deterministic: it is brought
// to a state by the inputs that lead there, once for each new input; from then on, what it did is looked up. Two ways
// to one state are known by the digest of all that is in the machine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tests/heavy_world/machine.hpp"

namespace hawser::heavy {

using StateNumber = std::uint32_t;

/// What can be seen of a state from outside.
struct Seen {
  bool has_deadline = false;
  bool in_group = false;  ///< the one beside the control group
};

/// `datagrams` must outlive it.
class NodeStates {
 public:
  NodeStates(const NodeId& node, GroupId group, Datagrams& datagrams);

  /// Gives `input` to the node in `state`. Valid until the next call.
  const Effect& take(StateNumber state, const Input& input);
  [[nodiscard]] const Seen& seen(StateNumber state) const { return states_[state].seen; }
  [[nodiscard]] std::size_t size() const { return states_.size(); }
  /// States that were come to in two ways were also tried from the second: so many steps were the same.
  [[nodiscard]] std::size_t confirmed() const { return confirmed_; }

 private:
  struct Way {
    StateNumber from = 0;
    Input input;
  };
  struct State {
    Way way;
    std::optional<Way> other;
    Seen seen;
  };
  Effect learn(StateNumber state, const Input& input);
  StateNumber enter(Way way, Machine& machine);
  void confirm(StateNumber state, const Input& input, const Effect& effect);
  std::unique_ptr<Machine> bring(StateNumber state);
  std::unique_ptr<Machine> replay(const std::vector<const Way*>& ways) const;
  [[nodiscard]] std::vector<const Way*> ways_to(StateNumber state) const;

  NodeId node_;
  GroupId group_;
  Datagrams& datagrams_;
  std::vector<State> states_;                               // the first one is a machine that has had no input
  std::unordered_map<std::uint64_t, StateNumber> numbers_;  // by digest
  std::map<std::pair<StateNumber, std::uint64_t>, Effect> effects_;
  std::unique_ptr<Machine> last_;  // in the state that was entered last
  StateNumber last_state_ = 0;
  std::size_t confirmed_ = 0;
};

}  // namespace hawser::heavy
