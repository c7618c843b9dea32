// A datagram in words, for people who look into what nodes say to each other.
#pragma once

#include <string>

#include "transport/core/buffer.hpp"

namespace hawser::wire {

/// The frames behind the fixed header: "heartbeat, hears 3; sync 4 of view 7.9f02c1d4 part 0 of 1". Of what is
/// malformed, or not there to its end, only the type is told.
std::string frames_text(ByteView frames);

}  // namespace hawser::wire
