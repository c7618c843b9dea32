// What carries a system's bytes: without it a figure can't be compared with another.
#pragma once

#include <string>

#include "tests/bench/stream_system.hpp"

namespace hawser::bench {

/// Datagram size and offload in one sentence.
std::string carrier_of(System system);

/// 0 where it is not known.
std::size_t loopback_mtu_bytes();

}  // namespace hawser::bench
