// A datagram as it came off the network.
#pragma once

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

struct ReceivedDatagram {
  Endpoint from;
  Buffer bytes;
  bool by_multicast = false;  ///< it was sent to a group's address, not to this node's own
};

}  // namespace hawser
