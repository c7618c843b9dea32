// What can be chosen when joining a bus.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace hawser {

/// Something the bus as a whole went through; times are of the steady clock.
struct BusEvent {
  enum class Kind {
    member_failed,    ///< a node was found to have crashed or fallen silent (`node`)
    view_installed,   ///< the control group has a new view (`members`)
    topics_repaired,  ///< one view change took failed nodes out of `topics` topics
    topics_changed,   ///< by joins, leaves or failures `topics` topics of this node have other members
    primary_decided,  ///< the view is `primary`, or can't be: of a domain where some nodes vote (Options::voter_file)
    merged,           ///< this node's side of a partition gave way to the other; its topics join anew
    store_failed,     ///< nothing more is written to Options::store (`what`); the node goes on without it
  };
  Kind kind = Kind::view_installed;
  std::chrono::steady_clock::time_point at;
  std::string node;                  ///< member_failed: who
  std::vector<std::string> members;  ///< view_installed: all members, oldest first
  bool primary = false;              ///< primary_decided: until the next view_installed
  std::size_t topics = 0;            ///< topics_repaired, topics_changed: how many
  std::string what;                  ///< store_failed: what happened, to what, and what to do
};

/// What carries a multicast to the other nodes.
enum class Transport {
  automatic,  ///< multicast, and unicast to whom it does not reach
  multicast,  ///< nothing else: who is not reached by it is not there
  unicast,    ///< nothing else: for networks without multicast
};

/// How a node joins. The defaults suit a first try on one machine.
struct Options {
  /// Only nodes of the same domain hear each other: keeps two teams on one network apart.
  std::string domain = "default";
  /// The interface to use, by its name ("eth0") or its IPv4 address. Loopback by default: nothing leaves the machine.
  std::string interface = "127.0.0.1";
  /// What carries a multicast to the other nodes. By unicast, only those of this host and of `peers` are found, and
  /// those whom they know; each copy is sent by itself.
  Transport transport = Transport::automatic;
  /// Where nodes may be that multicast does not reach: "10.0.0.4:5000", or "10.0.0.4" for those there that have chosen
  /// no port. One node that is running is enough: it knows the others.
  std::vector<std::string> peers;
  /// The UDP port by which others reach this node. 0: of its own choice; where unicast may be needed one of sixteen
  /// that follow from the domain's name, so that it is found without one.
  std::uint16_t port = 0;
  /// Makes a good network a bad one, for trials: "delay=5ms,jitter=2ms,loss=1%,duplicate=0.1%,seed=7" delays, loses and
  /// doubles what this node receives. Empty: nothing is touched.
  std::string impairment;
  /// The largest payload that publish() takes, in bytes; at most 64 MiB. Long ones go out in pieces between the
  /// messages of other topics.
  std::size_t payload_bytes_max = std::size_t{16} << 20;
  /// Bytes accepted by publish() and not yet on the wire; when full, publish() says would_block. At least 4 times
  /// payload_bytes_max.
  std::size_t send_queue_bytes_max = std::size_t{64} << 20;
  /// Bytes waiting for one subscription's handler; when full the oldest go, and a Gap tells of them.
  std::size_t subscription_queue_bytes_max = std::size_t{256} << 20;
  /// How long join() waits for the first view.
  std::chrono::milliseconds join_timeout{5000};
  /// A node that was silent for this long is taken for gone: 50 ms to a minute, the same at all nodes of a domain. With
  /// less, one that only stood still for so long (busy, swapping, a paused virtual machine) is parted and merges back:
  /// below 100 ms expect that. With more, all wait longer for a host that is dead; a process that ends on a live host
  /// is found within milliseconds in any case.
  std::chrono::milliseconds silence_timeout{250};
  /// How often a node says that it lives: 1 ms to an eighth of silence_timeout, so that a few that are lost do no harm.
  /// 0: a sixteenth of silence_timeout.
  std::chrono::milliseconds heartbeat_interval{0};
  /// Called on the bus's event thread, one event at a time; may be empty.
  std::function<void(const BusEvent&)> on_event;
  /// Gives this node a vote on which part of a split domain is the primary one: the file in which it remembers its
  /// votes. Each node needs one of its own, on a disk that keeps what it has synced. Empty: no vote.
  std::string voter_file;
  /// How many nodes vote to begin with, the same at all of them: the first primary view needs more than half of these.
  /// Then each needs more than half of the one before, so voters may come and go. 0 for a voter that comes later, or
  /// that has lost its file: it votes as soon as it has met the others, and founds nothing without them.
  std::uint16_t electorate = 0;
  /// Whether this node answers the questions of `hawser groups`, `topics` and `explain`, and of hawser/inspection.hpp:
  /// on a socket that only this user's processes can reach. A node that finds no place for it says so in the log.
  bool inspection = true;
  /// The folder, of this node's own, in which it keeps the topics that are declared Durability::retained: made where
  /// it is not there. Empty: it keeps them in memory, as long as it is there. What happens is stored some 10 ms later,
  /// and safe from a crash of the machine a second later, unless the disk takes longer; after leave() all of it is.
  /// When the store fails, or does not answer for 10 s, the log and BusEvent::store_failed say so, and the node goes on
  /// without it.
  std::string store;
  /// Where to write a trace of views and messages for the checkers; empty for none. For tests: costs time and space.
  std::string trace_file;
};

}  // namespace hawser
