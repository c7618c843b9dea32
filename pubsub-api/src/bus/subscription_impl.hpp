// What a Subscription owns: its queue, the thread that runs its handlers, and its entry with the reactor.
#pragma once

#include <memory>
#include <thread>

#include "hawser/subscription.hpp"
#include "pubsub-api/src/bus/reactor.hpp"
#include "pubsub-api/src/bus/subscription_queue.hpp"

namespace hawser {

struct Subscription::Impl {
  Impl(SubscriberId id, std::shared_ptr<SubscriptionQueue> from, std::weak_ptr<Reactor> at, std::thread runs)
      : subscriber(id), queue(std::move(from)), reactor(std::move(at)), thread(std::move(runs)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl();

  SubscriberId subscriber;
  std::shared_ptr<SubscriptionQueue> queue;
  std::weak_ptr<Reactor> reactor;  ///< gone after the Bus
  std::thread thread;
};

}  // namespace hawser
