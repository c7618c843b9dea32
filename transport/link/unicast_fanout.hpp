// Sends by unicast, to each that hears the group, what multicast does not carry to it. Beneath the node, which knows
// only groups: so all protocols run the same over either.
//
// Nodes that may have to be reached so greet each other, again and again: those from a list, those who greet first, and
// those whom these know. A greeting says which groups its sender hears, and whether it hears the other's multicasts.
// Who says that it does is sent nothing but those. Who stops hearing them says so, and is sent everything by unicast
// from then on: multicast that passes for some minutes and then no longer (a switch with IGMP snooping that nobody
// queries) parts nobody.
//
// Who hears no multicast at all any more, but something by unicast, greets whoever that comes from: the members of a
// group, who always have something to say to each other, so find each other without a list.
//
// As long as multicast comes, and nobody is listed or greets, it does nothing at all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "transport/core/outbox.hpp"
#include "transport/core/time.hpp"
#include "transport/link/received_datagram.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/greeting.hpp"

namespace hawser {

struct UnicastConfig {
  NodeId self;
  std::uint64_t domain = 0;          ///< wire::domain_digest() of its name
  bool sends_multicast = true;       ///< false: everything goes by unicast
  bool greets = true;                ///< false: multicast only, and greetings are not answered
  std::vector<Endpoint> candidates;  ///< where nodes may be, now or later
  /// Whose multicasts have not come for so long is asked for unicast: some heartbeats, and well below the silence after
  /// which a node is taken for gone.
  Duration multicast_silence = std::chrono::milliseconds{150};
};

/// A node is sent to otherwise than before.
struct ReachChange {
  Endpoint node;
  bool by_unicast = false;
};

/// Threads: single-threaded.
class UnicastFanout {
 public:
  explicit UnicastFanout(UnicastConfig config);

  void on_start(Time now, Outbox& out);
  /// Every datagram that comes. True where it was a greeting, which is not for the node.
  bool on_datagram(const ReceivedDatagram& datagram, Time now, Outbox& out);
  /// Which groups this node hears.
  void on_address_change(const AddressChange& change, Outbox& out);
  void on_timeout(Time now, Outbox& out);
  [[nodiscard]] Time next_deadline() const { return deadline_; }

  /// Moves what the node sends to where it is to go: the multicasts themselves, if there are any, and copies by
  /// unicast.
  void route(std::vector<OutboundDatagram>& datagrams, std::vector<OutboundDatagram>& routed);
  /// True where route() changes nothing.
  [[nodiscard]] bool is_idle() const { return config_.sends_multicast && peers_.empty(); }

  /// Since the last call, in order of time.
  [[nodiscard]] std::vector<ReachChange> take_changes();
  [[nodiscard]] std::size_t peers() const { return peers_.size(); }

  static constexpr Duration kGreetingInterval = std::chrono::milliseconds{250};
  /// Between two greetings to who has not answered: candidates, and peers that have fallen silent.
  static constexpr Duration kCandidateInterval = std::chrono::seconds{1};
  /// Who has not greeted for so long is sent nothing but a greeting now and then, and after a longer time not that.
  static constexpr Duration kSilentAfter = std::chrono::seconds{5};
  static constexpr Duration kForgottenAfter = std::chrono::minutes{30};
  /// Between two that are greeted since they are heard by unicast only.
  static constexpr Duration kStrangerInterval = std::chrono::milliseconds{10};
  /// How long a newcomer has to say that it hears multicast before it is told of as one that does not.
  static constexpr Duration kNewcomerPatience = std::chrono::seconds{1};
  /// More are not sent to, nor told of: far beyond the nodes of a domain.
  static constexpr std::size_t kPeersMax = 256;
  /// So that a greeting fits a datagram of 1,000 bytes. More groups: all are sent; more others: in
  /// turns.
  static constexpr std::size_t kGroupsInGreetingMax = 64;
  static constexpr std::size_t kOthersInGreetingMax = 64;

 private:
  struct Peer {
    Incarnation incarnation;
    std::set<GroupId> groups;
    bool hears_all = false;
    bool hears_multicast = false;  // This node's, as the peer says.
    bool silent = false;
    bool told_by_unicast = false;  // What take_changes() has told.
    Time since;
    Time last_greeting;
    Time last_multicast;  // From it.
    bool heard_by_multicast = false;
  };

  void on_greeting(const NodeId& from, const wire::Greeting& greeting, Time now, Outbox& out);
  void on_multicast(Endpoint from, Time now, Outbox& out);
  void greet_stranger(const ReceivedDatagram& datagram, Time now, Outbox& out);
  void greet(Endpoint to, Outbox& out);
  void greet_all(Outbox& out);
  void greet_the_silent(Outbox& out);
  void update_peers(Time now, Outbox& out);
  void note_reach(Endpoint endpoint, Peer& peer, bool by_unicast);
  [[nodiscard]] wire::Greeting greeting_for(Endpoint to);
  [[nodiscard]] Duration look_interval() const;
  [[nodiscard]] bool needs_copy(const Peer& peer, GroupId group) const;

  const UnicastConfig config_;
  wire::DatagramHeader header_;
  std::map<Endpoint, Peer> peers_;
  std::set<GroupId> groups_;
  std::vector<ReachChange> changes_;
  std::optional<Buffer> heartbeat_;  // The last one: a newcomer need not wait for the next, which may be long.
  std::uint64_t turn_ = 0;           // Of those who are told of in greetings.
  Time last_multicast_{};            // From anybody.
  Time strangers_due_{};
  Time greetings_due_ = kNever;
  Time candidates_due_ = kNever;
  Time deadline_ = kNever;
};

}  // namespace hawser
