// What a node did, as seen from outside its machines: the record that the property checkers read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "lwg/light_view.hpp"
#include "transport/core/events.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/time.hpp"

namespace hawser {

/// Messages are named by a digest of their bytes; within one sender and group, all payloads differ.
using MessageDigest = std::uint64_t;

namespace trace {

// Heavy-weight groups, at the HeavyGroup interface.
struct HeavyView {
  GroupId group;
  View view;
  std::vector<NodeId> transitional;
};
struct HeavySent {  ///< accepted by multicast(), in call order
  GroupId group;
  Order order = Order::fifo;
  MessageDigest message = 0;
  ViewId promised;            ///< the view that it must be delivered in; zeros where none was promised
  bool primary_only = false;  ///< in a group that is to be sent to in primary views only
};
struct HeavyPrimary {  ///< the control group's view, the node's present one, has become primary
  ViewId view;
  std::uint64_t number = 0;
  std::vector<VoterId> voters;
};
struct HeavyHold {  ///< asked to answer before the view ends
  GroupId group;
};
struct HeavyUnsent {  ///< accepted, and given back when the control group's view changed
  GroupId group;
  MessageDigest message = 0;
};
struct HeavyLeft {
  GroupId group;
};
struct HeavyDelivered {
  GroupId group;
  NodeId sender;
  Order order = Order::fifo;
  MessageDigest message = 0;
};

// Light-weight groups, at the LightGroups interface.
struct LightViewSeen {
  std::string name;
  LightView view;
  GroupId heavy;  ///< which it rides on
  std::vector<NodeId> transitional;
  std::vector<NodeId> newcomers;
  bool total = false;  ///< messages are in total order from here on
};
struct LightLeft {
  std::string name;
  LightGroupId group;
  bool asked = false;  ///< by its own wish; else because another lineage has survived
};
struct LightSent {
  std::string name;
  MessageDigest message = 0;
};
struct LightDeliveredSeen {
  LightGroupId group;
  NodeId sender;
  MessageDigest message = 0;
};

// Topics, at the Bus. All subscribers of one node count as one: a topic is subscribed from the first of them to the
// last, and what a later one is handed alone, from this node's own state, is not recorded.
struct Subscribed {
  std::string topic;
};
struct Unsubscribed {
  std::string topic;
};
struct Published {  ///< number: the publisher's count on this topic
  std::string topic;
  std::uint64_t number = 0;
  MessageDigest payload = 0;
};
struct Received {  ///< handed to the application
  std::string topic;
  NodeId publisher;
  std::uint64_t number = 0;
  MessageDigest payload = 0;
  bool retained = false;
};
struct StateTaken {  ///< the donor's state at the cut
  std::string topic;
  Era cut_era;
  ViewId cut_heavy_view;
  std::uint64_t digest = 0;
};
struct StateInstalled {  ///< the joiner's state right after it was handed over
  std::string topic;
  NodeId donor;
  Era cut_era;
  ViewId cut_heavy_view;
  std::uint64_t digest = 0;
};
struct GapSeen {
  std::string topic;
};

// The directory: its digest after the operations up to here, noted whenever the node settles.
struct DirectoryState {
  bool synced = false;
  std::uint64_t digest = 0;
};

}  // namespace trace

using TraceRecord =
    std::variant<trace::HeavyView, trace::HeavySent, trace::HeavyHold, trace::HeavyUnsent, trace::HeavyLeft,
                 trace::HeavyDelivered, trace::LightViewSeen, trace::LightLeft, trace::LightSent,
                 trace::LightDeliveredSeen, trace::Subscribed, trace::Unsubscribed, trace::Published, trace::Received,
                 trace::StateTaken, trace::StateInstalled, trace::GapSeen, trace::DirectoryState, trace::HeavyPrimary>;

struct TraceEvent {
  Time at;  ///< the node's own clock
  TraceRecord what;
};

/// Receives a node's events in the order in which they happen. Threads: called on the node's thread only.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void record(TraceEvent event) = 0;
};

MessageDigest digest_of(ByteView bytes);
/// Of the concatenation.
MessageDigest digest_of(std::span<const ByteView> parts);

}  // namespace hawser
