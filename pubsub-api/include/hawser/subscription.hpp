// A standing wish to hear topics; RAII.
#pragma once

#include <functional>
#include <memory>

#include "hawser/message.hpp"

namespace hawser {

/// What to call. Threads: all handlers of one subscription run on one thread of the Bus, never on two at a time, never
/// on the reactor, so a slow handler delays only its own subscription. They may call any method of the Bus but leave().
struct Handlers {
  std::function<void(const Message&)> on_message;    ///< required
  std::function<void(const Synced&)> on_synced;      ///< may be empty
  std::function<void(const Gap&)> on_gap;            ///< may be empty
  std::function<void(const Watching&)> on_watching;  ///< may be empty
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
