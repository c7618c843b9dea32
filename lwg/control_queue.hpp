// This layer's own messages on their way into heavy-weight groups: in order, and never lost to a full send queue.
#pragma once

#include <cstddef>
#include <deque>
#include <variant>
#include <vector>

#include "transport/core/order.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

/// While anything waits here, data must not go out: what this node sends must follow its markers.
/// Bound: there is one vote and one snapshot a view, a marker for each batch of operations and heavy-weight group, a
/// request for each name, and one plan of the coordinator's. All of it is thrown away when the control view changes.
/// Threads: single-threaded. `groups` must outlive it.
class ControlQueue {
 public:
  /// How long after a refusal the next attempt is made, where nothing else happens before.
  static constexpr Duration kRetryInterval = std::chrono::milliseconds{5};

  explicit ControlQueue(HeavyGroups& groups) : groups_(groups) {}

  void send(GroupId heavy, Order order, std::vector<std::byte> message, Time now, Outbox& out);
  /// See HeavyGroups::arrange().
  void arrange(GroupId heavy, std::vector<NodeId> old_members, std::vector<NodeId> members, Time now, Outbox& out);
  /// Forgets what was of use in the former control view only, which is everything.
  void on_view() { waiting_.clear(); }
  /// Tries again.
  void pump(Time now, Outbox& out);

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  void add_to(StateDigest& digest) const { digest.add(waiting_, next_deadline()); }
  [[nodiscard]] Time next_deadline() const { return waiting_.empty() ? kNever : retry_at_; }

 private:
  struct Message {
    GroupId heavy;
    Order order;
    std::vector<std::byte> bytes;
  };
  struct Arrangement {
    GroupId heavy;
    std::vector<NodeId> old_members;
    std::vector<NodeId> members;
  };
  Status try_send(const Message& message, Time now, Outbox& out);
  Status try_send(const Arrangement& arrangement, Time now, Outbox& out);

  HeavyGroups& groups_;
  std::deque<std::variant<Message, Arrangement>> waiting_;
  Time retry_at_ = kNever;
};

}  // namespace hawser
