// What nodes tell each other by unicast where multicast may not pass: who is there, and which groups it hears.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/wire/frames.hpp"

namespace hawser::wire {

/// "You can reach me here, and these are others." Unicast, in a datagram of its own; see link/unicast_fanout.
struct Greeting {
  static constexpr FrameType kType = FrameType::greeting;
  bool hears_you_by_multicast = false;  ///< lately: so nothing need be sent to me by unicast
  bool hears_all = false;               ///< `groups` has not room for all that the sender hears
  std::vector<GroupId> groups;          ///< that the sender hears besides the control group, ascending
  std::vector<Endpoint> others;         ///< some of those that the sender knows, ascending
  bool operator==(const Greeting&) const = default;
};

std::size_t body_size(const Greeting& greeting);
void encode_body(const Greeting& greeting, Writer& writer);
template <>
std::optional<Greeting> decode_body(ByteView body);

}  // namespace hawser::wire
