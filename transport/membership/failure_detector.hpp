// Who is alive, as far as this node can tell: once per node pair, never per group.
// Source: adaptive silence timeout after Jacobson's mean and deviation (RFC 6298); quick evidence as in Falcon (Leners
// et al., SOSP 2011): the kernel's word about a process beats any timeout.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "transport/core/events.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/time.hpp"

namespace hawser {

struct FailureDetectorTimes {
  Duration heartbeat_interval = std::chrono::microseconds{15625};
  Duration silence_timeout =
      std::chrono::milliseconds{250};  ///< the least; grows with observed jitter, at most 4 times
};

/// Evidence of dead incarnations is kept for this many; older ones could come back only as stray datagrams.
inline constexpr std::size_t kDeadNodesMax = 1024;
/// How long after its end refusals that a process caused may still come in.
inline constexpr Duration kLateRefusals = std::chrono::milliseconds{200};
/// Peers beyond this many are not taken in: made-up senders must not fill the memory, nor the heartbeats.
inline constexpr std::size_t kPeersMax = 1024;

/// Each peer is unknown, alive, or dead for good (evidence; an incarnation never comes back). Silence makes it unknown.
class FailureDetector {
 public:
  explicit FailureDetector(FailureDetectorTimes times) : times_(times) {}

  /// Any datagram. True where the node was not alive before.
  bool on_heard(const NodeId& node, Time now);
  /// A heartbeat: its distance from the last one trains the timeout.
  void on_heartbeat(const NodeId& node, Time now);
  /// The node's process is gone. True where it was alive until now.
  bool on_evidence(const NodeId& node);
  /// It is alive, but not to count. False where it did not.
  bool forget(const NodeId& node) { return peers_.erase(node) > 0; }
  /// ICMP came back from a node's endpoint. Forgeable and rate-limited, so the second within a second counts; and not
  /// of a node that is new, for it may be meant for another that had the same port. Returns the node that is now known
  /// to be gone.
  std::optional<NodeId> on_unreachable(Endpoint endpoint, Time now);
  /// Nodes that have just fallen silent; they are no longer alive.
  std::vector<NodeId> on_timeout(Time now);
  /// For so long this node could not hear anybody: it does not count as their silence.
  void forgive(Duration deaf, Time now);
  /// This node was paused: what it believes of others is old. All alive nodes are forgotten and returned.
  std::vector<NodeId> forget_all();

  [[nodiscard]] bool is_alive(const NodeId& node) const { return peers_.contains(node); }
  [[nodiscard]] bool has_peers() const { return !peers_.empty(); }
  /// ICMP came back from there once: to be asked again.
  [[nodiscard]] bool is_doubted(Endpoint endpoint) const;
  [[nodiscard]] bool is_dead(const NodeId& node) const { return dead_.contains(node.incarnation); }
  /// Ascending.
  [[nodiscard]] std::vector<NodeId> alive() const;
  /// The next node after `self` in the ring of alive nodes, which `self` probes.
  [[nodiscard]] std::optional<NodeId> successor(const NodeId& self) const;
  [[nodiscard]] Time next_deadline() const;

 private:
  struct Peer {
    Time since;  // first heard
    Time heard;
    Time heartbeat = Time::min();
    Duration mean{};  // of the distance between heartbeats
    Duration deviation{};
    std::optional<Time> unreachable;
  };
  [[nodiscard]] Duration timeout_of(const Peer& peer) const;

  const FailureDetectorTimes times_;
  std::map<NodeId, Peer> peers_;
  std::set<Incarnation> dead_;
  std::deque<Incarnation> dead_since_;  // the same, oldest evidence first
};

}  // namespace hawser
