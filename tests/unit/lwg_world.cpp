#include "tests/unit/lwg_world.hpp"

#include <algorithm>
#include <array>

#include "lwg/directory.hpp"
#include "lwg/light_messages.hpp"
#include "lwg/light_views.hpp"
#include "lwg/wishes.hpp"
#include "transport/core/check.hpp"

namespace hawser::test {
namespace {

char name_of(const NodeId& node) { return static_cast<char>('A' + node.incarnation.value - 1); }

std::string members_of(const LightView& view) {
  std::string text;
  for (const LightMember& member : view.members) text += name_of(member.node);
  return text;
}

std::string kind_of(ByteView message) {
  static const std::array kKinds{"data", "marker", "requests", "operations", "vote", "snapshot"};
  const auto decoded = decode_light_message(message);
  return decoded ? kKinds[decoded->index()] : "?";
}

}  // namespace

LwgWorld::LwgWorld(const LightGroupsConfig& config, std::optional<std::uint64_t> seed)
    : config_(config), rng_(seed.value_or(1)), cluster_(seed ? &chance_ : nullptr) {
  cluster_.on_sent = [this](const NodeId& from, GroupId, ByteView message) {
    ++node_at(name_of(from)).said[kind_of(message)];
  };
}

void LwgWorld::add(std::string_view nodes) {
  for (const char name : nodes) {
    Node& node = nodes_[name];
    node.heavy = &cluster_.add(id_of(name));
    node.groups =
        std::make_unique<LightGroups>(id_of(name), *node.heavy, config_, Rng{static_cast<std::uint64_t>(name)});
  }
}

void LwgWorld::start(std::string_view nodes) {
  add(nodes);
  change({nodes});
  settle();
}

void LwgWorld::crash(char node) {
  node_at(node).alive = false;
  cluster_.crash(id_of(node));
}

void LwgWorld::change(std::initializer_list<std::string_view> components) {
  change(std::vector<std::string>{components.begin(), components.end()});
}

void LwgWorld::change(const std::vector<std::string>& components) {
  std::vector<std::vector<NodeId>> ids;
  for (const std::string& component : components) {
    std::vector<NodeId>& members = ids.emplace_back();
    for (const char node : component) members.push_back(id_of(node));
  }
  cluster_.change(ids);
}

// ---- What the application does ----

template <typename Input>
void LwgWorld::feed(char name, Input&& input) {
  Outbox transport;
  LightOutbox out{transport, {}};
  input(*node_at(name).groups, out);
  for (const LightEvent& event : out.events) {
    checker_.on_event(id_of(name), event);
    note(name, event);
  }
  for (const LightEvent& event : out.events) respond(name, event);
}

void LwgWorld::respond(char name, const LightEvent& event) {
  if (const auto* view = std::get_if<LightViewInstalled>(&event)) {
    if (node_at(name).wanted.contains(view->name) || !view->brings(id_of(name))) return;
    if (watches(name, view->name)) {
      join(name, {view->name});  // It may have been on its way out when it asked to watch.
    } else {
      leave(name, {view->name});  // It watched when the group came.
    }
  } else if (const auto* watched = std::get_if<PatternWatched>(&event)) {
    std::vector<std::string> names;
    for (const auto& [id, group] : groups(name).directory().groups()) {
      if (watched->pattern.matches(group.name)) names.push_back(group.name);
    }
    join(name, names);
  }
}

bool LwgWorld::watches(char node, const std::string& name) {
  const std::set<Pattern>& patterns = node_at(node).patterns;
  return std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& pattern) { return pattern.matches(name); });
}

void LwgWorld::watch(char node, const Pattern& pattern) {
  node_at(node).patterns.insert(pattern);
  feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.watch({&pattern, 1}, now_, out); });
}

void LwgWorld::unwatch(char node, const Pattern& pattern) {
  node_at(node).patterns.erase(pattern);
  feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.unwatch({&pattern, 1}, now_, out); });
}

void LwgWorld::join(char node, const std::vector<std::string>& names, Role role) {
  std::vector<JoinRequest> requests;
  for (const std::string& name : names) {
    requests.push_back({name, role});
    node_at(node).wanted.insert(name);
  }
  feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.join(requests, now_, out); });
}

