// What a LightGroups asks of the heavy-weight groups below it, and what it is answered: with an input, that is all it
// knows. So a node can be brought to any state again without the other nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "tests/unit/memory_cluster.hpp"
#include "transport/heavy_group.hpp"

namespace hawser::small {

struct Call {
  enum class Kind : std::uint8_t { find, multicast, accepted, stable, arrange, resume, drop };
  Kind kind = Kind::find;
  GroupId group;
  Order order = Order::fifo;          ///< where multicast
  Buffer message{};                   ///< where multicast
  std::vector<NodeId> old_members{};  ///< where arrange
  std::vector<NodeId> members{};      ///< where arrange
  ViewId view{};                      ///< where resume or drop
};

struct Answer {
  std::uint64_t number = 0;  ///< found, ok, or how many
  std::vector<UnsentMessage> unsent{};
};

/// Does at `node` what the call says.
Answer perform(const Call& call, test::MemoryCluster& cluster, const NodeId& node);

class RecordedGroups final : public HeavyGroups {
 public:
  explicit RecordedGroups(const NodeId& node) : node_(node) {}

  /// Until the next expect(), calls are answered by these, in turn; then by `cluster`, where it is not nullptr.
  void expect(std::span<const Answer> answers, test::MemoryCluster* cluster);
  /// True where all of these answers have been asked for.
  [[nodiscard]] bool is_done() const { return at_ == answers_.size(); }
  /// What `cluster` was asked since the last expect(), with its answers.
  [[nodiscard]] std::vector<std::pair<Call, Answer>> take_asked() { return std::exchange(asked_, {}); }

  [[nodiscard]] HeavyGroup& control() override { return group(kControlGroup); }
  [[nodiscard]] HeavyGroup* find(GroupId group) override;
  Status arrange(GroupId group, std::span<const NodeId> old_members, std::span<const NodeId> members, Time now,
                 Outbox& out) override;
  [[nodiscard]] std::vector<UnsentMessage> resume(ViewId control_view) override;
  void drop(GroupId group, ViewId since) override;

 private:
  class Group final : public HeavyGroup {
   public:
    Group(RecordedGroups& all, GroupId id) : all_(all), id_(id) {}
    [[nodiscard]] GroupId id() const override { return id_; }
    Status multicast(Order order, const Parts& parts, Time now, Outbox& out) override;
    [[nodiscard]] std::uint64_t accepted() const override { return all_.ask({Call::Kind::accepted, id_}).number; }
    [[nodiscard]] std::uint64_t stable() const override { return all_.ask({Call::Kind::stable, id_}).number; }

   private:
    RecordedGroups& all_;
    GroupId id_;
  };

  Group& group(GroupId id) { return groups_.try_emplace(id, *this, id).first->second; }
  Answer ask(Call call);

  NodeId node_;
  std::map<GroupId, Group> groups_;
  std::vector<Answer> answers_;
  std::size_t at_ = 0;
  test::MemoryCluster* cluster_ = nullptr;
  std::vector<std::pair<Call, Answer>> asked_;
};

}  // namespace hawser::small
