// One node's end of a MemoryCluster: heavy-weight groups without a network.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "transport/heavy_group.hpp"

namespace hawser::test {

class MemoryCluster;

class MemoryHeavyGroup final : public HeavyGroup {
 public:
  MemoryHeavyGroup(MemoryCluster& cluster, const NodeId& node, GroupId id) : cluster_(cluster), node_(node), id_(id) {}

  [[nodiscard]] GroupId id() const override { return id_; }
  Status multicast(Order order, const Parts& parts, Time now, Outbox& out) override;
  [[nodiscard]] std::uint64_t accepted() const override;
  [[nodiscard]] std::uint64_t stable() const override;

 private:
  MemoryCluster& cluster_;
  NodeId node_;
  GroupId id_;
};

class MemoryHeavyGroups final : public HeavyGroups {
 public:
  MemoryHeavyGroups(MemoryCluster& cluster, const NodeId& node) : cluster_(cluster), node_(node) {}

  [[nodiscard]] HeavyGroup& control() override;
  [[nodiscard]] HeavyGroup* find(GroupId group) override;
  Status arrange(GroupId group, std::span<const NodeId> old_members, std::span<const NodeId> members, Time now,
                 Outbox& out) override;
  [[nodiscard]] std::vector<UnsentMessage> resume(ViewId control_view) override;
  void drop(GroupId group, ViewId since) override;

  /// The send queues are full until refuse(false).
  void refuse(bool refuses);
  [[nodiscard]] bool refuses() const;

 private:
  MemoryCluster& cluster_;
  NodeId node_;
};

}  // namespace hawser::test
