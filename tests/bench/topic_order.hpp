// Which topics a stream's messages go to, one after the other.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/stream_system.hpp"

namespace hawser::bench {

/// Numbers below `topics`; whoever comes to the end begins again. The same for each run.
std::vector<std::uint32_t> topic_order(std::uint32_t topics, TopicPick pick);

}  // namespace hawser::bench
