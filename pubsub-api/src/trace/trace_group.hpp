// Heavy-weight groups whose traffic is put on record for the property checkers, at the interface where it is used.
#pragma once

#include <map>
#include <optional>

#include "pubsub-api/src/trace/trace.hpp"
#include "transport/core/events.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

/// Passes everything on to a group, which is set anew where it may have changed.
class TracedGroup final : public HeavyGroup {
 public:
  explicit TracedGroup(TraceSink& trace) : trace_(trace) {}
  void set(HeavyGroup& group) { group_ = &group; }

  [[nodiscard]] GroupId id() const override { return group_->id(); }
  Status multicast(Order order, const Parts& parts, Time now, Outbox& out) override;
  void set_primary_only(bool wanted) override {
    primary_only_ = wanted;
    group_->set_primary_only(wanted);
  }
  void on_left() { primary_only_ = false; }
  void set_hold(bool wanted) override { group_->set_hold(wanted); }
  void hold_ok(ViewId view) override { group_->hold_ok(view); }
  [[nodiscard]] std::optional<ViewId> promised_view() const override { return group_->promised_view(); }
  [[nodiscard]] std::uint64_t accepted() const override { return group_->accepted(); }
  [[nodiscard]] std::uint64_t stable() const override { return group_->stable(); }

 private:
  HeavyGroup* group_ = nullptr;
  TraceSink& trace_;
  bool primary_only_ = false;
};

/// Passes everything on to `groups`. `groups` and `trace` must outlive it.
class TracedGroups final : public HeavyGroups {
 public:
  TracedGroups(HeavyGroups& groups, TraceSink& trace) : groups_(groups), trace_(trace) {}

  [[nodiscard]] HeavyGroup& control() override { return traced(groups_.control()); }
  [[nodiscard]] HeavyGroup* find(GroupId group) override;
  Status arrange(GroupId group, std::span<const NodeId> old_members, std::span<const NodeId> members, Time now,
                 Outbox& out) override {
    return groups_.arrange(group, old_members, members, now, out);
  }
  [[nodiscard]] std::vector<UnsentMessage> resume(ViewId control_view) override;
  void drop(GroupId group, ViewId since) override;

  /// To be called with every event of the groups, in order.
  void record_event(const GroupEvent& event, Time now);

 private:
  TracedGroup& traced(HeavyGroup& group);
  void record_left(GroupId group);

  HeavyGroups& groups_;
  TraceSink& trace_;
  std::map<GroupId, TracedGroup> traced_;
  std::map<GroupId, View> views_;
  Time now_{};  // of the last event
};

}  // namespace hawser
