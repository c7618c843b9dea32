#include "lwg/coordinator.hpp"

#include <algorithm>
#include <utility>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

std::vector<NodeId> nodes_of(const std::vector<LightMember>& members) {
  std::vector<NodeId> nodes;
  nodes.reserve(members.size());
  for (const LightMember& member : members) nodes.push_back(member.node);
  return nodes;
}

auto member_at(std::vector<LightMember>& members, const NodeId& node) {
  return std::find_if(members.begin(), members.end(), [&](const LightMember& one) { return one.node == node; });
}

}  // namespace

void Coordinator::on_requests(const NodeId& from, const RequestBatch& batch) {
  for (const Request& request : batch.requests) {
    requests_.push_back({from, request, std::string{request.name}, std::string{request.configuration}});
  }
}

// What was planned in the last view may not have been ordered: then the mapper begins with the directory again.
void Coordinator::on_view(std::span<const NodeId> kept) {
  requests_.clear();
  if (waiting_ && !HAWSER_FAULT("lwg_plan_outlives_its_view")) on_directory();
  waiting_ = false;
  moved_away_.clear();
  taken_out_.clear();
  if (mapper_ == nullptr) return;
  for (const NodeId& node : mapper_->nodes()) {
    if (!std::binary_search(kept.begin(), kept.end(), node)) departed_.insert(node);
  }
}

void Coordinator::on_directory() {
  mapper_.reset();
  departed_.clear();
}

void Coordinator::restore(const Directory& directory) {
  mapper_ = std::make_unique<Mapper>(policy_, rng_.fork());
  for (const auto& [heavy, members] : directory.heavies()) HAWSER_CHECK(mapper_->restore_heavy(heavy, members));
  for (const auto& [id, group] : directory.groups()) {
    std::vector<NodeId> nodes;
    for (const LightMember& member : group.members) nodes.push_back(member.node);
    HAWSER_CHECK(mapper_->restore_light(id, nodes, group.heavy));
  }
}

std::optional<CoordinatorPlan> Coordinator::plan(const Directory& directory, const View& control,
                                                 std::uint64_t applied) {
  applied_ = applied;
  if (mapper_ == nullptr) restore(directory);
  take_departed(directory);
  answered_ = std::exchange(requests_, {});
  // Watches first, so that groups that the same plan creates have their watchers.
  const auto is_watch = [](const Asked& asked) { return asked.request.kind == Request::Kind::watch; };
  std::stable_partition(answered_.begin(), answered_.end(), is_watch);
  for (const Asked& asked : answered_) take(asked, directory, control);
  CoordinatorPlan plan{arrangements(directory), std::move(operations_)};
  planned_.clear();
  created_.clear();
  gone_.clear();
  arranged_.clear();
  operations_.clear();
  fresh_watchers_ = {};
  if (plan.arrangements.empty() && plan.operations.empty()) return std::nullopt;
  waiting_ = true;
  return plan;
}

// Not at once: nothing is urgent about a place that has become too large, and others wait for the view. Groups that
// have more than k extras by that are placed anew.
void Coordinator::take_departed(const Directory& directory) {
  std::set<LightGroupId> unbearing;
  for (const NodeId& node : std::exchange(departed_, {})) {
    const std::vector<LightGroupId> more = mapper_->remove_node(node);
    unbearing.insert(more.begin(), more.end());
  }
  for (const LightGroupId id : unbearing) {
    if (directory.find(id) == nullptr) continue;  // its last members are gone
    Planned& group = planned(id, directory);
    move(id, group, place(id, group));
  }
}

void Coordinator::take(const Asked& asked, const Directory& directory, const View& control) {
  const std::optional<Rank> rank = control.rank_of(asked.from);
  if (!rank) return;
  switch (asked.request.kind) {
    case Request::Kind::join: return take_join(asked, directory, control, *rank);
    case Request::Kind::leave: return take_leave(asked, directory, *rank);
    case Request::Kind::release: return take_release(asked);
    case Request::Kind::watch:
    case Request::Kind::unwatch: return take_watch(asked, directory, *rank);
    case Request::Kind::configure: return take_configure(asked, directory);
  }
}

void Coordinator::take_join(const Asked& asked, const Directory& directory, const View& control, Rank rank) {
  const Role role = asked.request.role;
  const std::optional<LightGroupId> known = id_of(asked.name, directory);
  if (!known) return create(asked, directory, control);
  Planned& group = planned(*known, directory);
  const auto member = member_at(group.members, asked.from);
  if (member == group.members.end()) {
    group.members.push_back({asked.from, role});
    move(*known, group, place(*known, group));
  } else if (std::exchange(member->role, role) == role) {
    return;
  }
  operations_.push_back({Operation::Kind::add, *known, rank, role, {}, {}, {}, {}});
}

// With those who watch for it: who asks for it can't send there before they are in.
void Coordinator::create(const Asked& asked, const Directory& directory, const View& control) {
  const LightGroupId id = new_id(asked.request.proposed_id, directory);
  Planned& group = planned(id, directory);
  group.members.push_back({asked.from, asked.request.role});
  for (const NodeId& watcher : watchers_of(asked.name, directory)) {
    if (watcher == asked.from) {
      group.members.front().role = Role::subscriber;
    } else if (control.rank_of(watcher) && !HAWSER_FAULT("lwg_watcher_missed")) {
      group.members.push_back({watcher, Role::subscriber});
    }
  }
  group.heavy = place(id, group).heavy;
  created_.emplace(asked.name, id);
  const PlacementReason why = mapper_->explain(id)->reason;
  operations_.push_back({Operation::Kind::create, id, 0, {}, group.heavy, why, asked.name, {}});
  for (const LightMember& member : group.members) {
    const Rank rank = control.rank_of(member.node).value();
    operations_.push_back({Operation::Kind::add, id, rank, member.role, {}, {}, {}, {}});
  }
}

