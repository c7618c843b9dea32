#include "tests/sim/packet_text.hpp"

#include "transport/wire/datagram.hpp"
#include "transport/wire/packet_text.hpp"

namespace hawser::sim {

std::string packet_text(const OutboundDatagram& datagram) {
  const Destination& to = datagram.destination;
  const std::string text = to.multicast ? "to all: " : "to " + to_string(to.endpoint) + ": ";
  const ByteView bytes = datagram.bytes.bytes();
  if (bytes.size() < wire::kHeaderBytes) return text + "too short";
  return text + wire::frames_text(bytes.subspan(wire::kHeaderBytes));
}

}  // namespace hawser::sim
