// Bounds that more than one layer must know.
#pragma once

#include <cstddef>

namespace hawser {

/// The longest message of a heavy-weight group, headers of the layers above included.
inline constexpr std::size_t kMessageBytesMax = (std::size_t{16} << 20) + 4096;

}  // namespace hawser