std::vector<NodeId> Coordinator::watchers_of(std::string_view name, const Directory& directory) const {
  std::vector<NodeId> nodes = directory.watchers_of(name);
  const std::vector<NodeId> fresh = fresh_watchers_.match(name);
  const auto known = static_cast<std::ptrdiff_t>(nodes.size());
  nodes.insert(nodes.end(), fresh.begin(), fresh.end());
  std::inplace_merge(nodes.begin(), nodes.begin() + known, nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

void Coordinator::take_watch(const Asked& asked, const Directory& directory, Rank rank) {
  const Request::Kind kind = asked.request.kind;
  Operation operation;
  operation.kind = kind == Request::Kind::watch ? Operation::Kind::watch : Operation::Kind::unwatch;
  operation.rank = rank;
  operation.name = asked.name;
  operation.pattern = asked.request.pattern;
  const Pattern pattern = pattern_of(operation).value();  // It was one when it was read.
  if (directory.is_watched(pattern, asked.from) == (kind == Request::Kind::watch)) return;
  if (kind == Request::Kind::watch) fresh_watchers_.add(pattern, asked.from);
  operations_.push_back(operation);
}

void Coordinator::take_configure(const Asked& asked, const Directory& directory) {
  const std::optional<LightGroupId> id = id_of(asked.name, directory);
  if (!id) return;
  Planned& group = planned(*id, directory);
  const bool is_member = member_at(group.members, asked.from) != group.members.end();
  if (!is_member || std::exchange(group.configured, true)) return;
  Operation operation;
  operation.kind = Operation::Kind::configure;
  operation.group = *id;
  operation.configuration = asked.configuration;
  operations_.push_back(operation);
}

void Coordinator::take_leave(const Asked& asked, const Directory& directory, Rank rank) {
  const std::optional<LightGroupId> id = id_of(asked.name, directory);
  if (!id) return;
  Planned& group = planned(*id, directory);
  const auto member = member_at(group.members, asked.from);
  if (member == group.members.end()) return;
  group.members.erase(member);
  operations_.push_back({Operation::Kind::remove, *id, rank, {}, {}, {}, {}, {}});
  taken_out_[{group.heavy, asked.from}] = applied_ + operations_.size();
  if (group.members.empty()) {
    mapper_->forget_light(*id);
    created_.erase(asked.name);
    planned_.erase(*id);
    gone_.insert(asked.name);
    return;
  }
  move(*id, group, place(*id, group));
}

void Coordinator::move(LightGroupId id, Planned& group, const Placement& placement) {
  if (placement.heavy == group.heavy) return;
  operations_.push_back({Operation::Kind::move, id, 0, {}, placement.heavy, mapper_->explain(id)->reason, {}, {}});
  moved_away_[group.heavy] = applied_ + operations_.size();
  group.heavy = placement.heavy;
}

void Coordinator::take_release(const Asked& asked) {
  const GroupId heavy = asked.request.heavy;
  const bool checks = !HAWSER_FAULT("lwg_release_not_checked");
  const auto moved = moved_away_.find(heavy);
  if (checks && moved != moved_away_.end() && moved->second > asked.request.seen) return;
  const auto taken = taken_out_.find({heavy, asked.from});
  if (checks && taken != taken_out_.end() && taken->second > asked.request.seen) return;
  const bool released = mapper_->release(heavy, asked.from);
  if (released) arranged_[heavy] = mapper_->members_of(heavy);
  if (!HAWSER_FAULT("lwg_heavy_group_left_in_use") || released) return;
  std::vector<NodeId> members = mapper_->members_of(heavy);
  std::erase(members, asked.from);
  arranged_[heavy] = std::move(members);
}

Placement Coordinator::place(LightGroupId id, const Planned& group) {
  Placement placement = mapper_->place(id, nodes_of(group.members));
  const bool alters = placement.kind == Placement::Kind::grown || placement.kind == Placement::Kind::created;
  if (alters) arranged_[placement.heavy] = placement.heavy_members;
  return placement;
}

Coordinator::Planned& Coordinator::planned(LightGroupId id, const Directory& directory) {
  const auto [at, is_new] = planned_.try_emplace(id);
  const DirectoryGroup* known = is_new ? directory.find(id) : nullptr;
  if (known != nullptr && !gone_.contains(known->name)) {
    at->second.members = known->members.list();
    at->second.heavy = known->heavy;
    at->second.configured = known->configuration.is_set();
  }
  return at->second;
}

std::optional<LightGroupId> Coordinator::id_of(std::string_view name, const Directory& directory) const {
  const auto at = created_.find(name);
  if (at != created_.end()) return at->second;
  return gone_.contains(name) ? std::nullopt : directory.id_of(name);
}

LightGroupId Coordinator::new_id(LightGroupId proposed, const Directory& directory) {
  while (directory.find(proposed) != nullptr || planned_.contains(proposed)) proposed.value = rng_.next();
  return proposed;
}

std::vector<CoordinatorPlan::Arrangement> Coordinator::arrangements(const Directory& directory) const {
  std::vector<CoordinatorPlan::Arrangement> arrangements;
  for (const auto& [heavy, members] : arranged_) {
    const auto known = directory.heavies().find(heavy);
    const std::vector<NodeId> old = known == directory.heavies().end() ? std::vector<NodeId>{} : known->second;
    if (old != members) arrangements.push_back({heavy, old, members});
  }
  return arrangements;
}

}  // namespace hawser
