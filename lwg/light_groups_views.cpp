// What views, lineages and snapshots of the directory bring.
#include <utility>

#include "lwg/light_groups_impl.hpp"
#include "lwg/snapshot.hpp"

namespace hawser {
namespace {

// What is longer is sent as several messages. Far below what a message may have, so that others get a word in between.
constexpr std::size_t kSnapshotPartBytesMax = std::size_t{4} << 20;

}  // namespace

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
  watches_.on_view();
  configurations_.on_view();
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
    const auto cause = comes_back ? LightViewLeft::Cause::merged : LightViewLeft::Cause::lost;
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
  watches_.on_directory();
  configurations_.on_directory();
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

}  // namespace hawser
