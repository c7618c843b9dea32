#include "transport/membership/failure_detector.hpp"

#include <algorithm>

namespace hawser {

bool FailureDetector::on_heard(const NodeId& node, Time now) {
  if (is_dead(node) || (peers_.size() == kPeersMax && !is_alive(node))) return false;
  const auto [at, is_new] = peers_.try_emplace(node);
  if (is_new) at->second.since = now;
  at->second.heard = now;
  at->second.unreachable.reset();
  return is_new;
}

void FailureDetector::on_heartbeat(const NodeId& node, Time now) {
  const auto at = peers_.find(node);
  if (at == peers_.end()) return;
  Peer& peer = at->second;
  if (peer.heartbeat != Time::min()) {
    const Duration distance = now - peer.heartbeat;
    const Duration error = distance > peer.mean ? distance - peer.mean : peer.mean - distance;
    peer.deviation += (error - peer.deviation) / 4;
    peer.mean += (distance - peer.mean) / 8;
  } else {
    peer.mean = times_.heartbeat_interval;
  }
  peer.heartbeat = now;
}

bool FailureDetector::on_evidence(const NodeId& node) {
  if (dead_.insert(node.incarnation).second) dead_since_.push_back(node.incarnation);
  if (dead_.size() > kDeadNodesMax) {
    dead_.erase(dead_since_.front());
    dead_since_.pop_front();
  }
  return peers_.erase(node) > 0;
}

std::optional<NodeId> FailureDetector::on_unreachable(Endpoint endpoint, Time now) {
  for (auto& [node, peer] : peers_) {
    if (node.endpoint != endpoint || now - peer.since < kLateRefusals) continue;
    const bool again = peer.unreachable && now - *peer.unreachable < std::chrono::seconds{1};
    peer.unreachable = now;
    if (!again) return std::nullopt;
    const NodeId gone = node;
    on_evidence(gone);
    return gone;
  }
  return std::nullopt;
}

bool FailureDetector::is_doubted(Endpoint endpoint) const {
  return std::any_of(peers_.begin(), peers_.end(), [&](const auto& entry) {
    return entry.first.endpoint == endpoint && entry.second.unreachable.has_value();
  });
}

Duration FailureDetector::timeout_of(const Peer& peer) const {
  return std::clamp(peer.mean * 4 + peer.deviation * 8, times_.silence_timeout, times_.silence_timeout * 4);
}

std::vector<NodeId> FailureDetector::on_timeout(Time now) {
  std::vector<NodeId> silent;
  for (auto at = peers_.begin(); at != peers_.end();) {
    if (now >= at->second.heard + timeout_of(at->second)) {
      silent.push_back(at->first);
      at = peers_.erase(at);
    } else {
      ++at;
    }
  }
  return silent;
}

void FailureDetector::forgive(Duration deaf, Time now) {
  for (auto& [node, peer] : peers_) peer.heard = std::min(now, peer.heard + deaf);
}

std::vector<NodeId> FailureDetector::forget_all() {
  std::vector<NodeId> all = alive();
  peers_.clear();
  return all;
}

std::vector<NodeId> FailureDetector::alive() const {
  std::vector<NodeId> nodes;
  nodes.reserve(peers_.size());
  for (const auto& [node, peer] : peers_) nodes.push_back(node);
  return nodes;
}

std::optional<NodeId> FailureDetector::successor(const NodeId& self) const {
  if (peers_.empty()) return std::nullopt;
  const auto next = peers_.upper_bound(self);
  return next == peers_.end() ? peers_.begin()->first : next->first;
}

Time FailureDetector::next_deadline() const {
  Time next = kNever;
  for (const auto& [node, peer] : peers_) next = std::min(next, peer.heard + timeout_of(peer));
  return next;
}

}  // namespace hawser
