// A datagram as it came off the network.
#pragma once

#include <optional>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

struct ReceivedDatagram {
  Endpoint from;
  Buffer bytes;
  std::optional<GroupId> group{};  ///< whose address it was multicast to; nothing: sent to this node's own
};

}  // namespace hawser
