// What a machine's facts mean for a node.
#pragma once

#include <vector>

#include "hawser/diagnosis.hpp"
#include "pubsub-api/src/doctor/host_facts.hpp"

namespace hawser {

// Below these Hawser takes its detour.
inline constexpr std::uint64_t kDescriptorsWanted = 256;  ///< one for each multicast group, some for the rest
inline constexpr std::uint64_t kDescriptorsNeeded = 32;
inline constexpr std::size_t kMtuWanted = 1280;  ///< bytes; below, messages go in many pieces
inline constexpr std::size_t kMtuNeeded = 576;   ///< what every IPv4 host must take (RFC 791)
/// A node reads the clock at least once for each batch of datagrams.
inline constexpr std::chrono::nanoseconds kClockReadingWanted = std::chrono::microseconds{1};

[[nodiscard]] std::vector<Finding> judge(const HostFacts& facts);

}  // namespace hawser
