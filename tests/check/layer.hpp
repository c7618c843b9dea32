// One layer of group communication in compact form: who was in which view when, who sent and who delivered what.
// Heavy-weight and light-weight groups look alike here, so the properties that both have are checked by the same code.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "interner.hpp"
#include "properties.hpp"
#include "pubsub-api/src/trace/trace.hpp"

namespace hawser::check {

using NodeIndex = std::uint32_t;   ///< in Index::nodes
using EventIndex = std::uint32_t;  ///< in the node's trace; kNone = never
using ViewIndex = std::uint32_t;
using StayIndex = std::uint32_t;
using StreamIndex = std::uint32_t;

/// One event of one node.
struct Place {
  NodeIndex node = kNone;
  EventIndex event = kNone;
};

struct Sent {
  MessageDigest digest = 0;
  EventIndex event = 0;
};

/// What one node sent on one channel, in order. A channel is one order class of a heavy-weight group, or the name of a
/// light-weight group.
struct Stream {
  /// Which message this is, kNone where it was never sent. Fast where it is number `expected`.
  [[nodiscard]] std::uint32_t find(MessageDigest digest, std::uint32_t expected);

  NodeIndex sender = 0;
  std::uint32_t channel = 0;
  std::vector<Sent> sent;
  /// Where the sender left the group: how many messages it had sent, and when. They need not be delivered.
  struct Leave {
    std::uint32_t sent = 0;
    EventIndex event = 0;
  };
  std::vector<Leave> leaves;
  [[nodiscard]] std::uint32_t excused() const { return leaves.empty() ? 0 : leaves.back().sent; }
  std::vector<std::pair<MessageDigest, std::uint32_t>> by_digest;  ///< sorted; filled at find()'s first miss
};

/// One node's stay in one view: from its installation to that of the next, or to the end.
struct Stay {
  NodeIndex node = 0;
  ViewIndex view = 0;
  EventIndex begin = 0;
  EventIndex end = kNone;      ///< kNone where the trace ends first
  EventIndex held = kNone;     ///< heavy: when the node was asked to hold; kNone where it never was
  StayIndex previous = kNone;  ///< where the node came from
  StayIndex next = kNone;
  std::span<const NodeId> transitional;
  /// What was delivered in it, without duplicates: how many, and a sum that is equal for equal sets.
  std::uint32_t delivered = 0;
  std::uint64_t delivered_sum = 0;
};

struct ViewEntry {
  std::uint32_t group = 0;
  std::vector<NodeIndex> members;  ///< sorted; as the first stay has them
  StayIndex first_stay = kNone;
};

struct Delivery {
  MessageDigest digest = 0;
  NodeIndex node = 0;
  EventIndex event = 0;
  StayIndex stay = kNone;         ///< kNone where the node was in no view
  StreamIndex stream = kNone;     ///< kNone where the channel is unknown
  std::uint32_t message = kNone;  ///< its number in the stream; kNone where it was never sent
  bool duplicate = false;
  bool safe = false;  ///< heavy: delivered as Order::safe
};

/// Messages of one class come in one stream of their sender: unordered, FIFO, bulk, causal, gbcast, and total, with
/// which goes safe, for what is sent as safe may be delivered as total.
inline constexpr std::uint32_t kOrderClasses = 6;
enum class OrderClass : std::uint32_t { unordered, fifo, bulk, causal, total, gbcast };
[[nodiscard]] constexpr OrderClass class_of(Order order) {
  if (order == Order::unordered) return OrderClass::unordered;
  if (order == Order::fifo) return OrderClass::fifo;
  if (order == Order::bulk) return OrderClass::bulk;
  if (order == Order::gbcast) return OrderClass::gbcast;
  return order == Order::causal ? OrderClass::causal : OrderClass::total;
}
/// Of a heavy channel.
[[nodiscard]] constexpr OrderClass class_of(std::uint32_t channel) {
  return static_cast<OrderClass>(channel % kOrderClasses);
}
[[nodiscard]] constexpr std::uint32_t group_of(std::uint32_t channel) { return channel / kOrderClasses; }

class Layer {
 public:
  explicit Layer(const GroupProperties& names) : properties(names) {}

  /// The stream of this sender and channel, made where there is none.
  StreamIndex stream_of(std::uint32_t channel, NodeIndex sender);
  /// kNone where there is none.
  [[nodiscard]] StreamIndex find_stream(std::uint32_t channel, NodeIndex sender) const {
    return stream_keys_.find(pair_key(channel, sender));
  }
  /// Where `node` was in `view`, for the first time if more than once; kNone where it never was.
  [[nodiscard]] StayIndex stay_of(ViewIndex view, NodeIndex node) const;

  /// Adds a stay whose `previous` ends where it begins. Its view, where it is new, must have been added.
  StayIndex add_stay(const Stay& stay);
  /// Adds view number views.size(), whose first stay comes next.
  void add_view(std::uint32_t group, std::vector<NodeIndex> members);
  /// Ends a stay that no other follows.
  void end_stay(StayIndex stay, EventIndex at) { stays[stay].end = at; }
  /// To be called when everything is in: finds out which message every delivery is.
  void resolve();

  [[nodiscard]] bool is_member(ViewIndex view, NodeIndex node) const;
  [[nodiscard]] bool is_own(const Delivery& delivery) const {
    return delivery.stream != kNone && streams[delivery.stream].sender == delivery.node;
  }

  GroupProperties properties;
  std::vector<ViewEntry> views;
  std::vector<Stay> stays;           ///< node by node, in the order of the node's trace
  std::vector<Delivery> deliveries;  ///< likewise
  std::vector<Stream> streams;

 private:
  NumberTable stream_keys_;
  NumberTable stay_keys_;
  std::vector<StayIndex> stay_by_key_;
};

}  // namespace hawser::check
