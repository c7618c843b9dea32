// A heavy-weight group as the layer above sees it: virtually synchronous multicast to a changing set of nodes.
// Everything above uses this interface and nothing else of the transport, so that another engine can take its place.
#pragma once

#include <cstdint>
#include <span>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/limits.hpp"
#include "transport/core/order.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/result.hpp"
#include "transport/core/time.hpp"
#include "transport/core/view.hpp"

namespace hawser {

/// Threads: single-threaded, like every machine. Views and messages come as GroupEvents in the Outbox.
class HeavyGroup {
 public:
  virtual ~HeavyGroup() = default;

  [[nodiscard]] virtual GroupId id() const = 0;

  /// Sends the concatenation of `parts` to every member of the view it goes out in, this node included. While a view
  /// change is on, it waits in the bounded send queue and goes out in the next view.
  /// Errors: would_block  the send queue is full.
  ///         too_large    more than kMessageBytesMax.
  virtual Status multicast(Order order, std::span<const ByteView> parts, Time now, Outbox& out) = 0;

  /// How many multicasts were accepted so far, and how many of these, from the first on, are known to have been
  /// received by every member of the view they went out in (or by all that are left of it).
  [[nodiscard]] virtual std::uint64_t accepted() const = 0;
  [[nodiscard]] virtual std::uint64_t stable() const = 0;
};

}  // namespace hawser
