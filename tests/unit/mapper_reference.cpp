#include "tests/unit/mapper_reference.hpp"

#include <algorithm>

namespace hawser::test {

using Kind = Placement::Kind;

std::size_t MapperReference::extras_max(std::size_t size, std::size_t lenience) const {
  std::size_t extras = policy_.kind == MapperPolicy::Kind::exact ? 0 : std::min(policy_.extras_cap, 2 * size);
  if (lenience > 1 && extras == 0) extras = 1;
  return extras * lenience;
}

MapperReference::Nodes MapperReference::members_of(GroupId heavy) const {
  const auto& order = heavies_.at(heavy);
  return {order.begin(), order.end()};
}

MapperReference::Nodes MapperReference::core_of(GroupId heavy, std::optional<LightGroupId> except) const {
  if (policy_.counts_idle) return members_of(heavy);
  Nodes core;
  for (const auto& [id, light] : lights_) {
    if (light.heavy == heavy && id != except) core.insert(light.members.begin(), light.members.end());
  }
  return core;
}

bool MapperReference::covers(GroupId heavy, const Nodes& members) const {
  const Nodes has = members_of(heavy);
  return std::includes(has.begin(), has.end(), members.begin(), members.end());
}

bool MapperReference::may_ride(const Question& question, GroupId heavy, std::size_t own_slack) const {
  Nodes core = core_of(heavy, question.group);
  std::size_t before = core.size();
  if (question.present == heavy) before = core_of(heavy, std::nullopt).size();
  core.insert(question.members.begin(), question.members.end());
  const std::size_t size = question.members.size() + own_slack;
  if (core.size() > size + extras_max(size, question.lenience)) return false;
  if (core.size() <= before) return true;
  return std::all_of(lights_.begin(), lights_.end(), [&](const auto& entry) {
    const auto& [id, light] = entry;
    if (light.heavy != heavy || id == question.group) return true;
    return core.size() <= light.members.size() + extras_max(light.members.size(), question.lenience);
  });
}

std::optional<GroupId> MapperReference::smallest_superset(const Question& question) const {
  std::optional<GroupId> best;
  for (const auto& [id, order] : heavies_) {
    const std::size_t size = question.members.size();
    if (!covers(id, question.members) || order.size() > size + extras_max(size, question.lenience)) continue;
    if (!may_ride(question, id, 0)) continue;
    if (!best || order.size() < heavies_.at(*best).size()) best = id;
  }
  return best;
}

MapperReference::Expected MapperReference::grown(const Question& question, GroupId heavy) const {
  Expected expected{Kind::grown, heavy, heavies_.at(heavy)};
  for (const NodeId& node : question.order) {
    if (!covers(heavy, {node})) expected.heavy_members.push_back(node);
  }
  return expected;
}

std::optional<MapperReference::Expected> MapperReference::within(const Question& question) const {
  const std::size_t slack = policy_.kind == MapperPolicy::Kind::smallest_superset ? policy_.stay_slack : 0;
  const auto present = question.present;
  if (present && covers(*present, question.members) && may_ride(question, *present, slack)) {
    return Expected{Kind::stay, present, {}};
  }
  if (const auto superset = smallest_superset(question)) return Expected{Kind::switched, superset, {}};
  if (present && may_ride(question, *present, 0)) return grown(question, *present);
  return std::nullopt;
}

MapperReference::Expected MapperReference::only_group(const Question& question) const {
  if (heavies_.empty()) return {Kind::created, std::nullopt, question.order};
  const GroupId heavy = heavies_.begin()->first;
  if (!covers(heavy, question.members)) return grown(question, heavy);
  return {question.present == heavy ? Kind::stay : Kind::switched, heavy, {}};
}

MapperReference::Expected MapperReference::over_budget(Question question) const {
  Nodes everyone = question.members;
  for (const auto& [id, order] : heavies_) everyone.insert(order.begin(), order.end());
  for (question.lenience = 2; question.lenience <= 2 * everyone.size(); question.lenience *= 2) {
    if (auto expected = within(question)) return *expected;
  }
  const auto largest = std::max_element(heavies_.begin(), heavies_.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();  // The first of several.
  });
  return grown(question, largest->first);
}

MapperReference::Expected MapperReference::expect(LightGroupId group, std::span<const NodeId> members) const {
  Question question{
      .group = group, .members = {members.begin(), members.end()}, .order = {members.begin(), members.end()}};
  if (const auto light = lights_.find(group); light != lights_.end()) question.present = light->second.heavy;
  if (policy_.kind == MapperPolicy::Kind::single) return only_group(question);
  if (auto expected = within(question)) return *expected;
  if (heavies_.size() < policy_.heavy_groups_max || heavies_.empty()) {
    return {Kind::created, std::nullopt, question.order};
  }
  return over_budget(question);
}

void MapperReference::take_over(LightGroupId group, std::span<const NodeId> members, const Placement& placement) {
  if (!placement.heavy_members.empty()) heavies_[placement.heavy] = placement.heavy_members;
  lights_[group] = {{members.begin(), members.end()}, placement.heavy};
}

bool MapperReference::release(GroupId heavy, const NodeId& node) {
  const auto at = heavies_.find(heavy);
  if (at == heavies_.end()) return false;
  for (const auto& [id, light] : lights_) {
    if (light.heavy == heavy && light.members.contains(node)) return false;
  }
  if (std::erase(at->second, node) == 0) return false;
  if (at->second.empty()) heavies_.erase(at);
  return true;
}

std::vector<LightGroupId> MapperReference::remove_node(const NodeId& node) {
  std::set<GroupId> touched;
  for (auto& [id, light] : lights_) light.members.erase(node);
  std::erase_if(lights_, [](const auto& entry) { return entry.second.members.empty(); });
  for (auto& [id, order] : heavies_) {
    if (std::erase(order, node) > 0) touched.insert(id);
  }
  std::erase_if(heavies_, [](const auto& entry) { return entry.second.empty(); });
  std::vector<LightGroupId> unbearing;
  for (const auto& [id, light] : lights_) {
    if (!touched.contains(light.heavy)) continue;
    const std::size_t size = light.members.size();
    if (policy_.kind == MapperPolicy::Kind::single) continue;
    if (core_of(light.heavy, std::nullopt).size() > size + extras_max(size, 1)) unbearing.push_back(id);
  }
  return unbearing;
}

std::string MapperReference::violation(const Mapper& mapper) const {
  if (mapper.heavy_count() != heavies_.size()) return "another number of heavy-weight groups";
  if (mapper.light_count() != lights_.size()) return "another number of light-weight groups";
  std::map<GroupId, std::vector<LightGroupId>> riders;
  for (const auto& [id, light] : lights_) {
    if (mapper.heavy_of(id) != light.heavy) return "a light-weight group is elsewhere";
    if (!covers(light.heavy, light.members)) return "a light-weight group is not covered";
    riders[light.heavy].push_back(id);
  }
  for (const auto& [id, order] : heavies_) {
    if (mapper.members_of(id) != order) return "a heavy-weight group has other members";
    if (mapper.lights_on(id) != riders[id]) return "other light-weight groups ride on a heavy-weight one";
  }
  return {};
}

}  // namespace hawser::test
