// The wiring of LightGroups: events of the heavy-weight groups in, and to each part what concerns it, in their order.
#pragma once

#include <algorithm>

#include "lwg/configurations.hpp"
#include "lwg/control_queue.hpp"
#include "lwg/coordinator.hpp"
#include "lwg/data_out.hpp"
#include "lwg/directory.hpp"
#include "lwg/heavy_uses.hpp"
#include "lwg/light_groups.hpp"
#include "lwg/light_messages.hpp"
#include "lwg/light_views.hpp"
#include "lwg/lineage.hpp"
#include "lwg/watches.hpp"
#include "lwg/wishes.hpp"
#include "transport/core/fault.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

class LightGroups::Impl {
 public:
  Impl(const NodeId& self, HeavyGroups& groups, const LightGroupsConfig& config, Rng rng)
      : self_(self),
        groups_(groups),
        rng_(rng),
        lineage_(self),
        views_(self),
        wishes_(self),
        watches_(self),
        configurations_(self),
        coordinator_(config.policy, rng_.fork()),
        heavies_(config.heavy_grace),
        queue_(groups),
        data_(groups, views_, config.bulk_bytes_min) {}

  void join(std::span<const JoinRequest> requests, Time now, LightOutbox& out) {
    wishes_.join(requests);
    finish(now, out);
  }

  void leave(std::span<const std::string> names, Time now, LightOutbox& out) {
    wishes_.leave(names);
    for (const std::string& name : names) configurations_.forget(name);
    finish(now, out);
  }

  void watch(std::span<const Pattern> patterns, Time now, LightOutbox& out) {
    watches_.want(patterns);
    finish(now, out);
  }

  void unwatch(std::span<const Pattern> patterns, Time now, LightOutbox& out) {
    watches_.give_up(patterns);
    finish(now, out);
  }

  void configure(std::string_view name, const Configuration& configuration, Time now, LightOutbox& out) {
    configurations_.want(name, configuration);
    finish(now, out);
  }

  Status send(LightGroupId id, const Parts& parts, Time now, LightOutbox& out);
  void on_event(GroupEvent&& event, Time now, LightOutbox& out);
  // Ends every input: what this node has to say now.
  void finish(Time now, LightOutbox& out);

  [[nodiscard]] Time next_deadline() const {
    const Time asks = is_settled() ? heavies_.next_deadline() : kNever;
    return std::min({queue_.next_deadline(), wishes_.next_deadline(), asks});
  }
  [[nodiscard]] const LightViews& views() const { return views_; }
  /// nullptr where this node has no part in it.
  [[nodiscard]] const OwnGroup* own(std::string_view name) const {
    const std::optional<LightGroupId> id = directory_.id_of(name);
    return id ? views_.find(*id) : nullptr;
  }
  [[nodiscard]] const HeavyUses& heavies() const { return heavies_; }
  [[nodiscard]] const MapperPolicy& policy() const { return coordinator_.policy(); }
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] bool has_directory() const { return lineage_.has_directory(); }
  [[nodiscard]] LightCounters counters() const {
    return {views_.filtered(), views_.dropped(), undecodable_, delivered_, views_.moves()};
  }
  [[nodiscard]] bool has_unsent() const { return data_.has_unsent(); }
  [[nodiscard]] const DataOut& data() const { return data_; }
  [[nodiscard]] bool is_held(LightGroupId id, std::size_t payload_bytes) const {
    const OwnGroup* group = views_.find(id);
    return data_.has_bulk_of(id) || data_.is_bulk(payload_bytes) || (group != nullptr && group->held());
  }
  void add_to(StateDigest& digest) const {
    digest.add(rng_, view_, applied_, lineage_, directory_, views_, wishes_, watches_, coordinator_, heavies_);
    digest.add(queue_, configurations_);
    digest.add(heavies_.is_due(views_, Time::min()), data_, plans_on_the_way_, incoming_, batches_);
  }
  [[nodiscard]] bool is_quiet() const {
    return queue_.empty() && !data_.has_unsent() && !data_.has_bulk() && !wishes_.changed() && !watches_.changed() &&
           !configurations_.changed() && !views_.is_changing();
  }

 private:
  // light_groups_says.cpp
  void ask(Time now, LightOutbox& out);
  void send_requests(std::span<const Request> requests, Time now, LightOutbox& out);
  static void tell_over(std::vector<std::string> names, LightOutbox& out);
  void coordinate(Time now, LightOutbox& out);
  void say_markers(Time now, LightOutbox& out);
  void say_marker(GroupId heavy, Order order, std::uint64_t number, Time now, LightOutbox& out);

  // light_groups_views.cpp
  void on_view(const ViewInstalled& event, Time now, LightOutbox& out);
  void on_control_view(const ViewInstalled& event, Time now, LightOutbox& out);
  void on_vote(const NodeId& from, const LineageVote& vote, Time now, LightOutbox& out);
  void on_snapshot_part(const NodeId& from, const SnapshotPart& part);
  void send_snapshot(Time now, LightOutbox& out);
  bool adopt_snapshot();
  void on_directory();
  void lose_lineage(LightOutbox& out);

  // light_groups_hears.cpp
  void on_delivered(Delivered&& event, Time now, LightOutbox& out);
  void on_control_message(const NodeId& from, ByteView message, Time now, LightOutbox& out);
  void on_data(HeavyUse& heavy, const NodeId& from, const LightData& data, Delivered&& event, LightOutbox& out);
  void on_operations(const NodeId& from, const OperationBatch& batch, LightOutbox& out);
  void carry_out(const Operation& operation, const Era& era);
  [[nodiscard]] bool is_own(const Operation& operation) const;
  [[nodiscard]] std::string name_of_own(const Operation& operation) const;

  [[nodiscard]] bool is_settled() const { return lineage_.phase() == Lineage::Phase::settled; }
  [[nodiscard]] bool is_coordinator() const { return !view_.members.empty() && view_.members.front() == self_; }
  // For planted faults that must not strike everyone alike.
  [[nodiscard]] bool is_odd_one_out() const { return view_.members.size() > 1 && view_.members[1] == self_; }

  NodeId self_;
  HeavyGroups& groups_;
  Rng rng_;
  View view_;    // of the control group
  Era applied_;  // the last operation or vote delivered in this view
  Lineage lineage_;
  Directory directory_;
  LightViews views_;
  Wishes wishes_;
  Watches watches_;
  Configurations configurations_;
  Coordinator coordinator_;
  HeavyUses heavies_;
  ControlQueue queue_;
  DataOut data_;
  std::size_t plans_on_the_way_ = 0;  // messages of the coordinator's last plan

  // Parts of a directory that is on its way here. Bound: the directory itself.
  std::vector<std::byte> incoming_;
  std::uint64_t batches_ = 0;  // sent
  std::uint64_t undecodable_ = 0;
  std::uint64_t delivered_ = 0;
};

}  // namespace hawser
