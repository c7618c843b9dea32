// A Bus of which the bench knows when everybody has come, and when all of its topics' state is in.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>

#include "hawser/bus.hpp"

namespace hawser::bench {

/// Joins and waits until the view has that many members. Starting together and subscribing afterwards keeps merges of
/// early views out of the measurement. `on_event` may be empty.
/// Errors: as Bus::join; timeout.
Result<Bus> join_with_others(const std::string& domain, std::size_t members, std::chrono::milliseconds timeout,
                             std::function<void(const BusEvent&)> on_event = {});

/// Subscribes and waits until the state of every topic is in.
/// Errors: as Bus::subscribe; timeout.
Result<Subscription> subscribe_and_sync(Bus& bus, const std::set<std::string>& topics,
                                        std::function<void(const Message&)> on_message,
                                        std::chrono::milliseconds timeout);

}  // namespace hawser::bench
