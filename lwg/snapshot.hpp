// A directory with all that its light views need to go on elsewhere, as bytes.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/light_view_tracker.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

struct Snapshot {
  Directory directory;
  std::map<LightGroupId, TrackedGroup> groups;  ///< those of the directory
  std::map<NodeId, Era> marked;                 ///< each sender's highest marker, as far as the donor has heard
};

/// Nodes and control views are written once, in tables, and named by their number there: a member costs about 7 bytes.
[[nodiscard]] std::vector<std::byte> encode_snapshot(const Directory& directory, const LightViewTracker& tracker);
/// Nothing where `bytes` are no snapshot.
[[nodiscard]] std::optional<Snapshot> decode_snapshot(ByteView bytes);

}  // namespace hawser
