#include "tests/heavy_world/world.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "tests/check/check_all.hpp"
#include "tests/heavy_world/text.hpp"
#include "transport/core/check.hpp"

namespace hawser::heavy {
namespace {

using Verb = Action::Verb;

constexpr NodeMask kEverybody = (1U << kNodes) - 1;
constexpr std::size_t kC = 2;
constexpr NodeMask kCAlone = 1U << kC;

struct Channel {
  std::size_t from;
  std::size_t to;
  Way way;
};

Channel channel_of(std::size_t number) {
  return {number / (kNodes * kWays), number / kWays % kNodes, static_cast<Way>(number % kWays)};
}
std::size_t number_of(const Channel& channel) {
  return (channel.from * kNodes + channel.to) * kWays + static_cast<std::size_t>(channel.way);
}

std::size_t index_of(char node) { return static_cast<std::size_t>(node - 'A'); }
bool has(NodeMask mask, std::size_t node) { return (mask >> node & 1U) != 0; }

NodeMask mask_of(std::string_view names) {
  NodeMask mask = 0;
  for (const char name : names) mask |= static_cast<NodeMask>(1U << index_of(name));
  return mask;
}

std::vector<NodeId> nodes_of(NodeMask mask) {
  std::vector<NodeId> nodes;
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (has(mask, node)) nodes.push_back(id_of(node));
  }
  return nodes;
}

Action action_of(Verb verb, std::size_t node, std::size_t number = 0) {
  return {verb, static_cast<std::uint8_t>(node), static_cast<std::uint8_t>(number)};
}

}  // namespace

Rules::Rules(const Setting& setting) : setting_(setting), messages_(messages_of(setting.senders).value()) {
  for (std::size_t node = 0; node < kNodes; ++node) states_.emplace_back(id_of(node), kGroup, datagrams_);
}

// ---- How it begins ----

World Rules::initial() {
  const Scenario& scenario = setting_.scenario;
  World world;
  world.is_cut = scenario.merges;
  for (const std::string_view part : scenario.parts) {
    for (const char name : part) world.nodes[index_of(name)].targets = {mask_of(part)};
  }
  settle(world);
  if (!scenario.members.empty()) arrange(world, {}, scenario.members, nullptr);
  settle(world);
  world.is_cut = false;
  if (scenario.merges) {
    for (World::Node& node : world.nodes) node.targets = {kEverybody};
  }
  world.messages_left = (1U << messages_.size()) - 1;
  world.losses_left = setting_.losses;
  world.early_left = setting_.early;
  world.arrange_left = !scenario.arranged.empty();
  world.crash_left = !setting_.crashes.empty();
  world.cut_left = scenario.parts_with_c;
  world.steps = 0;
  return world;
}

void Rules::settle(World& world) {
  for (std::uint64_t before = 0; key(world) != before;) {
    const std::vector<Action> possible = actions(world);
    HAWSER_CHECK(!possible.empty() && world.steps < kStepsMax);
    before = possible.front().verb == Verb::beat ? key(world) : 0;
    act(world, possible.front());
  }
}

// ---- What can happen ----

std::vector<Action> Rules::actions(const World& world) const {
  std::vector<Action> actions;
  for (std::size_t number = 0; number < world.channels.size(); ++number) {
    if (!world.channels[number].empty()) actions.push_back(action_of(Verb::arrive, channel_of(number).to, number));
  }
  for (std::size_t node = 0; node < kNodes; ++node) {
    for (std::size_t number = 0; number < world.nodes[node].targets.size(); ++number) {
      actions.push_back(action_of(Verb::target, node, number));
    }
  }
  for (std::size_t number = 0; number < messages_.size(); ++number) {
    const bool is_left = (world.messages_left >> number & 1U) != 0;
    if (!is_left || !is_possible(world, messages_[number])) continue;
    actions.push_back(action_of(Verb::send, index_of(messages_[number].sender), number));
  }
  if (world.arrange_left && world.nodes[0].alive) actions.push_back(action_of(Verb::arrange, 0));
  if (world.is_cut && setting_.scenario.comes_back) actions.push_back(action_of(Verb::heal, kC));
  add_time(world, actions);
  add_mishaps(world, actions);
  return actions;
}

