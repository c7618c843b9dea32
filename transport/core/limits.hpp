// Bounds that more than one layer must know.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hawser {

/// The longest message of a heavy-weight group, headers of the layers above included.
inline constexpr std::size_t kMessageBytesMax = (std::size_t{64} << 20) + 4096;

/// A packet this far ahead of what is stable is dropped, to be repaired later: bounds the memory of one stream.
inline constexpr std::uint64_t kReceiveWindowPackets = 16384;

}  // namespace hawser
