#include "tests/small_world/world.hpp"

#include <algorithm>

#include "tests/small_world/text.hpp"
#include "transport/core/check.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser::small {
namespace {

// What is due later is for Deed::Kind::wait.
constexpr Duration kSoon = std::chrono::seconds{1};

std::size_t index_of(char node) { return static_cast<std::size_t>(node - 'A'); }

bool has_one_order(const Setting& setting) {
  const auto& deeds = setting.scenario.deeds;
  return setting.messages == Messages::total ||
         std::any_of(deeds.begin(), deeds.end(), [](const Deed& one) { return one.kind == Deed::Kind::configure; });
}

NodeId id_of(std::size_t node) { return {{node + 1}, {0x7f000001, 4000}}; }

}  // namespace

Rules::Rules(const Setting& setting)
    : setting_(setting), deeds_(setting.scenario.deeds), diaries_(has_one_order(setting)) {
  HAWSER_CHECK(add_senders(setting.senders, deeds_));
  LightGroupsConfig config;
  config.policy.kind = setting.scenario.policy;
  config.policy.counts_idle = setting.scenario.counts_idle;
  if (setting.messages == Messages::bulk) config.bulk_bytes_min = 1;
  for (std::size_t node = 0; node < kNodes; ++node) states_.emplace_back(id_of(node), config);
}

World Rules::initial() {
  choices_.begin();
  World world;
  world.cluster = std::make_unique<test::MemoryCluster>(&choices_);
  for (std::size_t node = 0; node < kNodes; ++node) world.cluster->add(id_of(node));
  change(world);
  settle(world);
  for (const Deed& deed : setting_.scenario.setup) {
    carry_out(world, deed, nullptr);
    settle(world);
    if (setting_.messages != Messages::total || deed.kind != Deed::Kind::join) continue;
    carry_out(world, {Deed::Kind::configure, deed.node, deed.group}, nullptr);
    settle(world);
  }
  world.deeds_left = (1U << deeds_.size()) - 1;
  world.changed = setting_.crashes.empty();
  return world;
}

void Rules::settle(World& world) {
  for (bool more = true; more;) {
    more = false;
    for (std::size_t node = 0; node < kNodes; ++node) {
      const auto steps = world.cluster->steps(id_of(node));
      if (steps.empty()) continue;
      more = true;
      step(world, node, steps.front(), nullptr);
    }
  }
}

// ---- What can happen ----

std::vector<Action> Rules::actions(const World& world) const {
  using Verb = Action::Verb;
  std::vector<Action> actions;
  for (std::uint8_t node = 0; node < kNodes; ++node) {
    if (!world.nodes[node].alive) continue;
    const std::size_t steps = world.cluster->steps(id_of(node)).size();
    for (std::uint8_t number = 0; number < steps; ++number) actions.push_back({Verb::step, node, number});
    if (states_[node].seen(world.nodes[node].state).due < kSoon) actions.push_back({Verb::time, node, 0});
  }
  for (std::uint8_t number = 0; number < deeds_.size(); ++number) {
    if ((world.deeds_left >> number & 1U) == 0 || !is_possible(world, deeds_[number])) continue;
    actions.push_back({Verb::deed, static_cast<std::uint8_t>(index_of(deeds_[number].node)), number});
  }
  if (world.changed) return actions;
  for (const char node : setting_.crashes) {
    if (node == '-') {
      actions.push_back({Verb::change, 0, 0});
    } else {
      actions.push_back({Verb::crash, static_cast<std::uint8_t>(index_of(node)), 0});
    }
  }
  return actions;
}

bool Rules::is_possible(const World& world, const Deed& deed) const {
  const World::Node& node = world.nodes[index_of(deed.node)];
  if (!node.alive) return false;
  return deed.kind != Deed::Kind::send || states_[index_of(deed.node)].seen(node.state).open.contains(deed.group);
}

// ---- Acting ----

void Rules::act(World& world, const Action& action, Told* told) {
  switch (action.verb) {
    case Action::Verb::step:
      return step(world, action.node, world.cluster->steps(id_of(action.node))[action.number], told);
    case Action::Verb::deed:
      if (carry_out(world, deeds_[action.number], told)) world.deeds_left &= ~(1U << action.number);
      return;
    case Action::Verb::time: {
      const Duration due = states_[action.node].seen(world.nodes[action.node].state).due;
      give(world, action.node, {Input::Wait{}, std::max(due, Duration{})}, told);
      return;
    }
    case Action::Verb::crash:
      world.nodes[action.node].alive = false;
      world.nodes[action.node].state = 0;
      world.cluster->crash(id_of(action.node));
      return change(world);
    case Action::Verb::change: return change(world);
  }
}

void Rules::change(World& world) {
  world.changed = true;
  std::vector<NodeId> live;
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (world.nodes[node].alive) live.push_back(id_of(node));
  }
  world.cluster->change({live});
}

void Rules::step(World& world, std::size_t node, const test::MemoryStep& step, Told* told) {
  for (GroupEvent& event : world.cluster->take(id_of(node), step)) {
    const auto* view = std::get_if<ViewInstalled>(&event);
    if (view != nullptr && view->group == kControlGroup) {
      world.nodes[node].diary = diaries_.add_view(world.nodes[node].diary, view->view);
    }
    give(world, node, {std::move(event)}, told);
  }
}

