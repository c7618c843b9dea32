#include "transport/membership/membership.hpp"

#include <algorithm>
#include <iterator>

#include "transport/core/fault.hpp"

namespace hawser {

Membership::Membership(const MembershipConfig& config, wire::Packer& packer)
    : config_(config),
      packer_(packer),
      detector_(config.times),
      reachability_(config.self),
      smallest_receive_buffer_(config.beacon.receive_buffer_bytes) {}

void Membership::on_start(Time now) {
  heartbeat_at_ = now;
  started_ = now;
}

void Membership::on_heard(const NodeId& node, Time now) {
  if (!detector_.on_heard(node, now)) return;
  silence_check_at_ = Time::min();
  picture_changed_ = true;
  until_beacon_ = 0;
  on_news(now);
}

void Membership::on_beacon(const NodeId& node, const wire::Beacon& beacon) {
  if (!detector_.is_alive(node)) return;
  beacons_[node] = beacon;
  measure_receive_buffers();
}

void Membership::measure_receive_buffers() {
  smallest_receive_buffer_ = config_.beacon.receive_buffer_bytes;
  for (const auto& [node, beacon] : beacons_) {
    smallest_receive_buffer_ = std::min<std::size_t>(smallest_receive_buffer_, beacon.receive_buffer_bytes);
  }
}

void Membership::on_heartbeat(const NodeId& node, wire::Heartbeat heartbeat, Time now) {
  if (!detector_.is_alive(node)) return;
  detector_.on_heartbeat(node, now);
  if (reachability_.on_heard_set(node, std::move(heartbeat.heard))) picture_changed_ = true;
}

void Membership::on_evidence(const NodeId& node, PeerFailed::Cause cause, Outbox& out) {
  if (node != config_.self && detector_.on_evidence(node)) on_gone(node, cause, out);
}

void Membership::on_unreachable(Endpoint endpoint, Time now, Outbox& out) {
  if (const auto node = detector_.on_unreachable(endpoint, now)) {
    on_gone(*node, PeerFailed::Cause::unreachable, out);
    return;
  }
  if (!detector_.is_doubted(endpoint)) return;                       // nobody to ask about: probing on would never end
  packer_.send(Destination::to_node(endpoint), wire::Probe{}, out);  // the second refusal will settle it
}

void Membership::on_outvoted(const NodeId& node, Time now, Outbox& out) {
  if (!detector_.is_alive(node) || !quarantine_.admit(node, now)) return;
  detector_.forget(node);
  on_gone(node, PeerFailed::Cause::slow, out);
}

void Membership::on_fence(Outbox& out) {
  for (const NodeId& node : detector_.forget_all()) on_gone(node, PeerFailed::Cause::silence, out);
}

void Membership::on_gone(const NodeId& node, PeerFailed::Cause cause, Outbox& out) {
  reachability_.forget(node);
  beacons_.erase(node);
  measure_receive_buffers();
  gone_.push_back(node);
  picture_changed_ = true;
  heartbeat_at_ = Time::min();  // at once: the others should follow
  out.events.emplace_back(PeerFailed{node, cause});
}

bool Membership::on_timeout(Time now, Outbox& out) {
  if (now >= silence_check_at_ && !backlog_since_) {
    for (const NodeId& node : detector_.on_timeout(now)) on_gone(node, PeerFailed::Cause::silence, out);
    silence_check_at_ = detector_.next_deadline();
  }
  if (now < heartbeat_at_) return false;
  send_heartbeat(now, out);
  return true;
}

void Membership::send_heartbeat(Time now, Outbox& out) {
  wire::Heartbeat heartbeat;
  for (const NodeId& node : detector_.alive()) {  // by incarnation; one that was heard from two addresses counts once
    const bool again = !heartbeat.heard.empty() && heartbeat.heard.back() == node.incarnation;
    if (!again) heartbeat.heard.push_back(node.incarnation);
  }
  const Destination everyone = Destination::to_group(kControlGroup);
  packer_.send(everyone, heartbeat, out);
  if (until_beacon_ == 0) {
    packer_.send(everyone, config_.beacon, out);
    until_beacon_ = kHeartbeatsPerBeacon;
  }
  --until_beacon_;
  if (const auto next = detector_.successor(config_.self)) {
    packer_.send(Destination::to_node(next->endpoint), wire::Probe{}, out);
  }
  last_heartbeat_ = now;
  heartbeat_at_ = now + config_.times.heartbeat_interval;
}

void Membership::set_backlog(bool waiting, Time now) {
  if (waiting == backlog_since_.has_value()) return;
  if (waiting) {
    backlog_since_ = now;
    return;
  }
  detector_.forgive(now - *backlog_since_, now);
  silence_check_at_ = Time::min();
  backlog_since_.reset();
}

Time Membership::next_deadline() const {
  const Time silence_check = backlog_since_ ? kNever : silence_check_at_;
  return std::min({silence_check, heartbeat_at_, grow_at_, found_at_});
}

// Who is lost is dropped at once; who is new waits a little for others that are new too. A newcomer that does not hear
// all yet, or is not heard by all, would part those who are together by the rule of cliques: it gets time to be heard.
bool Membership::update_target(Time now) {
  if (picture_changed_) take_picture();
  if (target_.empty() && clique_.size() == 1) return found_alone(now);
  found_at_ = kNever;
  if (!target_.empty() && together_ != target_) return choose(together_);
  if (clique_ == target_) {
    news_since_ = grow_at_ = kNever;
    return false;
  }
  if (clique_.size() == 1 && HAWSER_FAULT("membership.newcomer_parts")) return choose(clique_);
  if (news_since_ == kNever) news_since_ = now;
  grow_at_ = news_since_ + (parts_those_together() ? patience() : kGrowDelay);
  return now >= grow_at_ && choose(clique_);
}

bool Membership::update_target(Time now, const std::vector<NodeId>& proposed) {
  if (update_target(now)) return true;
  const bool agrees = !target_.empty() && clique_ != target_ && clique_ == proposed;
  return agrees && !parts_those_together() && choose(clique_);
}

// Those that this node hears will take it in once they hear it; it must not found a view beside theirs meanwhile.
bool Membership::found_alone(Time now) {
  news_since_ = grow_at_ = kNever;
  found_at_ = started_ + (detector_.has_peers() ? patience() : config_.discovery_window);
  if (now < found_at_) return false;
  found_at_ = kNever;
  return choose(clique_);
}

bool Membership::parts_those_together() const {
  return !std::includes(clique_.begin(), clique_.end(), target_.begin(), target_.end());
}

bool Membership::choose(std::vector<NodeId> target) {
  target_ = std::move(target);
  news_since_ = grow_at_ = kNever;
  take_picture();
  return true;
}

void Membership::take_picture() {
  const std::vector<NodeId> alive = detector_.alive();
  clique_ = reachability_.clique(alive);
  std::vector<NodeId> old;
  std::set_intersection(alive.begin(), alive.end(), target_.begin(), target_.end(), std::back_inserter(old));
  together_ = reachability_.clique(old);
  picture_changed_ = false;
}

}  // namespace hawser