void LwgWorld::configure(char node, const std::string& name, const Configuration& configuration) {
  node_at(node).configured.insert(name);
  feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.configure(name, configuration, now_, out); });
}

void LwgWorld::leave(char node, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    node_at(node).wanted.erase(name);
    node_at(node).configured.erase(name);
  }
  feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.leave(names, now_, out); });
}

bool LwgWorld::send(char node, const std::string& name) {
  std::uint64_t& sent = node_at(node).sent[name];
  const std::string text = LwgChecker::message_text(id_of(node), name, sent + 1);
  const std::array<ByteView, 1> parts{std::as_bytes(std::span{text})};
  bool accepted = false;
  feed(node, [&](LightGroups& groups, LightOutbox& out) {
    const LightView* view = groups.view_of(name);
    accepted = view != nullptr && groups.send(view->group, parts, now_, out).ok();
  });
  if (accepted) checker_.on_sent(id_of(node), name, ++sent);
  return accepted;
}

void LwgWorld::tick(std::string_view nodes) {
  for (const char node : nodes) {
    feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.on_timeout(now_, out); });
  }
}

void LwgWorld::pass(Duration time) {
  now_ += time;
  tick(live());
}

// ---- What the network does ----

void LwgWorld::hand_over(char name, std::vector<GroupEvent> events) {
  for (GroupEvent& event : events) {
    const auto* view = std::get_if<ViewInstalled>(&event);
    if (view != nullptr && view->group == kControlGroup) checker_.on_control_view(id_of(name), view->view);
    note(name, event);
    feed(name, [&](LightGroups& groups, LightOutbox& out) { groups.on_event(std::move(event), now_, out); });
  }
}

void LwgWorld::settle_once(std::string_view nodes) {
  for (bool more = true; more && comes_to_rest_;) {
    more = false;
    for (const char name : nodes) {
      const auto steps = cluster_.steps(id_of(name));
      if (steps.empty()) continue;
      take(name, steps.front());
      more = true;
      comes_to_rest_ = ++restless_steps_ < kRestlessStepsMax;
    }
  }
}

void LwgWorld::settle(std::string_view nodes) {
  const std::string who = nodes.empty() ? live() : std::string{nodes};
  const auto can_go_on = [&](char node) { return !cluster_.steps(id_of(node)).empty(); };
  restless_steps_ = 0;
  do {
    settle_once(who);
    now_ += Wishes::kLookInterval;
    tick(who);
  } while (comes_to_rest_ && std::any_of(who.begin(), who.end(), can_go_on));
}

template <typename Wanted>
bool LwgWorld::take_first(char node, Wanted wanted) {
  for (const MemoryStep& step : cluster_.steps(id_of(node))) {
    if (!wanted(step)) continue;
    take(node, step);
    return true;
  }
  return false;
}

bool LwgWorld::step_control(char node) {
  return take_first(
      node, [](const MemoryStep& step) { return step.group == kControlGroup && step.kind != MemoryStep::Kind::view; });
}

void LwgWorld::order(std::string_view nodes) {
  const std::string who = nodes.empty() ? live() : std::string{nodes};
  for (bool more = true; more;) {
    more = false;
    for (const char node : who) more = step_control(node) || more;
  }
}

void LwgWorld::hear(char node, std::string_view senders) {
  const auto is_theirs = [&](const MemoryStep& step) {
    return step.group != kControlGroup && is_fifo_from(node, senders, step);
  };
  while (take_first(node, is_theirs)) {
  }
}

void LwgWorld::hear(char node, std::string_view senders, GroupId heavy) {
  const auto is_theirs = [&](const MemoryStep& step) {
    return step.group == heavy && is_fifo_from(node, senders, step);
  };
  while (take_first(node, is_theirs)) {
  }
}

bool LwgWorld::is_fifo_from(char node, std::string_view senders, const MemoryStep& step) const {
  if (step.kind != MemoryStep::Kind::fifo) return false;
  const char sender = name_of(cluster_.view_of(id_of(node), step.group).members[step.sender]);
  return senders.find(sender) != std::string_view::npos;
}

void LwgWorld::move_on(char node) {
  while (take_first(node, [](const MemoryStep& step) { return step.kind == MemoryStep::Kind::arranged; })) {
  }
}