bool Rules::is_possible(const World& world, const Message& message) const {
  const std::size_t sender = index_of(message.sender);
  const World::Node& node = world.nodes[sender];
  return node.alive && (message.group == kControlGroup || states_[sender].seen(node.state).in_group);
}

bool Rules::is_quiet(const World& world) const {
  return std::all_of(world.channels.begin(), world.channels.end(), [](const auto& one) { return one.empty(); }) &&
         std::all_of(world.nodes.begin(), world.nodes.end(), [](const auto& node) { return node.targets.empty(); });
}

bool Rules::has_deadline(const World& world, std::size_t node) const {
  return world.nodes[node].alive && states_[node].seen(world.nodes[node].state).has_deadline;
}

// Of those who have a deadline; nothing where there are none.
std::optional<std::uint8_t> Rules::least_ahead(const World& world) const {
  std::optional<std::uint8_t> least;
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (has_deadline(world, node)) least = std::min(least.value_or(UINT8_MAX), world.nodes[node].ahead);
  }
  return least;
}

// Packets are faster than any deadline, but for those that come early.
void Rules::add_time(const World& world, std::vector<Action>& actions) const {
  if (!is_quiet(world)) return;
  const std::optional<std::uint8_t> least = least_ahead(world);
  for (std::size_t node = 0; node < kNodes && least; ++node) {
    const bool may = has_deadline(world, node) && world.nodes[node].ahead < *least + kAheadMax;
    if (may) actions.push_back(action_of(Verb::timeout, node));
  }
  if (!least) actions.push_back(action_of(Verb::beat, 0));
}

void Rules::add_mishaps(const World& world, std::vector<Action>& actions) const {
  for (std::size_t number = 0; number < world.channels.size(); ++number) {
    if (world.channels[number].empty()) continue;
    const Channel channel = channel_of(number);
    if (!world.nodes[channel.from].alive) {
      actions.push_back(action_of(Verb::lose_rest, channel.to, number));
    } else if (world.losses_left > 0) {
      actions.push_back(action_of(Verb::lose, channel.to, number));
    }
  }
  if (world.crash_left) {
    for (const char name : setting_.crashes) actions.push_back(action_of(Verb::crash, index_of(name)));
  }
  if (world.cut_left) actions.push_back(action_of(Verb::cut, kC));
  if (world.early_left == 0 || is_quiet(world)) return;
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (!world.nodes[node].alive) continue;
    if (has_deadline(world, node)) actions.push_back(action_of(Verb::early_timer, node));
    actions.push_back(action_of(Verb::early_beat, node));
  }
}

// ---- Acting ----

void Rules::act(World& world, const Action& action, small::Told* told) {
  ++world.steps;
  switch (action.verb) {
    case Verb::arrive: return arrive(world, action.number, told);
    case Verb::target: return take_target(world, action.node, action.number, told);
    case Verb::send:
      if (give_send(world, action.number, told)) world.messages_left &= ~(1U << action.number);
      return;
    case Verb::arrange:
      world.arrange_left = false;
      return arrange(world, setting_.scenario.members, setting_.scenario.arranged, told);
    case Verb::early_timer: --world.early_left; [[fallthrough]];
    case Verb::timeout: return time_out(world, action.node, told);
    case Verb::beat: return beat(world, told);
    case Verb::early_beat: --world.early_left; return give(world, action.node, {Input::Beat{}}, told);
    case Verb::heal:
      world.is_cut = false;
      for (World::Node& node : world.nodes) node.targets.push_back(kEverybody);
      return;
    case Verb::lose:
      --world.losses_left;
      world.channels[action.number].erase(world.channels[action.number].begin());
      return;
    case Verb::lose_rest: world.channels[action.number].clear(); return;
    case Verb::crash: return crash(world, action.node);
    case Verb::cut: return cut(world);
  }
}

void Rules::arrive(World& world, std::size_t number, small::Told* told) {
  const Channel channel = channel_of(number);
  std::vector<DatagramNumber>& packets = world.channels[number];
  const DatagramNumber datagram = packets.front();
  packets.erase(packets.begin());
  give(world, channel.to, {Input::Arrival{id_of(channel.from), datagram}}, told);
}

