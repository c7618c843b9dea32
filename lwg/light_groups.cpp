// Wires the parts together: control group events in, and to each part what concerns it, in the order of the stream.
#include "lwg/light_groups.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "lwg/control_queue.hpp"
#include "lwg/directory.hpp"
#include "lwg/light_messages.hpp"
#include "lwg/light_views.hpp"
#include "lwg/lineage.hpp"
#include "lwg/snapshot.hpp"
#include "lwg/wishes.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

// What is longer is sent as several messages. Far below what a message may have, so that others get a word in between.
constexpr std::size_t kOperationBytesMax = std::size_t{4} << 20;
constexpr std::size_t kSnapshotPartBytesMax = std::size_t{4} << 20;

using Use = ControlQueue::Use;

}  // namespace

class LightGroups::Impl {
 public:
  Impl(const NodeId& self, HeavyGroup& control, Rng rng)
      : self_(self), control_(control), rng_(rng), lineage_(self), views_(self), wishes_(self), queue_(control) {}

  void join(std::span<const JoinRequest> requests, Time now, LightOutbox& out) {
    wishes_.join(requests);
    finish(now, out);
  }

  void leave(std::span<const std::string> names, Time now, LightOutbox& out) {
    wishes_.leave(names);
    finish(now, out);
  }

  [[nodiscard]] bool is_changing(LightGroupId id) const {
    const OwnGroup* group = views_.find(id);
    return group != nullptr && group->held();
  }
  [[nodiscard]] bool can_send(std::string_view name) const {
    const OwnGroup* group = views_.find(name);
    return group != nullptr && group->can_send();
  }

  Status send(LightGroupId id, std::span<const ByteView> parts, Time now, LightOutbox& out);
  void on_event(GroupEvent&& event, Time now, LightOutbox& out);
  // Ends every input: this node's messages, and what follows from its wishes.
  void finish(Time now, LightOutbox& out);

  [[nodiscard]] Time next_deadline() const { return queue_.next_deadline(); }
  [[nodiscard]] const LightViews& views() const { return views_; }
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] bool has_directory() const { return lineage_.has_directory(); }
  [[nodiscard]] std::uint64_t undecodable() const { return undecodable_; }

 private:
  void on_view(const ViewInstalled& event, Time now, LightOutbox& out);
  void on_delivered(Delivered&& event, Time now, LightOutbox& out);
  void on_data(const NodeId& from, const LightData& data, Slice message, LightOutbox& out);
  void on_operations(const NodeId& from, const OperationBatch& batch, Time now, LightOutbox& out);
  void on_vote(const NodeId& from, const LineageVote& vote, Time now, LightOutbox& out);
  void on_snapshot_part(const NodeId& from, const SnapshotPart& part, LightOutbox& out);

  void apply(const NodeId& from, const OperationBatch& batch, std::uint64_t first, Time now, LightOutbox& out);
  void mark(Era era, Time now, LightOutbox& out);
  void send_snapshot(Time now, LightOutbox& out);
  bool adopt_snapshot();
  void lose_lineage(LightOutbox& out);
  void send_operations(std::span<const Operation> operations, Time now, LightOutbox& out);
  // For planted faults that must not strike everyone alike.
  [[nodiscard]] bool is_odd_one_out() const { return view_.members.size() > 1 && view_.members[1] == self_; }

  NodeId self_;
  HeavyGroup& control_;
  Rng rng_;
  View view_;
  Era applied_;  // the last operation or vote delivered in this view, void and foreign ones included
  Lineage lineage_;
  Directory directory_;
  LightViews views_;
  Wishes wishes_;
  ControlQueue queue_;

  // Parts of a directory that is on its way here. Bound: the directory itself.
  std::vector<std::byte> incoming_;
  std::uint64_t batches_ = 0;  // sent
  std::uint64_t undecodable_ = 0;
};

Status LightGroups::Impl::send(LightGroupId id, std::span<const ByteView> parts, Time now, LightOutbox& out) {
  const OwnGroup* group = views_.find(id);
  if (group == nullptr || !group->can_send()) {
    return Error{Errc::invalid_argument, "this node is not in the group: ask can_send() first"};
  }
  if (!queue_.empty()) queue_.pump(now, out.transport);
  if (!queue_.empty()) return Error{Errc::would_block, "the send queue is full: try again later"};
  if (group->held() && !HAWSER_FAULT("lwg_sent_after_marker")) {
    return Error{Errc::would_block,
                 "a member is joining or leaving '" + group->tracked->name + "': try again in a moment"};
  }
  std::array<std::byte, kDataHeaderBytesMax> room;
  std::array<ByteView, 8> few;
  std::vector<ByteView> many;
  std::span<ByteView> all{few};
  if (parts.size() >= few.size()) {
    many.resize(parts.size() + 1);
    all = many;
  }
  all[0] = encode_data_header(group->tracked->view.group, group->view_era, room);
  std::copy(parts.begin(), parts.end(), all.begin() + 1);
  return control_.multicast(Order::fifo, all.first(parts.size() + 1), now, out.transport);
}

