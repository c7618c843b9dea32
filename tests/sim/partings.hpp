// Counts who was parted although nothing kept the two from hearing each other.
#pragma once

#include <cstdint>

#include "tests/sim/fault_driver.hpp"
#include "tests/sim/world.hpp"

namespace hawser::sim {

/// Companions of one control view that went on without each other while both ran, and no pause, cut or partition was
/// near: each costs one of the two its place in its topics. Joins, crashes and loss are no excuse.
std::uint64_t count_unprovoked_partings(const World& world, const FaultDriver& faults);

}  // namespace hawser::sim
