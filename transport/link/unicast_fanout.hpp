// Sends by unicast, to each that hears the group, what multicast does not carry to it. Beneath the node, which knows
// only groups: so all protocols run the same over either.
//
// Nodes that may have to be reached so greet each other, again and again: those from a list, those who greet first, and
// those whom these know. A greeting says which groups its sender hears, and whether it hears the other's multicasts.
// Two rules say what is sent by unicast, for each pair of nodes:
// - The control group, in which heartbeats never cease, is judged by its silence. Who says that it hears the other's
//   multicasts there is sent nothing but multicasts. Who stops hearing them says so, and is sent everything by unicast
//   from then on: multicast that passes for some minutes and then no longer (a switch with IGMP snooping that nobody
//   queries) parts nobody.
// - Of the other groups, those that the hearer names in its greetings: which it may not hear at all (its kernel refused
//   the socket: deaf), or in which nothing of the other's comes though it sends there (dark; see dark_groups.hpp).
// A multicast goes out all the same, so the first one that comes again ends it.
//
// Who hears no multicast at all any more, but something by unicast, greets whoever that comes from: the members of a
// group, who always have something to say to each other, so find each other without a list. So does who is deaf to a
// group with everybody it hears, and who finds one dark with its sender. So does who sends to a node by unicast: it
// tells that node of all whom multicast alone would never bring to it.
//
// Who needs no unicast, of nobody and nobody of it, for kRestBeforeParting, says that too. Two who both say so part:
// they greet no more. A list is a need that lasts.
//
// As long as multicast comes, and nobody is listed or greets, it does nothing but report its traffic.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "transport/core/outbox.hpp"
#include "transport/core/time.hpp"
#include "transport/link/dark_groups.hpp"
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
  Duration multicast_silence = std::chrono::microseconds{93750};
};

/// A node is sent to otherwise than before.
struct ReachChange {
  Endpoint node;
  bool by_unicast = false;
  GroupId group = kControlGroup;  ///< the control group stands for all
};

/// Threads: single-threaded.
class UnicastFanout {
 public:
  explicit UnicastFanout(UnicastConfig config);

  void on_start(Time now, Outbox& out);
  /// Every datagram that comes. True where it was for this machine, and not for the node.
  bool on_datagram(const ReceivedDatagram& datagram, Time now, Outbox& out);
  /// Which groups this node hears.
  void on_address_change(const AddressChange& change, Outbox& out);
  /// It is to hear this group, and can't by multicast: to be told before on_address_change().
  void on_unheard_group(GroupId group) { deaf_.insert(group); }
  /// Now it can.
  void on_heard_group(GroupId group, Outbox& out);
  void on_timeout(Time now, Outbox& out);
  [[nodiscard]] Time next_deadline() const { return deadline_; }

  /// Moves what the node sends to where it is to go: the multicasts themselves, if there are any, and copies by
  /// unicast. After every kHeartbeatsPerReport-th heartbeat it says which groups were multicast to.
  void route(std::vector<OutboundDatagram>& datagrams, std::vector<OutboundDatagram>& routed);
  /// True where nothing goes by unicast that was not meant to.
  [[nodiscard]] bool is_idle() const { return config_.sends_multicast && peers_.empty(); }
  /// False: multicast only.
  [[nodiscard]] bool greets() const { return config_.greets; }

  /// Since the last call, in order of time.
  [[nodiscard]] std::vector<ReachChange> take_changes();
  [[nodiscard]] std::size_t peers() const { return peers_.size(); }