void LightGroups::Impl::on_event(GroupEvent&& event, Time now, LightOutbox& out) {
  if (auto* delivered = std::get_if<Delivered>(&event)) {
    on_delivered(std::move(*delivered), now, out);
  } else if (const auto* view = std::get_if<ViewInstalled>(&event)) {
    on_view(*view, now, out);
  }
  finish(now, out);
}

void LightGroups::Impl::finish(Time now, LightOutbox& out) {
  if (!queue_.empty()) queue_.pump(now, out.transport);
  for (const std::string& name : views_.take_left()) wishes_.on_left(name);
  if (!wishes_.changed()) return;
  std::vector<std::string> over;
  if (lineage_.phase() == Lineage::Phase::settled) {
    WishWork work = wishes_.work(directory_, views_, rng_);
    send_operations(work.operations, now, out);
    over = std::move(work.over);
  } else if (!lineage_.has_directory()) {
    over = wishes_.give_up();
  }
  for (std::string& name : over) {
    out.events.emplace_back(LightViewLeft{std::move(name), {}, LightViewLeft::Cause::asked});
  }
}

void LightGroups::Impl::send_operations(std::span<const Operation> operations, Time now, LightOutbox& out) {
  while (!operations.empty()) {
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < operations.size(); ++count) {
      bytes += encoded_bytes(operations[count]);
      if (count > 0 && bytes > kOperationBytesMax) break;
    }
    queue_.send(Order::total, Use::any_view, encode(++batches_, operations.first(count)), now, out.transport);
    operations = operations.subspan(count);
  }
}

// ---- Views ----

void LightGroups::Impl::on_view(const ViewInstalled& event, Time now, LightOutbox& out) {
  view_ = event.view;
  applied_ = {view_.id, 0};
  queue_.on_view();
  incoming_.clear();
  const std::optional<LineageVote> vote = lineage_.on_view(event.view, event.transitional);
  directory_.retain(lineage_.peers());
  const bool settled = lineage_.phase() == Lineage::Phase::settled;
  views_.on_view(view_.id, lineage_.peers(), settled || HAWSER_FAULT("lwg_views_installed_while_voting"));
  views_.install(out);
  if (vote) queue_.send(Order::total, Use::this_view, encode(*vote), now, out.transport);
}

