// What a node hears: data, markers, requests, the coordinator's word.
#include <utility>

#include "lwg/light_groups_impl.hpp"

namespace hawser {

void LightGroups::Impl::on_delivered(Delivered&& event, Time now, LightOutbox& out) {
  if (event.group == kControlGroup) {
    return on_control_message(view_.members[event.sender], event.payload.bytes(), now, out);
  }
  HeavyUse* heavy = heavies_.find(event.group);
  if (heavy == nullptr) return;  // of a lineage that gave way
  const NodeId& from = heavy->view.members[event.sender];
  if (const auto data = decode_light_data(event.payload.bytes())) {
    return on_data(*heavy, from, *data, std::move(event), out);
  }
  const std::optional<LightMessage> message = decode_light_message(event.payload.bytes());
  const Marker* marker = message ? std::get_if<Marker>(&*message) : nullptr;
  if (marker == nullptr) {
    ++undecodable_;
    return;
  }
  if (marker->epoch != view_.id.epoch && !HAWSER_FAULT("lwg_markers_kept_at_view")) return;
  views_.on_marker(event.order == Order::total ? MarkerStream::total : MarkerStream::fifo, event.group, from,
                   marker->number);
  views_.install(out);
  say_markers(now, out);
}

void LightGroups::Impl::on_control_message(const NodeId& from, ByteView bytes, Time now, LightOutbox& out) {
  const LightMessage message = decode_light_message(bytes).value_or(LightMessage{});
  if (const auto* requests = std::get_if<RequestBatch>(&message)) {
    if (is_coordinator()) coordinator_.on_requests(from, *requests);
  } else if (const auto* batch = std::get_if<OperationBatch>(&message)) {
    on_operations(from, *batch, out);
    say_markers(now, out);
  } else if (const auto* vote = std::get_if<LineageVote>(&message)) {
    on_vote(from, *vote, now, out);
  } else if (const auto* part = std::get_if<SnapshotPart>(&message)) {
    on_snapshot_part(from, *part);
  } else {
    ++undecodable_;  // or data, which has no business here
  }
}

void LightGroups::Impl::on_data(HeavyUse& heavy, const NodeId& from, const LightData& data, Delivered&& event,
                                LightOutbox& out) {
  ++heavy.received;
  if (from == self_) data_.on_own(event.group, data.group, data.payload, event.order);
  if (OwnGroup* group = views_.find(data.group)) {
    ++delivered_;
    return views_.on_data(*group, from, data.era, std::move(event.payload).narrowed(data.payload), out);
  }
  if (HAWSER_FAULT("lwg_non_member_delivers")) {
    out.events.emplace_back(LightDelivered{data.group, from, event.payload.subslice(data.payload)});
  }
  ++heavy.filtered;
  views_.filter(data.group);
}

bool LightGroups::Impl::is_own(const Operation& operation) const {
  const bool watches = operation.kind == Operation::Kind::watch || operation.kind == Operation::Kind::unwatch;
  return (operation.names_member() || watches) && view_.rank_of(self_) == operation.rank;
}

// Empty where it is not about this node's own membership. To be asked before it is applied: that may end the group.
std::string LightGroups::Impl::name_of_own(const Operation& operation) const {
  const DirectoryGroup* known = is_own(operation) ? directory_.find(operation.group) : nullptr;
  return known == nullptr ? std::string{} : known->name;
}

// The coordinator speaks only when everyone has the same directory.
void LightGroups::Impl::on_operations(const NodeId& from, const OperationBatch& batch, LightOutbox& out) {
  const std::uint64_t first = applied_.number + 1;
  applied_.number += batch.operations.size();
  if (!is_settled() || from != view_.members.front()) return;
  if (is_coordinator() && --plans_on_the_way_ == 0) coordinator_.on_delivered();
  for (std::size_t at = 0; at < batch.operations.size(); ++at) {
    const bool reversed = HAWSER_FAULT("lwg_operations_applied_in_reverse") && is_odd_one_out();
    const Operation& operation = batch.operations[reversed ? batch.operations.size() - 1 - at : at];
    const Era era{view_.id, first + at};
    if (HAWSER_FAULT("lwg_move_missed") && is_odd_one_out() && operation.kind == Operation::Kind::move) continue;
    if (HAWSER_FAULT("lwg_operation_skipped") && is_odd_one_out() && era.number % 7 == 0) continue;
    carry_out(operation, era);
  }
  views_.install(out);
}

void LightGroups::Impl::carry_out(const Operation& operation, const Era& era) {
  const std::string own = name_of_own(operation);
  const bool was_member = !own.empty() && directory_.role_of(own, self_);
  const std::optional<Change> change = directory_.apply(operation, view_, era);
  if (change) views_.on_change(*change, directory_);
  if (change && change->kind == Change::Kind::configure) {
    configurations_.on_changed(directory_.find(change->group)->name);
  } else if (change && operation.kind == Operation::Kind::add && !own.empty()) {
    wishes_.on_added(own, operation.role, !was_member);
    configurations_.on_changed(own);
  } else if (change && !own.empty()) {
    wishes_.on_removed(own);
  }
  const bool is_watch = operation.kind == Operation::Kind::watch || operation.kind == Operation::Kind::unwatch;
  if (is_watch && is_own(operation)) watches_.on_changed(pattern_of(operation).value());
}

}  // namespace hawser
