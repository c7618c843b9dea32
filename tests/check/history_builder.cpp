#include "history_builder.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include "check_all.hpp"

namespace hawser::check {

namespace {

std::vector<std::string> words(std::string_view text) {
  std::istringstream in{std::string{text}};
  return {std::istream_iterator<std::string>{in}, {}};
}

/// FNV-1a, mixed: names become numbers, the same everywhere.
std::uint64_t number_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return mix64(hash);
}

MessageDigest payload_of(std::string_view topic, std::string_view publisher, std::uint64_t number) {
  return number_of(std::string{topic} + " " + std::string{publisher} + " " + std::to_string(number));
}

}  // namespace

NodeId HistoryBuilder::id(Names node) {
  return {Incarnation{number_of(node)}, Endpoint{0x7f000001, static_cast<std::uint16_t>(number_of(node))}};
}

std::vector<NodeId> HistoryBuilder::ids(Names nodes) {
  std::vector<NodeId> result;
  for (const std::string& node : words(nodes)) result.push_back(id(node));
  return result;
}

NodeTrace& HistoryBuilder::trace_of(Names node) {
  const auto at = std::find_if(history_.nodes.begin(), history_.nodes.end(),
                               [&](const NodeTrace& trace) { return trace.node == id(node); });
  if (at != history_.nodes.end()) return *at;
  history_.nodes.push_back({.node = id(node)});
  return history_.nodes.back();
}

/// Appends `make(name)` to the trace of every node in `who`; a call takes a millisecond.
template <typename Make>
HistoryBuilder& HistoryBuilder::record(Names who, Make&& make) {
  if (!std::exchange(at_once_, false)) now_ += std::chrono::milliseconds{1};
  for (const std::string& node : words(who)) trace_of(node).events.push_back({now_, make(node)});
  return *this;
}

HistoryBuilder& HistoryBuilder::view(std::uint64_t epoch, Names who, Names members) {
  const std::string names{members.empty() ? who : members};
  View view{{epoch, number_of(names)}, ids(names), {}};
  for (const std::string& node : words(names)) view.start_ids.push_back({number_of(node) % 100 + epoch});
  std::map<std::string, std::vector<NodeId>> transitional;
  for (const std::string& node : words(who)) {
    for (const std::string& other : words(names)) {
      const bool together = states_[node].view.has_value() && states_[node].view == states_[other].view;
      if (node == other || together) transitional[node].push_back(id(other));
    }
  }
  record(who, [&](const std::string& node) { return trace::HeavyView{kControlGroup, view, transitional[node]}; });
  for (const std::string& node : words(who)) states_[node].view = view;
  return *this;
}

HistoryBuilder& HistoryBuilder::sends(Names sender, Names message, Order order) {
  return record(sender, [&](const auto&) { return trace::HeavySent{kControlGroup, order, number_of(message)}; });
}

HistoryBuilder& HistoryBuilder::delivers(Names who, Names sender, Names message, Order order) {
  return record(
      who, [&](const auto&) { return trace::HeavyDelivered{kControlGroup, id(sender), order, number_of(message)}; });
}

HistoryBuilder& HistoryBuilder::multicasts(Names sender, Names message, Names who, Order order) {
  return sends(sender, message, order).delivers(who, sender, message, order);
}

HistoryBuilder& HistoryBuilder::install_light(Names who, const trace::LightViewSeen& seen) {
  std::map<std::string, std::vector<NodeId>> transitional;
  for (const std::string& node : words(who)) {
    for (const auto& [other, state] : states_) {
      const auto mine = states_[node].light.find(seen.name);
      const auto its = state.light.find(seen.name);
      const bool together =
          mine != states_[node].light.end() && its != state.light.end() && mine->second == its->second;
      if (node == other || (together && seen.view.contains(id(other)))) transitional[node].push_back(id(other));
    }
  }
  record(who, [&](const std::string& node) {
    trace::LightViewSeen mine = seen;
    mine.transitional = transitional[node];
    return mine;
  });
  for (const std::string& node : words(who)) states_[node].light[seen.name] = seen.view;
  return *this;
}

HistoryBuilder& HistoryBuilder::light_view(Names group, std::uint64_t number, Names who, Names members) {
  const ViewId heavy = states_[words(who).front()].view.value_or(View{}).id;
  trace::LightViewSeen seen{std::string{group}, {{number_of(group)}, {heavy, number}, heavy, {}}, {}, {}, {}};
  LightMembers::List list;
  for (const std::string& node : words(members.empty() ? who : members)) {
    list.push_back({id(node)});
    if (!states_[node].light.contains(group)) seen.newcomers.push_back(id(node));
  }
  seen.view.members = LightMembers{std::move(list)};
  return install_light(who, seen);
}