void LightGroups::Impl::on_vote(const NodeId& from, const LineageVote& vote, Time now, LightOutbox& out) {
  ++applied_.number;  // Votes count as operations, so that what they decide has an era of its own.
  const std::optional<LineageDecision> decision = lineage_.on_vote(from, vote);
  if (!decision) return;
  switch (decision->outcome) {
    case LineageDecision::Outcome::founded:
      static_cast<void>(views_.on_decided(applied_, lineage_.peers()));
      wishes_.renew();
      break;
    case LineageDecision::Outcome::survives:
      if (views_.on_decided(applied_, lineage_.peers())) mark(applied_, now, out);
      views_.install(out);
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
  directory_ = {};
  out.events.emplace_back(LineageLost{});
}

void LightGroups::Impl::send_snapshot(Time now, LightOutbox& out) {
  const std::vector<std::byte> bytes = encode_snapshot(directory_, views_.tracker());
  ByteView left{bytes};
  do {
    const ByteView part = left.first(std::min(left.size(), kSnapshotPartBytesMax));
    left = left.subspan(part.size());
    queue_.send(Order::total, Use::this_view, encode(SnapshotPart{view_.id, left.empty(), part}), now, out.transport);
  } while (!left.empty());
}

void LightGroups::Impl::on_snapshot_part(const NodeId& from, const SnapshotPart& part, LightOutbox& out) {
  const bool transferring = lineage_.phase() == Lineage::Phase::transferring;
  if (!transferring || part.round != view_.id || from != lineage_.donor()) return;
  const bool had_directory = lineage_.has_directory();
  if (!had_directory) incoming_.insert(incoming_.end(), part.bytes.begin(), part.bytes.end());
  if (!part.last) return;
  if (!had_directory && !adopt_snapshot()) return;
  lineage_.on_transferred();
  views_.install(out);
}

// What is not a snapshot leaves this node without a directory; between equal versions that does not happen.
bool LightGroups::Impl::adopt_snapshot() {
  std::optional<Snapshot> snapshot = decode_snapshot(std::exchange(incoming_, {}));
  if (!snapshot) {
    ++undecodable_;
    return false;
  }
  directory_ = std::move(snapshot->directory);
  views_.tracker().adopt(std::move(snapshot->groups), snapshot->marked);
  wishes_.renew();
  return true;
}

// ---- Messages ----

void LightGroups::Impl::on_delivered(Delivered&& event, Time now, LightOutbox& out) {
  const NodeId& from = view_.members[event.sender];
  if (const auto data = decode_light_data(event.payload.bytes())) {
    return on_data(from, *data, std::move(event.payload), out);
  }
  const std::optional<LightMessage> message = decode_light_message(event.payload.bytes());
  if (!message) {
    ++undecodable_;
    return;
  }
  if (const auto* batch = std::get_if<OperationBatch>(&*message)) return on_operations(from, *batch, now, out);
  if (const auto* vote = std::get_if<LineageVote>(&*message)) return on_vote(from, *vote, now, out);
  if (const auto* part = std::get_if<SnapshotPart>(&*message)) return on_snapshot_part(from, *part, out);
  views_.on_marker(from, std::get<Marker>(*message).era);
  views_.install(out);
}

void LightGroups::Impl::on_data(const NodeId& from, const LightData& data, Slice message, LightOutbox& out) {
  if (const OwnGroup* group = views_.find(data.group)) {
    return views_.on_data(*group, from, data.era, std::move(message).narrowed(data.payload), out);
  }
  if (HAWSER_FAULT("lwg_non_member_delivers")) {
    out.events.emplace_back(LightDelivered{data.group, from, message.subslice(data.payload)});
  }
  views_.filter(data.group, directory_);
}

// Void where it comes from another lineage. None is delivered between the last vote and the directory that follows, for
// who has voted sends none: so nobody needs to keep operations for a directory that is not there yet.
void LightGroups::Impl::on_operations(const NodeId& from, const OperationBatch& batch, Time now, LightOutbox& out) {
  const std::uint64_t first = applied_.number + 1;
  applied_.number += batch.operations.size();
  if (lineage_.has_directory() && lineage_.is_peer(from)) apply(from, batch, first, now, out);
  if (from != self_) return;
  for (const Operation& operation : batch.operations) wishes_.on_returned(operation.name);
}

void LightGroups::Impl::apply(const NodeId& from, const OperationBatch& batch, std::uint64_t first, Time now,
                              LightOutbox& out) {
  std::optional<Era> to_mark;
  for (std::size_t at = 0; at < batch.operations.size(); ++at) {
    const bool reversed = HAWSER_FAULT("lwg_operations_applied_in_reverse") && is_odd_one_out();
    const Operation& operation = batch.operations[reversed ? batch.operations.size() - 1 - at : at];
    const Era era{view_.id, first + at};
    if (HAWSER_FAULT("lwg_operation_skipped") && is_odd_one_out() && era.number % 7 == 0) continue;
    const std::optional<Change> change = directory_.apply(operation, from, era);
    if (change && views_.on_change(*change, operation.name)) to_mark = era;
  }
  if (to_mark) mark(*to_mark, now, out);
  views_.install(out);
}

// One marker for all changes up to `era`.
void LightGroups::Impl::mark(Era era, Time now, LightOutbox& out) {
  if (HAWSER_FAULT("lwg_marker_skipped") && is_odd_one_out()) return;
  if (HAWSER_FAULT("lwg_marker_of_a_later_change")) era.number += 2;
  queue_.send(Order::fifo, Use::any_view, encode(Marker{era}), now, out.transport);
}

// ---- The public class ----

LightGroups::LightGroups(const NodeId& self, HeavyGroup& control, Rng rng)
    : impl_(std::make_unique<Impl>(self, control, rng)) {}
LightGroups::~LightGroups() = default;

void LightGroups::join(std::span<const JoinRequest> requests, Time now, LightOutbox& out) {
  impl_->join(requests, now, out);
}

void LightGroups::leave(std::span<const std::string> names, Time now, LightOutbox& out) {
  impl_->leave(names, now, out);
}

bool LightGroups::can_send(std::string_view name) const { return impl_->can_send(name); }
bool LightGroups::is_changing(LightGroupId group) const { return impl_->is_changing(group); }

Status LightGroups::send(LightGroupId group, std::span<const ByteView> parts, Time now, LightOutbox& out) {
  return impl_->send(group, parts, now, out);
}

void LightGroups::on_event(GroupEvent&& event, Time now, LightOutbox& out) {
  impl_->on_event(std::move(event), now, out);
}

void LightGroups::on_timeout(Time now, LightOutbox& out) { impl_->finish(now, out); }

Time LightGroups::next_deadline() const { return impl_->next_deadline(); }

const LightView* LightGroups::view_of(std::string_view name) const {
  const OwnGroup* group = impl_->views().find(name);
  return group != nullptr && group->installed ? &group->tracked->view : nullptr;
}

LightCounters LightGroups::counters() const {
  return {impl_->views().filtered(), impl_->views().dropped(), impl_->undecodable()};
}

std::vector<std::pair<std::string, std::uint64_t>> LightGroups::filtered_by_name() const {
  const auto& counts = impl_->views().filtered_by_name();
  return {counts.begin(), counts.end()};
}

std::uint64_t LightGroups::directory_digest() const { return impl_->has_directory() ? impl_->directory().digest() : 0; }

bool LightGroups::directory_synced() const { return impl_->has_directory(); }

}  // namespace hawser
