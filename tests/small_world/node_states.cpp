#include "tests/small_world/node_states.hpp"

#include <algorithm>
#include <array>

#include "lwg/directory.hpp"
#include "lwg/light_views.hpp"
#include "transport/core/check.hpp"

namespace hawser::small {
namespace {

template <typename Value>
std::uint64_t digest_of(const Value& value) {
  StateDigest digest;
  digest.add(value);
  return digest.value();
}

bool is_covered(const Directory& directory) {
  const auto rides_well = [&](const auto& entry) {
    const auto heavy = directory.heavies().find(entry.second.heavy);
    if (heavy == directory.heavies().end()) return entry.second.members.empty();
    return std::all_of(entry.second.members.begin(), entry.second.members.end(), [&](const LightMember& member) {
      return std::find(heavy->second.begin(), heavy->second.end(), member.node) != heavy->second.end();
    });
  };
  return std::all_of(directory.groups().begin(), directory.groups().end(), rides_well);
}

}  // namespace

struct NodeStates::Machine {
  Machine(const NodeId& node, const LightGroupsConfig& config)
      : heavy(node), groups(node, heavy, config, Rng{node.incarnation.value}) {}

  std::vector<LightEvent> take(const Input& input, std::span<const Answer> answers, test::MemoryCluster* cluster) {
    heavy.expect(answers, cluster);
    now += input.later;
    refused = false;
    Outbox transport;
    LightOutbox out{transport, {}};
    std::visit([&](const auto& what) { give(what, out); }, input.what);
    HAWSER_CHECK(heavy.is_done());  // Else it does not do the same twice.
    return std::move(out.events);
  }

  void give(const GroupEvent& event, LightOutbox& out) { groups.on_event(GroupEvent{event}, now, out); }
  void give(const Input::Join& join, LightOutbox& out) {
    const std::array requests{JoinRequest{join.name, Role::subscriber}};
    groups.join(requests, now, out);
  }
  void give(const Input::Leave& leave, LightOutbox& out) {
    const std::array names{leave.name};
    groups.leave(names, now, out);
  }
  void give(const Input::Configure& configure, LightOutbox& out) {
    groups.configure(configure.name, {true, {}}, now, out);
  }
  void give(const Input::Send& send, LightOutbox& out) {
    const std::array<ByteView, 1> parts{std::as_bytes(std::span{send.text})};
    refused = !groups.send(send.group, parts, now, out).ok();
  }
  void give(const Input::Wait&, LightOutbox& out) { groups.on_timeout(now, out); }

  RecordedGroups heavy;
  LightGroups groups;
  Time now{};
  bool refused = false;  // the last input
};

NodeStates::NodeStates(const NodeId& node, const LightGroupsConfig& config) : node_(node), config_(config) {
  states_.emplace_back();
}
NodeStates::~NodeStates() = default;
NodeStates::NodeStates(NodeStates&&) noexcept = default;

const Effect& NodeStates::take(StateNumber state, const Input& input, test::MemoryCluster& cluster) {
  StateDigest key;
  key.add(input.what, input.later.count());
  Reaction* reaction = &reactions_[{state, key.value()}];
  std::vector<Answer> answers;
  const auto step = [&](Answer answer) {
    std::unique_ptr<Reaction>& next = reaction->answers[digest_of(answer)];
    if (next == nullptr) next = std::make_unique<Reaction>();
    reaction = next.get();
    answers.push_back(std::move(answer));
  };
  while (reaction->known && reaction->asks) step(perform(*reaction->asks, cluster, node_));
  if (!reaction->known) {
    learn(*reaction, state, input, answers, cluster);
    while (reaction->asks) reaction = reaction->answers.begin()->second.get();
  }
  return reaction->effect;
}

// `answers`: those of the questions that are known already.
void NodeStates::learn(Reaction& first, StateNumber state, const Input& input, std::vector<Answer> answers,
                       test::MemoryCluster& cluster) {
  std::unique_ptr<Machine> machine = bring(state);
  Effect effect{0, machine->take(input, answers, &cluster)};
  effect.refused = machine->refused;
  Reaction* reaction = &first;
  for (auto& [call, answer] : machine->heavy.take_asked()) {
    reaction->known = true;
    reaction->asks = std::move(call);
    reaction = (reaction->answers[digest_of(answer)] = std::make_unique<Reaction>()).get();
    answers.push_back(std::move(answer));
  }
  effect.next = enter({state, input, answers}, machine->now, machine->groups);
  confirm(state, input, answers, effect);
  reaction->known = true;
  last_state_ = effect.next;
  last_ = machine->now == states_[effect.next].now ? std::move(machine) : nullptr;
  reaction->effect = std::move(effect);
}

StateNumber NodeStates::enter(Way way, Time now, const LightGroups& groups) {
  const auto number = static_cast<StateNumber>(states_.size());
  const auto [at, is_new] = numbers_.try_emplace(groups.state_digest(now), number);
  if (is_new) {
    states_.push_back({std::move(way), std::nullopt, now, look_at(groups, now)});
  } else if (State& state = states_[at->second]; !state.other && way.from != at->second) {
    state.other = std::move(way);
  }
  return at->second;
}

// If something that matters were missing in the digest, the second way would show it.
void NodeStates::confirm(StateNumber number, const Input& input, const std::vector<Answer>& answers,
                         const Effect& effect) {
  const State& state = states_[number];
  if (!state.other) return;
  std::vector<const Way*> ways = ways_to(state.other->from);
  ways.push_back(&*state.other);
  const std::unique_ptr<Machine> machine = replay(std::move(ways));
  const std::vector<LightEvent> events = machine->take(input, answers, nullptr);
  HAWSER_CHECK(digest_of(events) == digest_of(effect.events));
  HAWSER_CHECK(numbers_.at(machine->groups.state_digest(machine->now)) == effect.next);
  ++confirmed_;
}

std::unique_ptr<NodeStates::Machine> NodeStates::bring(StateNumber state) {
  if (last_ != nullptr && last_state_ == state) return std::move(last_);
  return replay(ways_to(state));
}

std::vector<const NodeStates::Way*> NodeStates::ways_to(StateNumber state) const {
  std::vector<const Way*> ways;
  for (; state != 0; state = states_[state].way.from) ways.push_back(&states_[state].way);
  std::reverse(ways.begin(), ways.end());
  return ways;
}

std::unique_ptr<NodeStates::Machine> NodeStates::replay(std::vector<const Way*> ways) const {
  auto machine = std::make_unique<Machine>(node_, config_);
  for (const Way* const way : ways) machine->take(way->input, way->answers, nullptr);
  return machine;
}

Seen NodeStates::look_at(const LightGroups& groups, Time now) const {
  Seen seen{groups.is_quiet(), is_covered(groups.directory()), groups.directory_digest()};
  if (groups.next_deadline() != kNever) seen.due = groups.next_deadline() - now;
  for (const auto& [id, group] : groups.views().groups()) {
    if (groups.can_send(group.name)) seen.open[group.name] = id;
  }
  return seen;
}

}  // namespace hawser::small
