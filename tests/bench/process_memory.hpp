// How much memory this process uses.
#pragma once

#include <cstdint>

namespace hawser::bench {

/// What of it is in the machine's memory, from /proc/self/statm; 0 where that is not there.
std::uint64_t resident_bytes();
/// What it has allocated and not freed, by mallinfo2().
std::uint64_t heap_bytes();

}  // namespace hawser::bench