HistoryBuilder& HistoryBuilder::light_repair(Names group, Names who) {
  const State& state = states_[words(who).front()];
  trace::LightViewSeen seen{std::string{group}, state.light.find(group)->second, {}, {}, {}};
  seen.view.heavy_view = state.view->id;
  LightMembers::List members;
  for (const NodeId& node : ids(who)) members.push_back({node});
  seen.view.members = LightMembers{std::move(members)};
  return install_light(who, seen);
}

HistoryBuilder& HistoryBuilder::light_leaves(Names group, Names who) {
  for (const std::string& node : words(who)) states_[node].light.erase(std::string{group});
  return record(who, [&](const auto&) { return trace::LightLeft{std::string{group}, {number_of(group)}, true}; });
}

HistoryBuilder& HistoryBuilder::light_sends(Names group, Names sender, Names message) {
  return record(sender, [&](const auto&) { return trace::LightSent{std::string{group}, number_of(message)}; });
}

HistoryBuilder& HistoryBuilder::light_delivers(Names group, Names who, Names sender, Names message) {
  return record(
      who, [&](const auto&) { return trace::LightDeliveredSeen{{number_of(group)}, id(sender), number_of(message)}; });
}

HistoryBuilder& HistoryBuilder::light_multicasts(Names group, Names sender, Names message, Names who) {
  return light_sends(group, sender, message).light_delivers(group, who, sender, message);
}

HistoryBuilder& HistoryBuilder::subscribes(Names topic, Names who) {
  return record(who, [&](const auto&) { return trace::Subscribed{std::string{topic}}; });
}

HistoryBuilder& HistoryBuilder::unsubscribes(Names topic, Names who) {
  return record(who, [&](const auto&) { return trace::Unsubscribed{std::string{topic}}; });
}

HistoryBuilder& HistoryBuilder::publishes(Names topic, Names publisher) {
  return record(publisher, [&](const std::string& node) {
    const std::uint64_t number = ++states_[node].published[std::string{topic}];
    return trace::Published{std::string{topic}, number, payload_of(topic, node, number)};
  });
}

HistoryBuilder& HistoryBuilder::receive(Names topic, Names who, Names publisher, std::uint64_t number, bool retained) {
  return record(who, [&](const auto&) {
    return trace::Received{std::string{topic}, id(publisher), number, payload_of(topic, publisher, number), retained};
  });
}

HistoryBuilder& HistoryBuilder::receives(Names topic, Names who, Names publisher, std::uint64_t number) {
  return receive(topic, who, publisher, number, false);
}

HistoryBuilder& HistoryBuilder::receives_retained(Names topic, Names who, Names publisher, std::uint64_t number) {
  return receive(topic, who, publisher, number, true);
}

HistoryBuilder& HistoryBuilder::takes_state(Names topic, Names donor, std::uint64_t digest) {
  return record(donor, [&](const std::string& node) {
    const LightView& cut = states_[node].light.find(topic)->second;
    return trace::StateTaken{std::string{topic}, cut.era, cut.heavy_view, digest};
  });
}

HistoryBuilder& HistoryBuilder::installs_state(Names topic, Names joiner, Names donor, std::uint64_t digest) {
  return record(joiner, [&](const std::string& node) {
    const LightView& cut = states_[node].light.find(topic)->second;
    return trace::StateInstalled{std::string{topic}, id(donor), cut.era, cut.heavy_view, digest};
  });
}

HistoryBuilder& HistoryBuilder::sees_gap(Names topic, Names who) {
  return record(who, [&](const auto&) { return trace::GapSeen{std::string{topic}}; });
}

HistoryBuilder& HistoryBuilder::has_directory(Names who, std::uint64_t digest, bool synced) {
  return record(who, [&](const auto&) { return trace::DirectoryState{synced, digest}; });
}

HistoryBuilder& HistoryBuilder::crashes(Names who) {
  for (const std::string& node : words(who)) trace_of(node).crashed = true;
  return *this;
}

HistoryBuilder& HistoryBuilder::leaves(Names who) {
  for (const std::string& node : words(who)) trace_of(node).left = true;
  return *this;
}

HistoryBuilder& HistoryBuilder::truncated(Names who) {
  for (const std::string& node : words(who)) trace_of(node).truncated = true;
  return *this;
}

HistoryBuilder& HistoryBuilder::settles() {
  history_.settled = true;
  return *this;
}

HistoryBuilder& HistoryBuilder::at_once() {
  at_once_ = true;
  return *this;
}

std::vector<std::string> HistoryBuilder::broken() const {
  std::set<std::string> properties;
  for (const Violation& violation : check_all(history_)) properties.insert(violation.property);
  return {properties.begin(), properties.end()};
}

}  // namespace hawser::check
