// A Bus of which the bench knows when everybody has come, and when all of its topics' state is in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hawser/bus.hpp"

namespace hawser::bench {

/// Joins and waits until the view has that many members. Starting together and subscribing afterwards keeps merges of
/// early views out of the measurement. `on_event` may be empty.
/// Errors: as Bus::join; timeout.
Result<Bus> join_with_others(const std::string& domain, std::size_t members, std::chrono::milliseconds timeout,
                             std::function<void(const BusEvent&)> on_event = {});

/// Subscribes and waits until the state of every topic is in. `topics` have no repetitions. `synced_ns`, where given,
/// is set to when that was. Errors: as Bus::subscribe; timeout.
Result<Subscription> subscribe_and_sync(Bus& bus, std::span<const std::string> topics,
                                        std::function<void(const Message&)> on_message,
                                        std::chrono::milliseconds timeout, std::int64_t* synced_ns = nullptr);

/// bench/FIRST and those after it.
std::vector<std::string> topic_names(std::uint32_t first, std::uint32_t topics);

}  // namespace hawser::bench