bool Rules::carry_out(World& world, const Deed& deed, Told* told) {
  const std::size_t node = index_of(deed.node);
  switch (deed.kind) {
    case Deed::Kind::join: give(world, node, {Input::Join{deed.group}}, told); return true;
    case Deed::Kind::leave: give(world, node, {Input::Leave{deed.group}}, told); return true;
    case Deed::Kind::configure: give(world, node, {Input::Configure{deed.group}}, told); return true;
    case Deed::Kind::wait: give(world, node, {Input::Wait{}, LightGroupsConfig{}.heavy_grace}, told); return true;
    case Deed::Kind::send: break;
  }
  const LightGroupId group = states_[node].seen(world.nodes[node].state).open.at(deed.group);
  const bool sent =
      give(world, node, {Input::Send{group, test::LwgChecker::message_text(id_of(node), deed.group, 1)}}, told);
  if (sent) world.nodes[node].diary = diaries_.add_sent(world.nodes[node].diary, deed.group, 1);
  return sent;
}

// False where the node refused it.
bool Rules::give(World& world, std::size_t node, const Input& input, Told* told) {
  World::Node& here = world.nodes[node];
  const Effect& effect = states_[node].take(here.state, input, *world.cluster);
  here.state = effect.next;
  for (const LightEvent& event : effect.events) {
    here.diary = diaries_.add_event(here.diary, event);
    if (told != nullptr) told->push_back(std::string(1, static_cast<char>('A' + node)) + ": " + text_of_event(event));
  }
  return !effect.refused;
}

// ---- Looking ----

std::uint64_t Rules::key(const World& world) const {
  StateDigest digest;
  digest.add(*world.cluster, world.deeds_left, world.changed);
  for (const World::Node& node : world.nodes) digest.add(node.state, node.diary, node.alive);
  return digest.value();
}

std::vector<std::string> Rules::violations(const World& world) {
  std::vector<std::string> found;
  for (std::size_t one = 0; one < kNodes; ++one) {
    const World::Node& node = world.nodes[one];
    const Seen& seen = states_[one].seen(node.state);
    if (node.alive && !seen.covered) found.emplace_back("coverage: a group is larger than its carrier");
    for (std::size_t other = one + 1; other < kNodes; ++other) {
      const World::Node& second = world.nodes[other];
      const auto said = diaries_.contradictions({id_of(one), node.diary}, {id_of(other), second.diary});
      found.insert(found.end(), said.begin(), said.end());
      if (!node.alive || !second.alive) continue;
      const bool same_place = world.cluster->ordered_at(id_of(one)) == world.cluster->ordered_at(id_of(other)) &&
                              world.cluster->view_of(id_of(one)).id == world.cluster->view_of(id_of(other)).id;
      if (!same_place || seen.directory == states_[other].seen(second.state).directory) continue;
      found.emplace_back("one directory: two nodes that have heard the same differ");
    }
  }
  return found;
}

std::map<NodeId, std::set<std::string>> Rules::wanted(const World& world) const {
  std::map<NodeId, std::set<std::string>> wanted;
  const auto add = [&](const std::vector<Deed>& deeds) {
    for (const Deed& deed : deeds) {
      const std::size_t node = index_of(deed.node);
      if (!world.nodes[node].alive) continue;
      if (deed.kind == Deed::Kind::join) wanted[id_of(node)].insert(deed.group);
      if (deed.kind == Deed::Kind::leave) wanted[id_of(node)].erase(deed.group);
    }
  };
  add(setting_.scenario.setup);
  add(deeds_);
  return wanted;
}

std::vector<std::string> Rules::flaws_at_end(const World& world) {
  std::vector<Keeper> live;
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (world.nodes[node].alive) live.push_back({id_of(node), world.nodes[node].diary});
  }
  const auto wanted_by = wanted(world);
  std::vector<std::string> found = diaries_.flaws_at_end(live, wanted_by);
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (!world.nodes[node].alive) continue;
    const Seen& seen = states_[node].seen(world.nodes[node].state);
    const std::string name(1, static_cast<char>('A' + node));
    if (!seen.quiet) found.push_back("quiet: something waits for ever at " + name);
    const std::size_t first = live.front().node.incarnation.value - 1;
    if (seen.directory != states_[first].seen(world.nodes[first].state).directory) {
      found.push_back("one directory: " + name + "'s differs at the end");
    }
  }
  for (std::size_t number = 0; number < deeds_.size(); ++number) {
    const Deed& deed = deeds_[number];
    if ((world.deeds_left >> number & 1U) == 0 || !world.nodes[index_of(deed.node)].alive) continue;
    if (!wanted_by.at(id_of(index_of(deed.node))).contains(deed.group)) continue;  // It left before.
    found.push_back("liveness: " + text_of_deed(deed) + " is never possible");
  }
  return found;
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
  const std::string name(1, static_cast<char>('A' + action.node));
  switch (action.verb) {
    case Action::Verb::step: {
      const test::MemoryStep step = before.cluster->steps(id_of(action.node))[action.number];
      const auto next = before.copy();
      return name + " " + text_of_step(step, *before.cluster, *next.cluster, id_of(action.node));
    }
    case Action::Verb::deed: return text_of_deed(deeds_[action.number]);
    case Action::Verb::time: return name + "'s deadline comes";
    case Action::Verb::crash: return name + " crashes, and the control view changes";
    case Action::Verb::change: return "the control view changes, nobody is lost";
  }
  return {};
}

}  // namespace hawser::small