bool LwgWorld::deliver_total(char node) {
  return take_first(node, [](const MemoryStep& step) { return step.kind == MemoryStep::Kind::total; });
}

bool LwgWorld::deliver_fifo(char node) {
  return take_first(node, [](const MemoryStep& step) { return step.kind == MemoryStep::Kind::fifo; });
}

void LwgWorld::enter_view(char node) {
  for (;;) {
    const auto steps = cluster_.steps(id_of(node));
    HAWSER_CHECK(!steps.empty());
    take(node, steps.front());
    if (steps.front().kind == MemoryStep::Kind::view) return;
  }
}

// What was sent later, elsewhere, overtakes the slow stream.
bool LwgWorld::holds_back(char node, const MemoryStep& step) {
  if (!has_slow_streams_) return false;
  const bool is_data = step.kind == MemoryStep::Kind::fifo && step.group != kControlGroup;
  if (slow_.steps_left == 0) {
    if (is_data && rng_.one_in(64)) slow_ = {node, step.group, step.sender, rng_.between(50, 400)};
    return false;
  }
  --slow_.steps_left;
  return is_data && node == slow_.node && step.group == slow_.group && step.sender == slow_.sender && !rng_.one_in(64);
}

// Now and then several steps at once, of which the node is told together; and a little time passes.
bool LwgWorld::step_at_random() {
  std::vector<std::pair<char, MemoryStep>> all;
  for (const auto& [name, node] : nodes_) {
    for (const MemoryStep& step : cluster_.steps(id_of(name))) all.emplace_back(name, step);
  }
  if (all.empty()) return false;
  const auto [name, step] = all[rng_.below(all.size())];
  if (holds_back(name, step)) return true;
  std::vector<GroupEvent> events = cluster_.take(id_of(name), step);
  for (std::uint64_t more = rng_.one_in(4) ? rng_.between(1, 6) : 0; more > 0; --more) {
    const auto steps = cluster_.steps(id_of(name));
    if (steps.empty()) break;
    const MemoryStep& next = steps[rng_.below(steps.size())];
    if (holds_back(name, next)) break;
    for (GroupEvent& event : cluster_.take(id_of(name), next)) {
      events.push_back(std::move(event));
    }
  }
  hand_over(name, std::move(events));
  now_ += std::chrono::microseconds{100};
  if (rng_.one_in(8)) tick(std::string(1, name));
  return true;
}

// ---- What can be seen ----

std::string LwgWorld::live() const {
  std::string names;
  for (const auto& [name, node] : nodes_) {
    if (node.alive) names += name;
  }
  return names;
}

void LwgWorld::note(char name, const GroupEvent& event) {
  std::set<GroupId>& heavies = node_at(name).heavies;
  if (const auto* view = std::get_if<ViewInstalled>(&event)) heavies.insert(view->group);
  if (const auto* left = std::get_if<GroupLeft>(&event)) heavies.erase(left->group);
}

void LwgWorld::note(char name, const LightEvent& event) {
  Node& node = node_at(name);
  if (const auto* view = std::get_if<LightViewInstalled>(&event)) {
    std::string text = "view " + members_of(view->view);
    for (const NodeId& newcomer : view->newcomers) text += std::string(" +") + name_of(newcomer);
    const auto [carrier, is_new] = node.carriers.try_emplace(view->view.group, view->heavy);
    if (std::exchange(carrier->second, view->heavy) != view->heavy) text += " moved";
    Configuration& known = node.configurations[view->view.group];
    if (known != view->configuration) text += view->configuration.is_total() ? " total" : " told";
    known = view->configuration;
    node.names[view->view.group] = view->name;
    node.history[view->name].push_back(text);
  } else if (const auto* left = std::get_if<LightViewLeft>(&event)) {
    node.history[left->name].emplace_back(left->cause == LightViewLeft::Cause::merged ? "merged" : "left");
    node.carriers.erase(left->group);
    node.configurations.erase(left->group);
  } else if (const auto* delivered = std::get_if<LightDelivered>(&event)) {
    const auto bytes = delivered->payload.bytes();
    const std::string text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    node.history[node.names[delivered->group]].push_back(text.front() + text.substr(text.rfind(' ') + 1));
  } else if (const auto* repaired = std::get_if<LightGroupsRepaired>(&event)) {
    node.notes.push_back("repaired " + std::to_string(repaired->groups));
  } else if (const auto* watched = std::get_if<PatternWatched>(&event)) {
    node.notes.push_back("watched " + watched->pattern.text());
  } else {
    node.notes.emplace_back("lineage lost");
  }
}

