// What the model's nodes know and what is on its wires: plain bytes, so that a state can be hashed and stored.
#pragma once

#include <array>
#include <cstdint>

namespace model {

using Byte = std::uint8_t;
using Mask = std::uint8_t;       // A set of nodes.
using IndexSet = std::uint16_t;  // A set of control-log entries.
using ViewSet = std::uint64_t;

constexpr int nodes_max = 4;
constexpr int heavies_max = 3;
constexpr int lights_max = 2;
constexpr int ops_max = 11;     // An operation's index takes four bits of a message; 12 * 5 view ids fit a ViewSet.
constexpr int data_max = 2;     // Messages a node sends on one light group.
constexpr int stream_max = 13;  // Messages of one stream that somebody still has to deliver, or that are queued.
constexpr int waiting_max = 12;
constexpr Byte newcomer = 0xff;  // Position in a stream: nothing delivered yet, begins behind the arrangement's token.

inline bool contains(Mask set, int node) { return (set >> node & 1) != 0; }
inline bool has_entry(IndexSet set, int entry) { return (set >> entry & 1) != 0; }
inline Mask only(int node) { return static_cast<Mask>(1U << node); }

// A message in one byte.
//   1 g s s e e e e   data number s on light group g, stamped with era e
//   0 0 0 1 n n n n   marker(n)
//   0 0 1 0 n n n n   token: the sender's stream goes on in the view that arrangement n makes (close of an old
//                     member, first record of a newcomer)
inline Byte data(int group, int number, int era) { return static_cast<Byte>(0x80 | group << 6 | number << 4 | era); }
inline Byte marker(int index) { return static_cast<Byte>(0x10 | index); }
inline Byte token(int index) { return static_cast<Byte>(0x20 | index); }
inline bool is_data(Byte message) { return (message & 0x80) != 0; }
inline bool is_token(Byte message) { return (message & 0xf0) == 0x20; }
inline int group_of(Byte message) { return message >> 6 & 1; }
inline int number_of(Byte message) { return message >> 4 & 3; }
inline int index_of(Byte message) { return message & 15; }  // The era of data; the index of a marker or token.

// What one node has sent in one heavy group and not everyone has delivered; behind `wired` is its outgoing queue.
struct Stream {
  Byte count, wired;
  Byte last_token;  // Index of the arrangement in whose view the sender goes on.
  Byte message[stream_max];
};

struct Waiting {
  Byte message, from, heavy;
};

// Of a node that has crashed, what it delivered and, in this domain view, how far it had come in the heavy groups.
struct Node {
  Byte alive;
  Byte applied;                              // Control-log entries applied.
  Byte heavy_view[heavies_max];              // Index of the installed arrangement + 1; 0: not in this group.
  Byte heavy_left[heavies_max];              // Index of the arrangement that took this node out.
  Byte position[heavies_max][nodes_max];     // Next message to deliver of each stream.
  Byte first[heavies_max][nodes_max];        // Of a newcomer to a stream: the first message that it holds.
  Byte token_seen[heavies_max][nodes_max];   // Index of the last token delivered of each stream.
  Byte marker_seen[heavies_max][nodes_max];  // Highest marker delivered.
  Byte joined[lights_max];                   // Index of the node's own add + 1; 0: it has no part in the group.
  Byte installed[lights_max];                // Index of the installed change + 1; 0: joining, or no part.
  Byte view_epoch[lights_max];               // Domain view that the installed view began in.
  Byte sent[lights_max];                     // Data messages accepted from the application.
  Byte sent_on[lights_max];                  // Heavy group + 1 of the last one, while that is not everywhere.
  Byte expected[lights_max][nodes_max];      // Number expected next + 1; 0: any, since this node has just joined.
  Byte waiting_count;
  Waiting waiting[waiting_max];
  Byte delivered_in[lights_max][nodes_max * data_max];  // View id + 1 in which each message was delivered; 0: not.
  IndexSet owed_now[heavies_max];                       // Changes to be marked here.
  IndexSet owed_later[heavies_max];                     // The same, but once a move is installed.
  ViewSet views[lights_max];                            // Ids of the views installed.
};

enum class Violation : Byte {
  none,
  late,
  same_view,
  hole,
  duplicate,
  from_non_member,
  wrong_heavy,
  synchrony,
  stuck,
  own_lost,
  final_set,
  waiting_lost,
  bound,
};

struct State {
  Node node[nodes_max];
  Stream stream[heavies_max][nodes_max];
  Byte epoch;       // Id of the domain view.
  Byte epoch_next;  // Ids below were used, by nodes that died since or by this one.
  Byte epoch_log;   // Log entries applied before the domain view began.
  Mask members;     // Of the domain view.
  Mask listed;      // The same, for the light groups.
  Byte crashes;
  bool frozen;     // All live nodes are on their way to a barrier: nobody sends.
  IndexSet asked;  // Entries that the node concerned has asked for, in this domain view.
  Violation violation;
};

}  // namespace model
