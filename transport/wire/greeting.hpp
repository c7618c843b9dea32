// What nodes tell each other where multicast may not pass: who is there, which groups it hears, and which it sends to.
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
  bool hears_you_by_multicast =
      false;                        ///< lately, in the control group: so send me by unicast no more than `by_unicast`
  bool hears_all = false;           ///< `groups` has not room for all that the sender hears
  bool at_rest = false;             ///< for some time nobody needed unicast of the sender, nor it of anybody
  std::vector<GroupId> groups;      ///< that the sender hears besides the control group, ascending
  std::vector<GroupId> by_unicast;  ///< others that it hears, but not your multicasts in them, ascending
  std::vector<Endpoint> others;     ///< some of those that the sender knows, ascending
  bool operator==(const Greeting&) const = default;
};

/// "To these groups I have multicast lately." Multicast to the control group, in a datagram of its own: whoever hears
/// one of them, and has nothing of it from the sender again and again, knows that multicast does not pass there.
struct Traffic {
  static constexpr FrameType kType = FrameType::traffic;
  std::vector<GroupId> groups;  ///< besides the control group, ascending
  bool operator==(const Traffic&) const = default;
};

std::size_t body_size(const Greeting& greeting);
std::size_t body_size(const Traffic& traffic);
void encode_body(const Greeting& greeting, Writer& writer);
void encode_body(const Traffic& traffic, Writer& writer);
template <>
std::optional<Greeting> decode_body(ByteView body);
template <>
std::optional<Traffic> decode_body(ByteView body);

}  // namespace hawser::wire
