// One number for a whole trace: equal for equal runs.
#pragma once

#include <cstdint>

#include "pubsub-api/src/trace/trace.hpp"

namespace hawser::sim {

/// Mixes everything in `event` into `digest`.
std::uint64_t add_to_digest(std::uint64_t digest, const TraceEvent& event);

}  // namespace hawser::sim
