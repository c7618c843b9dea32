// A directory as bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "lwg/directory.hpp"
#include "transport/core/buffer.hpp"

namespace hawser {

/// Nodes are written once, in a table, and named by their number there: a member costs about 2 bytes.
[[nodiscard]] std::vector<std::byte> encode_snapshot(const Directory& directory);
/// Nothing where `bytes` are no snapshot.
[[nodiscard]] std::optional<Directory> decode_snapshot(ByteView bytes);

}  // namespace hawser
