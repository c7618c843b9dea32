// Sync messages in parts: a node in many groups has more to say than one datagram holds.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/wire/frames.hpp"

namespace hawser {

/// `sync` in as many parts as it takes for each to have at most `bytes_max` bytes of streams (but at least one stream).
[[nodiscard]] std::vector<wire::Sync> parts_of(const wire::Sync& sync, std::size_t bytes_max);

/// Puts parts together again. Threads: single-threaded. Bound: one sync message of each node.
class SyncParts {
 public:
  /// The whole sync message of `owner` where this was its last part; a part of a newer one ends an older one.
  std::optional<wire::Sync> on_part(const NodeId& owner, wire::Sync part);
  void clear() { incomplete_.clear(); }

  void add_to(StateDigest& digest) const { digest.add(incomplete_); }

 private:
  struct Incomplete {
    wire::Sync sync;         ///< with the streams that came so far
    std::vector<bool> here;  ///< by part
  };
  std::map<NodeId, Incomplete> incomplete_;
};

}  // namespace hawser
