// This layer's own messages on their way into the control group: in order, and never lost to a full send queue.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "transport/core/order.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/time.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

/// While anything waits here, data must not go out: what this node sends must follow its markers.
/// Bound: there is one vote and one snapshot a view, a marker for each batch of operations delivered, and an operation
/// for each name; votes and snapshots of former views are thrown away.
/// Threads: single-threaded. `group` must outlive it.
class ControlQueue {
 public:
  /// How long after a refusal the next attempt is made, where nothing else happens before.
  static constexpr Duration kRetryInterval = std::chrono::milliseconds{5};

  enum class Use : std::uint8_t { any_view, this_view };

  explicit ControlQueue(HeavyGroup& group) : group_(group) {}

  void send(Order order, Use use, std::vector<std::byte> message, Time now, Outbox& out);
  /// Forgets what was of use in the former view only.
  void on_view();
  /// Tries again.
  void pump(Time now, Outbox& out);

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] Time next_deadline() const { return waiting_.empty() ? kNever : retry_at_; }

 private:
  struct Waiting {
    Order order;
    Use use;
    std::vector<std::byte> message;
  };

  HeavyGroup& group_;
  std::deque<Waiting> waiting_;
  Time retry_at_ = kNever;
};

}  // namespace hawser
