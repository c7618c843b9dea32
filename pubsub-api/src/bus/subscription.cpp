#include "hawser/subscription.hpp"

#include <utility>

#include "pubsub-api/src/bus/subscription_impl.hpp"
#include "transport/core/check.hpp"

namespace hawser {

std::string_view to_string(Gap::Cause cause) noexcept {
  switch (cause) {
    case Gap::Cause::queue_full: return "queue_full";
    case Gap::Cause::conflated: return "conflated";
    case Gap::Cause::partition: return "partition";
    case Gap::Cause::state_lost: return "state_lost";
  }
  return "unknown";
}

Subscription::Impl::~Impl() {
  HAWSER_CHECK(thread.get_id() != std::this_thread::get_id());  // A handler can't wait for itself.
  queue->close();
  if (const auto open = reactor.lock()) open->unsubscribe(subscriber);
  thread.join();
}

Subscription::Subscription(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;
Subscription::~Subscription() = default;

}  // namespace hawser
