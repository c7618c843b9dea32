#include "tests/heavy_world/node_states.hpp"

#include <algorithm>

#include "transport/core/check.hpp"

namespace hawser::heavy {
namespace {

template <typename Value>
std::uint64_t digest_of_value(const Value& value) {
  StateDigest digest;
  digest.add(value);
  return digest.value();
}

bool are_same(const Effect& one, const Effect& other) {
  return digest_of_value(one.sent) == digest_of_value(other.sent) &&
         digest_of_value(one.records) == digest_of_value(other.records) && one.refused == other.refused;
}

}  // namespace

NodeStates::NodeStates(const NodeId& node, GroupId group, Datagrams& datagrams)
    : node_(node), group_(group), datagrams_(datagrams), states_(1) {}

const Effect& NodeStates::take(StateNumber state, const Input& input) {
  const std::pair key{state, digest_of_value(input)};
  const auto known = effects_.find(key);
  if (known != effects_.end()) return known->second;
  return effects_.emplace(key, learn(state, input)).first->second;
}

Effect NodeStates::learn(StateNumber state, const Input& input) {
  std::unique_ptr<Machine> machine = bring(state);
  Effect effect = machine->take(input);
  effect.next = enter({state, input}, *machine);
  confirm(state, input, effect);
  last_state_ = effect.next;
  last_ = std::move(machine);
  return effect;
}

StateNumber NodeStates::enter(Way way, Machine& machine) {
  const auto number = static_cast<StateNumber>(states_.size());
  const auto [at, is_new] = numbers_.try_emplace(machine.digest(), number);
  if (is_new) {
    states_.push_back({std::move(way), std::nullopt, {machine.has_deadline(), machine.may_send(group_)}});
  } else if (State& state = states_[at->second]; !state.other && way.from != at->second) {
    state.other = std::move(way);
  }
  return at->second;
}

// If something that matters were missing in the digest, the second way would show it.
void NodeStates::confirm(StateNumber number, const Input& input, const Effect& effect) {
  const State& state = states_[number];
  if (!state.other) return;
  std::vector<const Way*> ways = ways_to(state.other->from);
  ways.push_back(&*state.other);
  const std::unique_ptr<Machine> machine = replay(ways);
  HAWSER_CHECK(are_same(machine->take(input), effect));
  HAWSER_CHECK(numbers_.at(machine->digest()) == effect.next);
  ++confirmed_;
}

std::unique_ptr<Machine> NodeStates::bring(StateNumber state) {
  if (last_ != nullptr && last_state_ == state) return std::move(last_);
  return replay(ways_to(state));
}

std::vector<const NodeStates::Way*> NodeStates::ways_to(StateNumber state) const {
  std::vector<const Way*> ways;
  for (; state != 0; state = states_[state].way.from) ways.push_back(&states_[state].way);
  std::reverse(ways.begin(), ways.end());
  return ways;
}

std::unique_ptr<Machine> NodeStates::replay(const std::vector<const Way*>& ways) const {
  auto machine = std::make_unique<Machine>(node_, datagrams_);
  for (const Way* const way : ways) static_cast<void>(machine->take(way->input));
  return machine;
}

}  // namespace hawser::heavy