void Rules::take_target(World& world, std::size_t node, std::size_t number, small::Told* told) {
  World::Node& here = world.nodes[node];
  const NodeMask target = here.targets[number];
  here.targets.erase(here.targets.begin(), here.targets.begin() + static_cast<std::ptrdiff_t>(number) + 1);
  const auto gone = static_cast<NodeMask>(here.target & ~target);
  here.target = target;
  give(world, node, {Input::Target{nodes_of(target), nodes_of(gone)}}, told);
}

void Rules::arrange(World& world, std::string_view old_members, std::string_view members, small::Told* told) {
  // Who is not in the control view with A is in no group that A arranges.
  const NodeMask there = world.nodes[0].target;
  const auto both = [&](std::string_view names) { return nodes_of(mask_of(names) & there); };
  give(world, 0, {Input::Arrange{kGroup, both(old_members), both(members)}}, told);
}

bool Rules::give_send(World& world, std::size_t number, small::Told* told) {
  const Message& message = messages_[number];
  const std::size_t node = index_of(message.sender);
  const std::string text = std::string(1, message.sender) + std::to_string(number);
  const Input input{Input::Send{message.group, message.order, text}};
  const bool refused = states_[node].take(world.nodes[node].state, input).refused;
  give(world, node, input, told);
  return !refused;
}

// Who waits for nothing goes along with the slowest.
void Rules::time_out(World& world, std::size_t node, small::Told* told) {
  ++world.nodes[node].ahead;
  const std::uint8_t least = least_ahead(world).value();
  for (World::Node& other : world.nodes) {
    other.ahead = static_cast<std::uint8_t>(std::max(other.ahead, least) - least);
  }
  give(world, node, {Input::Timeout{}}, told);
}

// In one step, for they tell nobody anything new that matters where nothing else is on its way.
void Rules::beat(World& world, small::Told* told) {
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (world.nodes[node].alive) give(world, node, {Input::Beat{}}, told);
  }
  const auto acknowledgements = std::exchange(world.channels, {});
  for (std::size_t number = 0; number < acknowledgements.size(); ++number) {
    const Channel channel = channel_of(number);
    for (const DatagramNumber datagram : acknowledgements[number]) {
      give(world, channel.to, {Input::Arrival{id_of(channel.from), datagram}}, told);
    }
  }
}

void Rules::give(World& world, std::size_t node, const Input& input, small::Told* told) {
  World::Node& here = world.nodes[node];
  const Effect& effect = states_[node].take(here.state, input);
  here.state = effect.next;
  for (const Outbound& sent : effect.sent) {
    put_on_the_way(world, node, sent);
    if (told != nullptr) told->push_back(text_of_sent(sent, datagrams_));
  }
  for (const TraceRecord& record : effect.records) {
    here.history = histories_.add(here.history, record);
    if (told != nullptr) told->push_back(name_of(node) + ": " + text_of_record(record));
  }
}

void Rules::put_on_the_way(World& world, std::size_t from, const Outbound& sent) const {
  const Destination& to = sent.to;
  const Way way = !to.multicast ? Way::unicast : to.group == kControlGroup ? Way::control : Way::group;
  for (std::size_t node = 0; node < kNodes; ++node) {
    const bool is_meant = to.multicast ? node != from : id_of(node).endpoint == to.endpoint;
    if (!is_meant || !world.nodes[node].alive || !hear_each_other(world, from, node)) continue;
    world.channels[number_of({from, node, way})].push_back(sent.datagram);
  }
}

bool Rules::hear_each_other(const World& world, std::size_t one, std::size_t other) const {
  return !world.is_cut || (one == kC) == (other == kC);
}

void Rules::crash(World& world, std::size_t node) {
  world.crash_left = false;
  world.nodes[node].alive = false;
  world.nodes[node].state = 0;
  world.nodes[node].targets.clear();
  for (std::size_t number = 0; number < world.channels.size(); ++number) {
    if (channel_of(number).to == node) world.channels[number].clear();
  }
  for (World::Node& other : world.nodes) {
    if (!other.alive) continue;
    const NodeMask last = other.targets.empty() ? other.target : other.targets.back();
    other.targets.push_back(last & static_cast<NodeMask>(~(1U << node)));
  }
}

