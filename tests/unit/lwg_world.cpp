#include "tests/unit/lwg_world.hpp"

#include <algorithm>
#include <array>

#include "transport/core/check.hpp"

namespace hawser::test {
namespace {

char name_of(const NodeId& node) { return static_cast<char>('A' + node.incarnation.value - 1); }

std::string members_of(const LightView& view) {
  std::string text;
  for (const LightMember& member : view.members) text += name_of(member.node);
  return text;
}

constexpr Time kNow{};

}  // namespace

LwgWorld::LwgWorld(std::optional<std::uint64_t> seed) : rng_(seed.value_or(1)), cluster_(seed ? &rng_ : nullptr) {}

void LwgWorld::add(std::string_view nodes) {
  for (const char name : nodes) {
    Node& node = nodes_[name];
    node.heavy = &cluster_.add(id_of(name));
    node.groups = std::make_unique<LightGroups>(id_of(name), *node.heavy, Rng{static_cast<std::uint64_t>(name)});
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
}

void LwgWorld::join(char node, const std::vector<std::string>& names, Role role) {
  std::vector<JoinRequest> requests;
  for (const std::string& name : names) {
    requests.push_back({name, role});
    node_at(node).wanted.insert(name);
  }
  feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.join(requests, kNow, out); });
}

void LwgWorld::leave(char node, const std::vector<std::string>& names) {
  for (const std::string& name : names) node_at(node).wanted.erase(name);
  feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.leave(names, kNow, out); });
}

bool LwgWorld::send(char node, const std::string& name) {
  std::uint64_t& sent = node_at(node).sent[name];
  const std::string text = LwgChecker::message_text(id_of(node), name, sent + 1);
  const std::array<ByteView, 1> parts{std::as_bytes(std::span{text})};
  bool accepted = false;
  feed(node, [&](LightGroups& groups, LightOutbox& out) {
    const LightView* view = groups.view_of(name);
    accepted = view != nullptr && groups.send(view->group, parts, kNow, out).ok();
  });
  if (accepted) checker_.on_sent(id_of(node), name, ++sent);
  return accepted;
}

void LwgWorld::tick(char node) {
  feed(node, [&](LightGroups& groups, LightOutbox& out) { groups.on_timeout(kNow, out); });
}

// ---- What the network does ----

void LwgWorld::take(char name, const MemoryStep& step) {
  GroupEvent event = cluster_.take(id_of(name), step);
  if (const auto* view = std::get_if<ViewInstalled>(&event)) checker_.on_heavy_view(id_of(name), view->view);
  feed(name, [&](LightGroups& groups, LightOutbox& out) { groups.on_event(std::move(event), kNow, out); });
}

void LwgWorld::settle(std::string_view nodes) {
  const std::string who = nodes.empty() ? live() : std::string{nodes};
  for (bool more = true; more;) {
    more = false;
    for (const char name : who) {
      const auto steps = cluster_.steps(id_of(name));
      if (steps.empty()) continue;
      take(name, steps.front());
      more = true;
    }
  }
}

bool LwgWorld::take_first(char node, MemoryStep::Kind kind, std::optional<char> sender) {
  for (const MemoryStep& step : cluster_.steps(id_of(node))) {
    if (step.kind != kind) continue;
    if (sender && cluster_.view_of(id_of(node)).members[step.sender] != id_of(*sender)) continue;
    take(node, step);
    return true;
  }
  return false;
}

bool LwgWorld::deliver_fifo(char node, char sender) { return take_first(node, MemoryStep::Kind::fifo, sender); }

bool LwgWorld::deliver_total(char node) { return take_first(node, MemoryStep::Kind::total, std::nullopt); }

void LwgWorld::deliver_totals(char node) {
  while (deliver_total(node)) {
  }
}

void LwgWorld::enter_view(char node) {
  for (;;) {
    const auto steps = cluster_.steps(id_of(node));
    HAWSER_CHECK(!steps.empty());
    take(node, steps.front());
    if (steps.front().kind == MemoryStep::Kind::view) return;
  }
}

bool LwgWorld::step_at_random() {
  std::vector<std::pair<char, MemoryStep>> all;
  for (const auto& [name, node] : nodes_) {
    for (const MemoryStep& step : cluster_.steps(id_of(name))) all.emplace_back(name, step);
  }
  if (all.empty()) return false;
  const auto& [name, step] = all[rng_.below(all.size())];
  take(name, step);
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

void LwgWorld::note(char name, const LightEvent& event) {
  Node& node = node_at(name);
  if (const auto* view = std::get_if<LightViewInstalled>(&event)) {
    std::string text = "view " + members_of(view->view);
    for (const NodeId& newcomer : view->newcomers) text += std::string(" +") + name_of(newcomer);
    node.names[view->view.group] = view->name;
    node.history[view->name].push_back(text);
  } else if (const auto* left = std::get_if<LightViewLeft>(&event)) {
    node.history[left->name].emplace_back(left->cause == LightViewLeft::Cause::asked ? "left" : "merged");
  } else if (const auto* delivered = std::get_if<LightDelivered>(&event)) {
    const auto bytes = delivered->payload.bytes();
    const std::string text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    node.history[node.names[delivered->group]].push_back(text.front() + text.substr(text.rfind(' ') + 1));
  } else if (const auto* repaired = std::get_if<LightGroupsRepaired>(&event)) {
    node.notes.push_back("repaired " + std::to_string(repaired->groups));
  } else {
    node.notes.emplace_back("lineage lost");
  }
}

std::vector<std::string> LwgWorld::history(char node, const std::string& name) { return node_at(node).history[name]; }

void LwgWorld::forget() {
  for (auto& [name, node] : nodes_) {
    node.history.clear();
    node.notes.clear();
  }
}

std::string LwgWorld::view(char node, const std::string& name) {
  const LightView* view = groups(node).view_of(name);
  return view == nullptr ? "-" : members_of(*view);
}

bool LwgWorld::one_directory() {
  const std::string names = live();
  return std::all_of(names.begin(), names.end(), [&](char name) {
    return groups(name).directory_synced() &&
           groups(name).directory_digest() == groups(names.front()).directory_digest();
  });
}

std::vector<std::string> LwgWorld::violations() {
  settle();
  std::map<NodeId, std::set<std::string>> wanted;
  for (const auto& [name, node] : nodes_) {
    if (node.alive) wanted[id_of(name)] = node.wanted;
  }
  checker_.check_end(wanted);
  std::vector<std::string> found = checker_.violations();
  if (!one_directory()) found.emplace_back("one directory: the nodes' directories differ at the end");
  return found;
}

}  // namespace hawser::test
