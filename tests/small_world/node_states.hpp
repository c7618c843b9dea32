// All states of one node's LightGroups that have been met, and what each does on an input. The machine is the product's
// own; it runs once for each state and input, and what it did is looked up from then on. A state follows from the
// inputs that led to it and what the layer below answered meanwhile, so a machine is brought to it by giving it these
// again. Two ways to one state are known by LightGroups::state_digest().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "lwg/light_groups.hpp"
#include "tests/small_world/recorded_groups.hpp"

namespace hawser::small {

using StateNumber = std::uint32_t;

struct Input {
  struct Join {
    std::string name;
  };
  struct Leave {
    std::string name;
  };
  struct Configure {
    std::string name;
  };
  struct Send {
    LightGroupId group;
    std::string text;
  };
  struct Wait {};

  std::variant<GroupEvent, Join, Leave, Configure, Send, Wait> what;
  Duration later{};  ///< after the input before
};

/// What can be seen of a state from outside.
struct Seen {
  bool quiet = false;
  bool covered = false;         ///< every group of the directory rides where all its members are
  std::uint64_t directory = 0;  ///< a digest; 0: none
  Duration due = Duration::max();
  std::map<std::string, LightGroupId> open{};  ///< groups it is in; a message may be refused for the moment
};

struct Effect {
  StateNumber next = 0;
  std::vector<LightEvent> events;
  bool refused = false;  ///< where Input::Send
};

class NodeStates {
 public:
  NodeStates(const NodeId& node, const LightGroupsConfig& config);
  ~NodeStates();
  NodeStates(NodeStates&&) noexcept;

  /// Gives `input` to the node in `state`; what it then asks of the layer below is done in `cluster`. Valid until the
  /// next call.
  const Effect& take(StateNumber state, const Input& input, test::MemoryCluster& cluster);
  [[nodiscard]] const Seen& seen(StateNumber state) const { return states_[state].seen; }
  [[nodiscard]] std::size_t size() const { return states_.size(); }
  /// States that were come to in two ways were also tried from the second: so many steps were the same.
  [[nodiscard]] std::size_t confirmed() const { return confirmed_; }

 private:
  struct Machine;
  struct Way {
    StateNumber from = 0;
    Input input;
    std::vector<Answer> answers;
  };
  struct State {
    Way way;
    std::optional<Way> other;
    Time now{};
    Seen seen;
  };
  struct Reaction {
    bool known = false;
    std::optional<Call> asks;  // nothing: `effect`
    std::map<std::uint64_t, std::unique_ptr<Reaction>> answers;
    Effect effect;
  };

  void learn(Reaction& reaction, StateNumber state, const Input& input, std::vector<Answer> answers,
             test::MemoryCluster& cluster);
  StateNumber enter(Way way, Time now, const LightGroups& groups);
  void confirm(StateNumber state, const Input& input, const std::vector<Answer>& answers, const Effect& effect);
  std::unique_ptr<Machine> bring(StateNumber state);
  std::unique_ptr<Machine> replay(std::vector<const Way*> ways) const;
  [[nodiscard]] std::vector<const Way*> ways_to(StateNumber state) const;
  [[nodiscard]] Seen look_at(const LightGroups& groups, Time now) const;

  NodeId node_;
  LightGroupsConfig config_;
  std::vector<State> states_;                               // the first one is a machine that has had no input
  std::unordered_map<std::uint64_t, StateNumber> numbers_;  // by digest
  std::map<std::pair<StateNumber, std::uint64_t>, Reaction> reactions_;
  std::unique_ptr<Machine> last_;  // in the state that was entered last
  StateNumber last_state_ = 0;
  std::size_t confirmed_ = 0;
};

}  // namespace hawser::small
