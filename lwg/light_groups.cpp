// Wires the parts together: events of the heavy-weight groups in, and to each part what concerns it, in their order.
#include "lwg/light_groups.hpp"

#include <algorithm>
#include <utility>

#include "lwg/control_queue.hpp"
#include "lwg/coordinator.hpp"
#include "lwg/data_out.hpp"
#include "lwg/directory.hpp"
#include "lwg/heavy_uses.hpp"
#include "lwg/light_messages.hpp"
#include "lwg/light_views.hpp"
#include "lwg/lineage.hpp"
#include "lwg/snapshot.hpp"
#include "lwg/wishes.hpp"
#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {
namespace {

// What is longer is sent as several messages. Far below what a message may have, so that others get a word in between.
constexpr std::size_t kBatchBytesMax = std::size_t{4} << 20;
constexpr std::size_t kSnapshotPartBytesMax = std::size_t{4} << 20;

}  // namespace

class LightGroups::Impl {
 public:
  Impl(const NodeId& self, HeavyGroups& groups, const LightGroupsConfig& config, Rng rng)
      : self_(self),
        groups_(groups),
        rng_(rng),
        lineage_(self),
        views_(self),
        wishes_(self),
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
  [[nodiscard]] bool is_held(LightGroupId id, std::size_t payload_bytes) const {
    const OwnGroup* group = views_.find(id);
    return data_.has_bulk_of(id) || data_.is_bulk(payload_bytes) || (group != nullptr && group->held());
  }
  void add_to(StateDigest& digest) const {
    digest.add(rng_, view_, applied_, lineage_, directory_, views_, wishes_, coordinator_, heavies_, queue_);
    digest.add(heavies_.is_due(views_, Time::min()), data_, plans_on_the_way_, incoming_, batches_);
  }
  [[nodiscard]] bool is_quiet() const {
    return queue_.empty() && !data_.has_unsent() && !data_.has_bulk() && !wishes_.changed() && !views_.is_changing();
  }

 private:
  void on_view(const ViewInstalled& event, Time now, LightOutbox& out);
  void on_control_view(const ViewInstalled& event, Time now, LightOutbox& out);
  void on_delivered(Delivered&& event, Time now, LightOutbox& out);
  void on_control_message(const NodeId& from, ByteView message, Time now, LightOutbox& out);
  void on_data(HeavyUse& heavy, const NodeId& from, const LightData& data, Slice message, LightOutbox& out);
  void on_operations(const NodeId& from, const OperationBatch& batch, LightOutbox& out);
  [[nodiscard]] std::string name_of_own(const Operation& operation) const;
  void on_vote(const NodeId& from, const LineageVote& vote, Time now, LightOutbox& out);
  void on_snapshot_part(const NodeId& from, const SnapshotPart& part);

