// One node's whole transport as a single machine: datagrams, evidence and time in; datagrams and group events out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/rng.hpp"
#include "transport/core/time.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

/// Where a process runs, as far as its exit can be seen from there: two nodes with the same boot id and network
/// namespace are on the same host, and one can watch the other's process. All zero where it is unknown.
struct HostIdentity {
  std::uint64_t boot_id = 0;            ///< a digest of /proc/sys/kernel/random/boot_id
  std::uint64_t network_namespace = 0;  ///< inode of /proc/self/ns/net
  std::uint32_t process_id = 0;
  bool operator==(const HostIdentity&) const = default;
};

struct NodeConfig {
  NodeId self;
  std::string domain = "default";
  std::optional<VotingState> voting{};  ///< where it has a vote on primary views: as last stored, or new
  HostIdentity host;
  std::size_t datagram_bytes_max = 1472;          ///< UDP payload that needs no IP fragments
  std::size_t receive_buffer_bytes = 212992;      ///< of this node's sockets, as the kernel reports it
  std::size_t send_queue_bytes_max = 64U << 20U;  ///< accepted and not yet sent
  Duration heartbeat_interval = std::chrono::microseconds{15625};
  Duration silence_timeout = std::chrono::milliseconds{250};
  Duration discovery_window = std::chrono::milliseconds{150};  ///< how long a new node listens before it forms a view
};

/// Counts since the start; they only grow.
struct NodeCounters {
  std::uint64_t packets_sent = 0;           ///< data packets, first time
  std::uint64_t packets_received = 0;       ///< data packets, each once
  std::uint64_t packets_repaired = 0;       ///< data packets sent again
  std::uint64_t datagrams_refused = 0;      ///< bad, foreign or of another version
  std::uint64_t views_installed = 0;        ///< of the control group
  std::uint64_t group_views_installed = 0;  ///< of all other groups
  std::uint64_t arrangements = 0;           ///< of groups' members, heard of
  std::uint64_t self_fences = 0;            ///< this node found that it had been paused
  // See GroupCounters in group_streams.hpp.
  std::uint64_t repairs_for_others = 0;
  std::uint64_t packets_ahead = 0;
  std::uint64_t cuts_ahead = 0;
  std::uint64_t primaries = 0;
  std::uint64_t attempts_cut_short = 0;
  std::uint64_t slow_members = 0;
  std::uint64_t start_changes = 0;
  std::uint64_t start_changes_overtaken = 0;
  std::uint64_t views_completed = 0;
  std::uint64_t views_skipped = 0;
  std::uint64_t cuts_differed = 0;
  std::uint64_t proposals_sent = 0;
};

/// By group: how many multicasts it had accepted.
using StableMark = std::vector<std::pair<GroupId, std::uint64_t>>;

/// Threads: single-threaded. The driver calls an input, empties the Outbox (sends the control datagrams, then the data;
/// passes the events up), and calls on_timeout() when next_deadline() has come. When it has no more input at hand, it
/// calls flush() so that what waits in a half-full packet goes out.
class Node {
 public:
  Node(const NodeConfig& config, Rng rng);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void on_start(Time now, Outbox& out);
  /// A datagram as it came off the network. Bad ones are counted and dropped.
  void on_datagram(Endpoint from, const Buffer& datagram, Time now, Outbox& out);
  /// The kernel says that this process on this host has exited.
  void on_process_exit(const NodeId& node, Time now, Outbox& out);
  /// ICMP port unreachable came back for a datagram to `endpoint`: a hint that can be forged, so it is confirmed first.
  void on_unreachable(Endpoint endpoint, Time now, Outbox& out);
  /// See StoreRequest.
  void on_stored(std::uint64_t ticket, Time now, Outbox& out);
  /// What was to be stored can't be: from here on this node has no vote on primary views.
  void on_store_failed(Time now, Outbox& out);
  void on_timeout(Time now, Outbox& out);
  /// The driver says, before on_timeout(), whether datagrams that have come are still `waiting` to be handed over: then
  /// nobody is taken for silent, since a heartbeat may be among them.
  void set_backlog(bool waiting, Time now);
  /// Closes half-full packets and sends what the window allows.
  void flush(Time now, Outbox& out);
  /// Tells the others that this node is going, so that they need not find out. The driver stops afterwards.
  void leave(Time now, Outbox& out);

  [[nodiscard]] Time next_deadline() const;
  [[nodiscard]] HeavyGroups& groups();
  /// The group's view here; no members where this node is in none. Valid until the next input.
  [[nodiscard]] const View& view_of(GroupId group) const;
  /// How far this node has sent in each group; void when the control view changes.
  [[nodiscard]] StableMark mark() const;
  /// True when every member of its group has received what was sent up to the mark, and nothing waits for resume().
  [[nodiscard]] bool is_stable(const StableMark& mark) const;
  /// The control group's view is known to be primary, and is not about to change.
  [[nodiscard]] bool is_primary() const;
  [[nodiscard]] const NodeId& self() const;
  [[nodiscard]] NodeCounters counters() const;
  /// Same-host peers whose processes the driver should watch, in no order; empty entries of HostIdentity never occur.
  [[nodiscard]] std::vector<std::pair<NodeId, HostIdentity>> peers_on_this_host() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hawser
