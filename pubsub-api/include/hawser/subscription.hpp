// A standing wish to hear topics; RAII.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "hawser/message.hpp"
#include "hawser/start.hpp"

namespace hawser {

/// What to call. Threads: all handlers of one subscription run on one thread of the Bus, never on two at a time, never
/// on the reactor, so a slow handler delays only its own subscription. They may call any method of the Bus but leave().
struct Handlers {
  std::function<void(const Message&)> on_message;    ///< required
  std::function<void(const Synced&)> on_synced;      ///< may be empty
  std::function<void(const Gap&)> on_gap;            ///< may be empty
  std::function<void(const Watching&)> on_watching;  ///< may be empty
  std::function<void(const Ended&)> on_ended;        ///< may be empty; only where WhenFull::disconnect is chosen
};

/// What happens when more waits for a handler than may. Nothing of it is silent: what is lost, on_gap tells before what
/// came after it. Other subscriptions, and the node itself, never wait for a slow handler.
enum class WhenFull {
  drop_oldest,  ///< what has waited longest goes
  conflate,     ///< what a newer message of the same topic and key has overtaken goes; where that is not enough, the
                ///< oldest
  disconnect,   ///< the subscription ends: what waits is handed over, then on_ended is called
  block,  ///< publish() on its topics says would_block, at every node, until half of what waits is handled; what is
          ///< on its way by then has the other half of the queue, and beyond that the oldest go
};

/// How a subscription is served. The defaults suit a handler that keeps up.
struct SubscribeOptions {
  /// What it is handed of each topic's past.
  Start start;
  WhenFull when_full = WhenFull::drop_oldest;
  /// Bytes that may wait for the handler, 64 KiB or more, and for `disconnect` and `block` more than the topics' state
  /// that is handed over at the join; 0: Options::subscription_queue_bytes_max.
  std::size_t queue_bytes_max = 0;
};

/// Threads:   any thread may destroy it or call any method, but not its own handler.
/// Ownership: move-only; destruction ends the subscription and waits until its handler has returned.
class Subscription {
 public:
  struct Impl;
  explicit Subscription(std::unique_ptr<Impl> impl);
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace hawser