  static constexpr Duration kGreetingInterval = std::chrono::milliseconds{250};
  /// Between two greetings to who has not answered: candidates, and peers that have fallen silent.
  static constexpr Duration kCandidateInterval = std::chrono::seconds{1};
  /// Who has not greeted for so long is sent nothing but a greeting now and then, and after a longer time not that.
  static constexpr Duration kSilentAfter = std::chrono::seconds{5};
  static constexpr Duration kForgottenAfter = std::chrono::minutes{30};
  /// Between two that are greeted since they are heard by unicast only, this node is deaf to a group, or it serves
  /// somebody.
  static constexpr Duration kStrangerInterval = std::chrono::milliseconds{10};
  /// How long nobody has needed unicast before nodes part: multicast that comes and goes does not make them strangers.
  static constexpr Duration kRestBeforeParting = std::chrono::seconds{10};
  /// Heartbeats are a sixth of UnicastConfig::multicast_silence apart, or a third at most: so there are three reports
  /// in one, or two.
  static constexpr int kHeartbeatsPerReport = 3;
  /// How long a newcomer has to say that it hears multicast before it is told of as one that does not.
  static constexpr Duration kNewcomerPatience = std::chrono::seconds{1};
  /// More are not sent to, nor told of: far beyond the nodes of a domain. Who comes then takes the place of who has
  /// been silent longest, for kSilentAfter at least; where nobody has, it is not known.
  static constexpr std::size_t kPeersMax = 256;
  /// So that a greeting fits a datagram of 1,000 bytes. More groups: all are sent; more of them by unicast: all that
  /// way; more others: in turns.
  static constexpr std::size_t kGroupsInGreetingMax = 64;
  static constexpr std::size_t kOthersInGreetingMax = 64;

 private:
  struct Peer {
    Incarnation incarnation;
    std::set<GroupId> groups;
    std::set<GroupId> by_unicast;  // Of these, what multicasts of this node do not reach it in, as the peer says.
    bool hears_all = false;
    bool hears_multicast = false;  // This node's, in the control group, as the peer says.
    bool at_rest = false;          // As the peer says.
    bool silent = false;
    bool told_by_unicast = false;  // What take_changes() has told.
    Time since;
    Time last_greeting;
    Time last_multicast;  // From it, in the control group.
    bool heard_by_multicast = false;
  };

  bool on_own_frame(const NodeId& from, const wire::RawFrame& frame, Time now, Outbox& out);
  void on_greeting(const NodeId& from, const wire::Greeting& greeting, Time now, Outbox& out);
  void on_traffic(Endpoint from, const wire::Traffic& traffic, Time now, Outbox& out);
  void on_multicast(Endpoint from, GroupId group, Time now, Outbox& out);
  Peer* add_peer(const NodeId& node, Time now);
  bool make_room(Time now);
  void take_in(const wire::Greeting& greeting, Endpoint from, Peer& peer);
  void greet_stranger(const ReceivedDatagram& datagram, Time now, Outbox& out);
  void greet(Endpoint to, Outbox& out);
  void greet_all(Outbox& out);
  void greet_the_silent(Outbox& out);
  void update_peers(Time now, Outbox& out);
  void part_at_rest(Time now, Outbox& out);
  [[nodiscard]] bool is_needed() const;
  [[nodiscard]] static bool needs_unicast(const Peer& peer);
  void note_sent(std::vector<OutboundDatagram>& datagrams);
  template <typename Frame>
  [[nodiscard]] Buffer datagram_of(const Frame& frame);
  void note_reach(Endpoint endpoint, Peer& peer, bool by_unicast);
  [[nodiscard]] wire::Greeting greeting_for(Endpoint to);
  [[nodiscard]] Duration look_interval() const;
  [[nodiscard]] bool needs_copy(const Peer& peer, GroupId group) const;

  const UnicastConfig config_;
  wire::DatagramHeader header_;
  std::map<Endpoint, Peer> peers_;
  std::set<GroupId> groups_;
  std::set<GroupId> deaf_;  // Of these: nobody's multicasts are heard.
  DarkGroups dark_;
  SentGroups sent_;
  std::vector<ReachChange> changes_;
  std::optional<Buffer> heartbeat_;  // The last one: a newcomer need not wait for the next, which may be long.
  int heartbeats_ = 0;               // Since the last report.
  std::uint64_t turn_ = 0;           // Of those who are told of in greetings.
  std::optional<Time> rest_since_;   // Nobody needs unicast.
  bool at_rest_ = false;
  bool serves_by_unicast_ = false;  // Somebody who is there.
  Time last_multicast_{};           // From anybody, in the control group.
  Time strangers_due_{};
  Time greetings_due_ = kNever;
  Time candidates_due_ = kNever;
  Time deadline_ = kNever;
};

}  // namespace hawser
