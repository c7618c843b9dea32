// A mapper whose nodes are letters: "ACB" is a membership, oldest first.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lwg/mapper.hpp"

namespace hawser::test {

inline NodeId node_of(char letter) { return {{static_cast<std::uint64_t>(letter)}, {}}; }

inline std::vector<NodeId> nodes_of(std::string_view letters) {
  std::vector<NodeId> nodes;
  for (const char letter : letters) nodes.push_back(node_of(letter));
  return nodes;
}

inline std::string letters_of(const std::vector<NodeId>& nodes) {
  std::string letters;
  for (const NodeId& node : nodes) letters += static_cast<char>(node.incarnation.value);
  return letters;
}

/// Light-weight groups are numbers. Counts the placements by their kind.
class MapperWorld {
 public:
  explicit MapperWorld(const MapperPolicy& policy = {}, std::uint64_t seed = 1) : mapper_(policy, Rng{seed}) {}

  Placement place(std::uint64_t light, std::string_view members) {
    Placement placement = mapper_.place(LightGroupId{light}, nodes_of(members));
    ++counts_.at(static_cast<std::size_t>(placement.kind));
    return placement;
  }
  /// The same for light-weight groups 1 to `count`.
  void place_all(std::uint64_t count, std::string_view members) {
    for (std::uint64_t light = 1; light <= count; ++light) place(light, members);
  }
  [[nodiscard]] bool restore_heavy(std::uint64_t id, std::string_view members) {
    return mapper_.restore_heavy(GroupId{id}, nodes_of(members));
  }
  [[nodiscard]] bool restore_light(std::uint64_t id, std::string_view members, std::uint64_t heavy) {
    return mapper_.restore_light(LightGroupId{id}, nodes_of(members), GroupId{heavy});
  }
  void release_all() {
    for (const GroupId heavy : mapper_.heavy_groups()) {
      for (const NodeId& node : mapper_.idle_members_of(heavy)) mapper_.release(heavy, node);
    }
  }

  [[nodiscard]] GroupId heavy_of(std::uint64_t light) const { return *mapper_.heavy_of(LightGroupId{light}); }
  /// Of the heavy-weight group that `light` rides on.
  [[nodiscard]] std::string heavy_members(std::uint64_t light) const {
    return letters_of(mapper_.members_of(heavy_of(light)));
  }
  [[nodiscard]] PlacementExplanation explain(std::uint64_t light) const {
    return *mapper_.explain(LightGroupId{light});
  }
  [[nodiscard]] PlacementReason reason(std::uint64_t light) const { return explain(light).reason; }
  /// Since the last call.
  std::size_t take_count(Placement::Kind kind) { return std::exchange(counts_.at(static_cast<std::size_t>(kind)), 0); }
  void forget_counts() { counts_ = {}; }
  [[nodiscard]] Mapper& mapper() { return mapper_; }

 private:
  Mapper mapper_;
  std::array<std::size_t, 4> counts_{};  // by Placement::Kind
};

}  // namespace hawser::test