void Rules::cut(World& world) {
  world.cut_left = false;
  world.is_cut = true;
  for (std::size_t number = 0; number < world.channels.size(); ++number) {
    const Channel channel = channel_of(number);
    if (!hear_each_other(world, channel.from, channel.to)) world.channels[number].clear();
  }
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (world.nodes[node].alive) world.nodes[node].targets.push_back(node == kC ? kCAlone : kEverybody & ~kCAlone);
  }
}

// ---- Looking ----

std::uint64_t Rules::key(const World& world) const {
  StateDigest digest;
  for (const World::Node& node : world.nodes) {
    digest.add(node.state, node.history, node.alive, node.target, node.ahead, node.targets);
  }
  digest.add(world.channels, world.messages_left, world.losses_left, world.early_left, world.arrange_left);
  digest.add(world.crash_left, world.cut_left, world.is_cut);
  return digest.value();
}

std::vector<std::string> Rules::violations(const World& world) const {
  if (world.steps < kStepsMax) return {};
  return {"Termination: after " + std::to_string(kStepsMax) + " steps there is no end"};
}

std::vector<std::string> Rules::flaws_at_end(const World& world) {
  std::array<HistoryNumber, kNodes + 1> key{};
  for (std::size_t node = 0; node < kNodes; ++node) {
    key[node] = world.nodes[node].history;
    key[kNodes] |= world.nodes[node].alive ? 1U << node : 0U;
  }
  key[kNodes] |= world.is_cut ? 1U << kNodes : 0U;
  const auto [known, is_new] = examined_.try_emplace(key);
  if (is_new) {
    check::History history{.nodes = {}, .settled = true};
    for (std::size_t node = 0; node < kNodes; ++node) {
      const World::Node& here = world.nodes[node];
      history.nodes.push_back({.node = id_of(node),
                               .events = histories_.events(here.history),
                               .crashed = !here.alive,
                               .component = world.is_cut && node == kC ? 1U : 0U});
    }
    for (const check::Violation& violation : check::check_heavy_groups(history)) {
      known->second.push_back(check::to_string(violation));
    }
  }
  std::vector<std::string> flaws = known->second;
  for (std::size_t number = 0; number < messages_.size(); ++number) {
    const bool is_left = (world.messages_left >> number & 1U) != 0;
    if (!is_left || !is_possible(world, messages_[number])) continue;
    flaws.push_back("liveness: " + text_of_message(messages_[number]) + " is refused for ever");
  }
  return flaws;
}

std::size_t Rules::node_states() const {
  std::size_t count = 0;
  for (const NodeStates& one : states_) count += one.size();
  return count;
}

std::size_t Rules::confirmed() const {
  std::size_t count = 0;
  for (const NodeStates& one : states_) count += one.confirmed();
  return count;
}

std::string Rules::text_of(const World& before, const Action& action) const {
  const std::string name = name_of(action.node);
  const auto next_of = [&](std::size_t number) {
    const Channel channel = channel_of(number);
    return name_of(channel.from) + "'s " + text_of_datagram(datagrams_.at(before.channels[number].front()));
  };
  switch (action.verb) {
    case Verb::arrive: return name + " gets " + next_of(action.number);
    case Verb::target:
      return name + " is to have " + names_of(nodes_of(before.nodes[action.node].targets[action.number]));
    case Verb::send: return text_of_message(messages_[action.number]);
    case Verb::arrange: return "A arranges group 7: " + std::string{setting_.scenario.arranged};
    case Verb::timeout: return name + "'s deadline comes";
    case Verb::beat: return "everybody's heartbeat comes";
    case Verb::heal: return "C can be heard again";
    case Verb::lose: return name + " never gets " + next_of(action.number);
    case Verb::lose_rest: return name + " gets nothing more on the way of " + next_of(action.number);
    case Verb::crash: return name + " crashes";
    case Verb::cut: return "C is cut off";
    case Verb::early_timer: return name + "'s deadline comes early";
    case Verb::early_beat: return name + "'s heartbeat goes out";
  }
  return {};
}

}  // namespace hawser::heavy
