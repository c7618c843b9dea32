// The mapper's rules told anew, without any index: each decision scans every group.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "lwg/mapper.hpp"

namespace hawser::test {

/// Follows a mapper: says what it must decide, then takes over what it did decide.
class MapperReference {
 public:
  explicit MapperReference(const MapperPolicy& policy) : policy_(policy) {}

  /// `heavy` is empty where a group is created, for chance names it.
  struct Expected {
    Placement::Kind kind = Placement::Kind::stay;
    std::optional<GroupId> heavy;
    std::vector<NodeId> heavy_members;
  };
  [[nodiscard]] Expected expect(LightGroupId group, std::span<const NodeId> members) const;
  void take_over(LightGroupId group, std::span<const NodeId> members, const Placement& placement);
  void forget_light(LightGroupId group) { lights_.erase(group); }
  /// What release() must return.
  bool release(GroupId heavy, const NodeId& node);
  /// What remove_node() must return.
  std::vector<LightGroupId> remove_node(const NodeId& node);

  /// What is wrong with the state as a whole; empty where nothing is.
  [[nodiscard]] std::string violation(const Mapper& mapper) const;
  [[nodiscard]] const std::map<GroupId, std::vector<NodeId>>& heavies() const { return heavies_; }

 private:
  using Nodes = std::set<NodeId>;
  struct Light {
    Nodes members;
    GroupId heavy;
  };
  struct Question {
    LightGroupId group;
    Nodes members;
    std::vector<NodeId> order;
    std::optional<GroupId> present;
    std::size_t lenience = 1;
  };

  [[nodiscard]] std::size_t extras_max(std::size_t size, std::size_t lenience) const;
  [[nodiscard]] Nodes members_of(GroupId heavy) const;
  /// Of `heavy`, without what `except` needs.
  [[nodiscard]] Nodes core_of(GroupId heavy, std::optional<LightGroupId> except) const;
  [[nodiscard]] bool covers(GroupId heavy, const Nodes& members) const;
  /// Whether the group may be put there: it and all others bear it.
  [[nodiscard]] bool may_ride(const Question& question, GroupId heavy, std::size_t own_slack) const;
  [[nodiscard]] std::optional<Expected> within(const Question& question) const;
  [[nodiscard]] std::optional<GroupId> smallest_superset(const Question& question) const;
  [[nodiscard]] Expected grown(const Question& question, GroupId heavy) const;
  [[nodiscard]] Expected only_group(const Question& question) const;
  [[nodiscard]] Expected over_budget(Question question) const;

  MapperPolicy policy_;
  std::map<GroupId, std::vector<NodeId>> heavies_;
  std::map<LightGroupId, Light> lights_;
};

}  // namespace hawser::test
