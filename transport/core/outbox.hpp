// Where machines put what they want done: datagrams for the network, events for the layer above.
#pragma once

#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/events.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/voting_state.hpp"

namespace hawser {

/// A group's multicast address, or one node's unicast address.
struct Destination {
  static Destination to_group(GroupId group) { return {true, group, {}}; }
  static Destination to_node(Endpoint endpoint) { return {false, {}, endpoint}; }
  bool operator==(const Destination&) const = default;

  bool multicast = false;
  GroupId group;      ///< where multicast
  Endpoint endpoint;  ///< where unicast
};

/// A whole datagram, fixed header included; the header's variable fields are filled in by Node on the way out.
struct OutboundDatagram {
  Destination destination;
  Buffer bytes;
};

/// Whether this node hears a group's multicast address from now on.
struct AddressChange {
  GroupId group;
  bool hears = true;
};

/// To be written to the voter's file, in place of what is there, and then confirmed by on_stored(): only the last need
/// be written, and its confirmation is one of all before it.
struct StoreRequest {
  std::uint64_t ticket = 0;  ///< growing
  VotingState state;
};

/// Filled by machines, emptied by whoever drives them (an event loop or the simulator). Order matters in each list.
struct Outbox {
  std::vector<AddressChange> addresses;   ///< before anything is sent
  std::vector<OutboundDatagram> control;  ///< sent before `data`
  std::vector<OutboundDatagram> data;
  std::vector<GroupEvent> events;
  std::vector<StoreRequest> stores;  ///< rare: where this node has a vote on primary views
};

}  // namespace hawser
