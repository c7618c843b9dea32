// A datagram in words: where to, and the frames in it.
#pragma once

#include <string>

#include "transport/core/outbox.hpp"

namespace hawser::sim {

/// "to all: heartbeat of 3, sync 4 of view 7.9f02c1d4, data 7.9f02c1d4 0/12"
std::string packet_text(const OutboundDatagram& datagram);

}  // namespace hawser::sim
