// Who should be in the domain's control group: beacons, heartbeats, evidence and the picture they add up to.
// Source: the failure detector and clique rule of this folder; discovery by multicast beacon.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/time.hpp"
#include "transport/membership/failure_detector.hpp"
#include "transport/membership/quarantine.hpp"
#include "transport/membership/reachability.hpp"
#include "transport/wire/frames.hpp"
#include "transport/wire/packer.hpp"

namespace hawser {

struct MembershipConfig {
  NodeId self;
  wire::Beacon beacon;  ///< what this node says of itself
  FailureDetectorTimes times;
  Duration discovery_window = std::chrono::milliseconds{150};
};

/// Newcomers are let in this long after the first of them was seen, so that those who start together come together.
inline constexpr Duration kGrowDelay = std::chrono::milliseconds{20};
/// A newcomer that would part those who are together is let in, at their cost, only if that lasts so many silence
/// timeouts: by then everyone would have heard it, if they could.
inline constexpr int kSilencesBeforeParting = 2;
/// Every so many heartbeats go with a beacon.
inline constexpr unsigned kHeartbeatsPerBeacon = 10;
/// Heartbeats that news makes go out early keep this distance.
inline constexpr Duration kHeartbeatDistanceMin = std::chrono::milliseconds{2};

/// Threads: single-threaded. `packer` must outlive it. PeerFailed events go to the Outbox.
class Membership {
 public:
  Membership(const MembershipConfig& config, wire::Packer& packer);

  void on_start(Time now);
  /// Any datagram of the domain from another node.
  void on_heard(const NodeId& node, Time now);
  void on_beacon(const NodeId& node, const wire::Beacon& beacon);
  void on_heartbeat(const NodeId& node, wire::Heartbeat heartbeat, Time now);
  void on_leave(const NodeId& node, Outbox& out) { on_evidence(node, PeerFailed::Cause::departed, out); }
  void on_process_exit(const NodeId& node, Outbox& out) { on_evidence(node, PeerFailed::Cause::process_exit, out); }
  void on_unreachable(Endpoint endpoint, Time now, Outbox& out);
  /// Most members of a group find that it stays behind. It is taken out, unless another one has just been.
  void on_outvoted(const NodeId& node, Time now, Outbox& out);
  /// It was taken out, and is not to be listened to yet.
  [[nodiscard]] bool is_shut_out(const NodeId& node, Time now) const { return quarantine_.contains(node, now); }
  /// This node was not run for longer than others wait: whatever it believes of them is old.
  void on_fence(Outbox& out);

  /// Finds the silent, and sends what is due. True where a heartbeat went out (acknowledgements go with it).
  bool on_timeout(Time now, Outbox& out);
  [[nodiscard]] Time next_deadline() const;

  /// Datagrams that have come are `waiting` to be handed over, as of `now`. Meanwhile, nobody is taken for silent, and
  /// that time does not count against anyone afterwards: of what overflowed, nothing is known.
  void set_backlog(bool waiting, Time now);

  /// True where the set that the control group should have has changed: see target().
  bool update_target(Time now);
  /// The same where a peer has proposed these, ascending: if this node sees the same, it waits for no one else.
  bool update_target(Time now, const std::vector<NodeId>& proposed);
  /// That set, ascending; empty while this node still listens around, or waits for those it hears to hear it.
  [[nodiscard]] const std::vector<NodeId>& target() const { return target_; }
  /// Nodes that are gone since the last call.
  std::vector<NodeId> take_gone() { return std::exchange(gone_, {}); }

  /// Of this node and all whose beacon is known, in bytes.
  [[nodiscard]] std::size_t smallest_receive_buffer() const { return smallest_receive_buffer_; }
  /// What alive nodes have said of themselves.
  [[nodiscard]] const std::map<NodeId, wire::Beacon>& beacons() const { return beacons_; }

 private:
  void on_evidence(const NodeId& node, PeerFailed::Cause cause, Outbox& out);
  void on_gone(const NodeId& node, PeerFailed::Cause cause, Outbox& out);
  void on_news(Time at) {
    heartbeat_at_ = std::min(heartbeat_at_, std::max(at, last_heartbeat_ + kHeartbeatDistanceMin));
  }
  void send_heartbeat(Time now, Outbox& out);
  void measure_receive_buffers();
  void take_picture();
  [[nodiscard]] bool parts_those_together() const;
  bool found_alone(Time now);
  [[nodiscard]] Duration patience() const { return kSilencesBeforeParting * config_.times.silence_timeout; }
  bool choose(std::vector<NodeId> target);

  const MembershipConfig config_;
  wire::Packer& packer_;
  FailureDetector detector_;
  Quarantine quarantine_;
  Reachability reachability_;
  std::map<NodeId, wire::Beacon> beacons_;  // of alive nodes
  std::size_t smallest_receive_buffer_;
  std::vector<NodeId> gone_;
  Time silence_check_at_ = Time::min();  // no peer can be silent for too long before
  std::optional<Time> backlog_since_;

  Time heartbeat_at_ = kNever;
  Time last_heartbeat_ = Time::min() + std::chrono::hours{1};
  unsigned until_beacon_ = 0;
  Time started_ = kNever;
  Time found_at_ = kNever;  // while it has no target yet: when to stand alone, if nobody takes it in

  bool picture_changed_ = true;
  std::vector<NodeId> clique_;    // of all that are alive
  std::vector<NodeId> together_;  // of those in the target only
  std::vector<NodeId> target_;
  Time news_since_ = kNever;  // since when clique_ is not the target
  Time grow_at_ = kNever;
};

}  // namespace hawser