  void say_markers(Time now, LightOutbox& out);
  void ask(Time now, LightOutbox& out);
  void coordinate(Time now, LightOutbox& out);
  void send_snapshot(Time now, LightOutbox& out);
  bool adopt_snapshot();
  void on_directory();
  void lose_lineage(LightOutbox& out);
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

// ---- What this node says ----

Status LightGroups::Impl::send(LightGroupId id, const Parts& parts, Time now, LightOutbox& out) {
  OwnGroup* group = views_.find(id);
  if (group == nullptr || !group->can_send()) {
    return Error{Errc::invalid_argument, "this node is not in the group: ask can_send() first"};
  }
  if (!queue_.empty()) queue_.pump(now, out.transport);
  if (!queue_.empty()) return Error{Errc::would_block, "the send queue is full: try again later"};
  return data_.send(*group, parts, now, out.transport);
}

void LightGroups::Impl::finish(Time now, LightOutbox& out) {
  if (!queue_.empty()) queue_.pump(now, out.transport);
  data_.send_unsent(now, out.transport);
  for (const std::string& name : views_.take_left()) wishes_.on_left(name);
  if (now >= wishes_.next_deadline()) wishes_.look_at_waiting(now);
  ask(now, out);
  coordinate(now, out);
}

void LightGroups::Impl::ask(Time now, LightOutbox& out) {
  std::vector<std::string> over;
  if (is_settled()) {
    WishWork work;
    if (wishes_.changed()) work = wishes_.work({directory_, views_, groups_}, now, rng_);
    if (heavies_.is_due(views_, now)) {
      for (const GroupId heavy : heavies_.take_unused(views_, now)) {
        if (!HeavyUses::may_leave(groups_.find(heavy))) continue;
        work.requests.push_back({Request::Kind::release, {}, {}, heavy, applied_.number, {}});
      }
    }
    for (std::span<const Request> rest{work.requests}; !rest.empty();) {
      const std::size_t count = fitting(rest, kBatchBytesMax);
      queue_.send(kControlGroup, Order::fifo, encode(++batches_, rest.first(count)), now, out.transport);
      rest = rest.subspan(count);
    }
    over = std::move(work.over);
  } else if (!lineage_.has_directory() && wishes_.changed()) {
    over = wishes_.give_up();
  }
  for (std::string& name : over) {
    out.events.emplace_back(LightViewLeft{std::move(name), {}, LightViewLeft::Cause::asked});
  }
}

// Its word is cut between groups' beginnings, so that none is seen without its first member.
void LightGroups::Impl::coordinate(Time now, LightOutbox& out) {
  if (!is_settled() || !is_coordinator() || !coordinator_.has_work()) return;
  const std::optional<CoordinatorPlan> plan = coordinator_.plan(directory_, view_, applied_.number);
  if (!plan) return;
  for (const auto& [heavy, old_members, members] : plan->arrangements) {
    queue_.arrange(heavy, old_members, members, now, out.transport);
  }
  std::span<const Operation> rest{plan->operations};
  do {
    std::size_t count = fitting(rest, kBatchBytesMax);
    while (count > 1 && count < rest.size() && rest[count].kind == Operation::Kind::add) --count;
    ++plans_on_the_way_;
    queue_.send(kControlGroup, Order::total, encode(++batches_, rest.first(count)), now, out.transport);
    rest = rest.subspan(count);
  } while (!rest.empty());
}

void LightGroups::Impl::say_markers(Time now, LightOutbox& out) {
  for (auto [heavy, number] : views_.take_markers()) {
    if (HAWSER_FAULT("lwg_marker_skipped") && is_odd_one_out()) continue;
    if (HAWSER_FAULT("lwg_marker_of_a_later_change")) number += 2;
    // It comes after all that was sent before in the groups that it speaks for, long messages too.
    const bool bulk = data_.has_bulk_to_mark(heavy) && !HAWSER_FAULT("lwg_marker_overtakes_bulk");
    const Order order = bulk ? Order::bulk : Order::fifo;
    queue_.send(heavy, order, encode(Marker{view_.id.epoch, number}), now, out.transport);
  }
}

// ---- Views ----

void LightGroups::Impl::on_event(GroupEvent&& event, Time now, LightOutbox& out) {
  if (auto* delivered = std::get_if<Delivered>(&event)) {
    on_delivered(std::move(*delivered), now, out);
  } else if (const auto* view = std::get_if<ViewInstalled>(&event)) {
    on_view(*view, now, out);
  } else if (const auto* left = std::get_if<GroupLeft>(&event)) {
    heavies_.on_left(left->group);
    // It may be in it again already.
    if (groups_.find(left->group) == nullptr) {
      views_.on_heavy_left(left->group);
      data_.on_heavy_left(left->group);
    }
  } else if (const auto* arranged = std::get_if<GroupArranged>(&event)) {
    if (!HAWSER_FAULT("lwg_arrangement_missed") || !is_odd_one_out()) {
      directory_.arrange(arranged->group, arranged->members);
    }
  }
  finish(now, out);
}

void LightGroups::Impl::on_view(const ViewInstalled& event, Time now, LightOutbox& out) {
  if (event.group == kControlGroup) return on_control_view(event, now, out);
  heavies_.on_view(event.group, event.view, event.first);
}

void LightGroups::Impl::on_control_view(const ViewInstalled& event, Time now, LightOutbox& out) {
  view_ = event.view;
  applied_ = {view_.id, 0};
  queue_.on_view();
  incoming_.clear();
  plans_on_the_way_ = 0;
  const std::optional<LineageVote> vote = lineage_.on_view(event.view, event.transitional);
  directory_.retain(lineage_.peers());
  coordinator_.on_view(lineage_.peers());
  if (!is_coordinator()) coordinator_.on_directory();  // another one decides from here on
  views_.on_view(view_.id, lineage_.peers(), out);
  data_.take_back(groups_.resume(view_.id));
  wishes_.on_view();
  if (vote) queue_.send(kControlGroup, Order::total, encode(*vote), now, out.transport);
}

void LightGroups::Impl::on_vote(const NodeId& from, const LineageVote& vote, Time now, LightOutbox& out) {
  ++applied_.number;  // Votes count as operations.
  const std::optional<LineageDecision> decision = lineage_.on_vote(from, vote);
  if (!decision) return;
  switch (decision->outcome) {
    case LineageDecision::Outcome::founded: on_directory(); break;
    case LineageDecision::Outcome::survives:
      if (decision->donates) send_snapshot(now, out);
      break;
    case LineageDecision::Outcome::lost: lose_lineage(out); break;
    case LineageDecision::Outcome::awaits: break;
  }
}

void LightGroups::Impl::lose_lineage(LightOutbox& out) {
  for (auto& [name, id] : views_.lose()) {
    const bool comes_back = wishes_.wants(name);
    if (!comes_back) wishes_.on_left(name);
    const auto cause = comes_back ? LightViewLeft::Cause::merged : LightViewLeft::Cause::asked;
    out.events.emplace_back(LightViewLeft{std::move(name), id, cause});
  }
  for (const auto& [heavy, since] : heavies_.lose()) {
    if (!HAWSER_FAULT("lwg_lost_lineage_keeps_its_groups")) groups_.drop(heavy, since);
  }
  data_.drop_unsent();
  directory_ = {};
  coordinator_.on_directory();
  out.events.emplace_back(LineageLost{});
}

void LightGroups::Impl::on_directory() {
  wishes_.on_directory();
  coordinator_.on_directory();
}

void LightGroups::Impl::send_snapshot(Time now, LightOutbox& out) {
  const std::vector<std::byte> bytes = encode_snapshot(directory_);
  ByteView left{bytes};
  do {
    const ByteView part = left.first(std::min(left.size(), kSnapshotPartBytesMax));
    left = left.subspan(part.size());
    queue_.send(kControlGroup, Order::total, encode(SnapshotPart{view_.id, left.empty(), part}), now, out.transport);
  } while (!left.empty());
}

void LightGroups::Impl::on_snapshot_part(const NodeId& from, const SnapshotPart& part) {
  const bool transferring = lineage_.phase() == Lineage::Phase::transferring;
  if (!transferring || part.round != view_.id || from != lineage_.donor()) return;
  const bool had_directory = lineage_.has_directory();
  if (!had_directory) incoming_.insert(incoming_.end(), part.bytes.begin(), part.bytes.end());
  if (!part.last) return;
  if (!had_directory && !adopt_snapshot()) return;
  lineage_.on_transferred();
}

// What is not a snapshot leaves this node without a directory; between equal versions that does not happen.
bool LightGroups::Impl::adopt_snapshot() {
  std::optional<Directory> directory = decode_snapshot(std::exchange(incoming_, {}));
  if (!directory) {
    ++undecodable_;
    return false;
  }
  directory_ = std::move(*directory);
  on_directory();
  return true;
}

// ---- Messages ----

void LightGroups::Impl::on_delivered(Delivered&& event, Time now, LightOutbox& out) {
  if (event.group == kControlGroup) {
    return on_control_message(view_.members[event.sender], event.payload.bytes(), now, out);
  }
  HeavyUse* heavy = heavies_.find(event.group);
  if (heavy == nullptr) return;  // of a lineage that gave way
  const NodeId& from = heavy->view.members[event.sender];
  if (const auto data = decode_light_data(event.payload.bytes())) {
    return on_data(*heavy, from, *data, std::move(event.payload), out);
  }
  const std::optional<LightMessage> message = decode_light_message(event.payload.bytes());
  const Marker* marker = message ? std::get_if<Marker>(&*message) : nullptr;
  if (marker == nullptr) {
    ++undecodable_;
    return;
  }
  if (marker->epoch != view_.id.epoch && !HAWSER_FAULT("lwg_markers_kept_at_view")) return;
  views_.on_marker(event.group, from, marker->number);
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

void LightGroups::Impl::on_data(HeavyUse& heavy, const NodeId& from, const LightData& data, Slice message,
                                LightOutbox& out) {
  ++heavy.received;
  if (from == self_) data_.on_own(data.group, data.payload);
  if (OwnGroup* group = views_.find(data.group)) {
    ++delivered_;
    return views_.on_data(*group, from, data.era, std::move(message).narrowed(data.payload), out);
  }
  if (HAWSER_FAULT("lwg_non_member_delivers")) {
    out.events.emplace_back(LightDelivered{data.group, from, message.subslice(data.payload)});
  }
  ++heavy.filtered;
  views_.filter(data.group);
}

// Empty where it is not about this node's own membership. To be asked before it is applied: that may end the group.
std::string LightGroups::Impl::name_of_own(const Operation& operation) const {
  const bool names_node = operation.kind == Operation::Kind::add || operation.kind == Operation::Kind::remove;
  const bool is_own = names_node && view_.rank_of(self_) == operation.rank;
  const DirectoryGroup* known = is_own ? directory_.find(operation.group) : nullptr;
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
    const std::string own = name_of_own(operation);
    const std::optional<Change> change = directory_.apply(operation, view_, era);
    if (!change) continue;
    views_.on_change(*change, directory_);
    if (!own.empty()) wishes_.on_changed(own);
  }
  views_.install(out);
}

// ---- The public class ----

LightGroups::LightGroups(const NodeId& self, HeavyGroups& groups, const LightGroupsConfig& config, Rng rng)
    : impl_(std::make_unique<Impl>(self, groups, config, rng)) {}
LightGroups::~LightGroups() = default;

void LightGroups::join(std::span<const JoinRequest> requests, Time now, LightOutbox& out) {
  impl_->join(requests, now, out);
}

void LightGroups::leave(std::span<const std::string> names, Time now, LightOutbox& out) {
  impl_->leave(names, now, out);
}

bool LightGroups::can_send(std::string_view name) const {
  const OwnGroup* group = impl_->own(name);
  return group != nullptr && group->can_send();
}

bool LightGroups::is_held(LightGroupId id, std::size_t payload_bytes) const {
  return impl_->is_held(id, payload_bytes);
}

Status LightGroups::send(LightGroupId group, const Parts& parts, Time now, LightOutbox& out) {
  return impl_->send(group, parts, now, out);
}

void LightGroups::on_event(GroupEvent&& event, Time now, LightOutbox& out) {
  impl_->on_event(std::move(event), now, out);
}

void LightGroups::on_timeout(Time now, LightOutbox& out) { impl_->finish(now, out); }

Time LightGroups::next_deadline() const { return impl_->next_deadline(); }

const LightView* LightGroups::view_of(std::string_view name) const {
  const OwnGroup* group = impl_->own(name);
  return group != nullptr && group->installed ? &group->view : nullptr;
}

LightCounters LightGroups::counters() const { return impl_->counters(); }

std::vector<std::pair<std::string, std::uint64_t>> LightGroups::filtered_by_name() const {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (const auto& [id, filtered] : impl_->views().filtered_by_group()) {
    const DirectoryGroup* group = impl_->directory().find(id);
    if (group != nullptr) counts.emplace_back(group->name, filtered);
  }
  return counts;
}

std::uint64_t LightGroups::directory_digest() const { return impl_->has_directory() ? impl_->directory().digest() : 0; }

bool LightGroups::directory_synced() const { return impl_->has_directory(); }

std::uint64_t LightGroups::state_digest(Time now) const { return state_digest_of(*impl_, now); }

bool LightGroups::is_quiet() const { return impl_->is_quiet(); }
bool LightGroups::has_unsent() const { return impl_->has_unsent(); }
const Directory& LightGroups::directory() const { return impl_->directory(); }
const LightViews& LightGroups::views() const { return impl_->views(); }
const HeavyUses& LightGroups::heavies() const { return impl_->heavies(); }
const MapperPolicy& LightGroups::policy() const { return impl_->policy(); }

}  // namespace hawser