std::vector<std::string> LwgWorld::history(char node, const std::string& name) { return node_at(node).history[name]; }

void LwgWorld::forget() {
  for (auto& [name, node] : nodes_) {
    node.history.clear();
    node.notes.clear();
    node.said.clear();
  }
}

std::string LwgWorld::view(char node, const std::string& name) {
  const LightView* view = groups(node).view_of(name);
  return view == nullptr ? "-" : members_of(*view);
}

GroupId LwgWorld::carrier_id(char node, const std::string& name) {
  for (const auto& [id, group] : groups(node).views().groups()) {
    if (group.name == name) return group.heavy;
  }
  return {};
}

std::string LwgWorld::carrier(char node, const std::string& name) {
  const auto& heavies = groups(node).directory().heavies();
  const auto at = heavies.find(carrier_id(node, name));
  if (at == heavies.end()) return "-";
  std::string members;
  for (const NodeId& member : at->second) members += name_of(member);
  std::sort(members.begin(), members.end());
  return members;
}

std::size_t LwgWorld::heavies_of(char node) {
  const std::set<GroupId>& known = node_at(node).heavies;
  return static_cast<std::size_t>(std::count_if(known.begin(), known.end(), [&](GroupId group) {
    return group != kControlGroup && heavy(node).find(group) != nullptr;
  }));
}

std::size_t LwgWorld::carriers_of(char node) {
  std::set<GroupId> carriers;
  for (const auto& [id, group] : groups(node).views().groups()) carriers.insert(group.heavy);
  return carriers.size();
}

bool LwgWorld::one_directory() {
  const std::string names = live();
  return std::all_of(names.begin(), names.end(), [&](char name) {
    return groups(name).directory_synced() &&
           groups(name).directory_digest() == groups(names.front()).directory_digest();
  });
}

bool LwgWorld::is_covered(char node) {
  const Directory& directory = groups(node).directory();
  for (const auto& [id, group] : directory.groups()) {
    const auto heavy = directory.heavies().find(group.heavy);
    const std::vector<NodeId> carried = heavy == directory.heavies().end() ? std::vector<NodeId>{} : heavy->second;
    const auto is_there = [&](const LightMember& member) {
      return std::find(carried.begin(), carried.end(), member.node) != carried.end();
    };
    if (!std::all_of(group.members.begin(), group.members.end(), is_there)) return false;
  }
  return true;
}

std::vector<std::string> LwgWorld::violations() {
  settle();
  std::map<NodeId, std::set<std::string>> wanted;
  for (const auto& [name, node] : nodes_) {
    if (node.alive) wanted[id_of(name)] = node.wanted;
  }
  checker_.check_end(wanted);
  std::vector<std::string> found = checker_.violations();
  if (!comes_to_rest_) found.emplace_back("liveness: the nodes never come to rest");
  if (!one_directory()) found.emplace_back("one directory: the nodes' directories differ at the end");
  for (const char node : live()) {
    if (!is_covered(node)) found.push_back(std::string("coverage: a group is larger than its carrier, says ") + node);
    for (const auto& [id, group] : groups(node).directory().groups()) {
      if (!watches(node, group.name) || view(node, group.name) != "-") continue;
      found.push_back(std::string("watch: ") + node + " is not in " + group.name);
    }
    for (const std::string& name : node_at(node).configured) {
      const auto id = groups(node).directory().id_of(name);
      if (id && groups(node).directory().find(*id)->configuration.is_set()) continue;
      found.push_back(std::string("configuration: ") + node + " asked for one of " + name + ", and there is none");
    }
    if (!groups(node).is_quiet()) found.push_back(std::string("quiet: something waits for ever at ") + node);
  }
  return found;
}

LightGroupsConfig exact() {
  LightGroupsConfig config;
  config.policy.kind = MapperPolicy::Kind::exact;
  return config;
}

void join_all(LwgWorld& world, std::string_view nodes, const std::string& name) {
  for (const char node : nodes) {
    world.join(node, {name});
    world.settle();
  }
}

}  // namespace hawser::test
