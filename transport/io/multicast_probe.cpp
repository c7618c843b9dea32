#include "transport/io/multicast_probe.hpp"

#include <poll.h>

#include <array>
#include <chrono>

#include "transport/io/host_identity.hpp"
#include "transport/io/udp_multicast.hpp"

namespace hawser {
namespace {

constexpr std::chrono::milliseconds kRepeat{20};

}  // namespace

Status probe_multicast(const std::string& domain, const std::string& interface, std::chrono::milliseconds patience) {
  const UdpConfig config{.domain = domain, .interface = interface, .receive_buffer_bytes = 0};
  auto listener = UdpMulticast::open(config);
  if (!listener) return listener.error();
  auto sender = UdpMulticast::open(config);
  if (!sender) return sender.error();
  const GroupId group{random_number()};
  if (auto joined = (*listener)->join(group); !joined) return joined;

  const std::array<std::byte, 1> nothing{};  // No node takes it for a datagram of ours.
  const OutboundDatagram datagram{Destination::to_group(group), Buffer::copy_of(nothing)};
  pollfd heard{.fd = (*listener)->group_socket(group), .events = POLLIN, .revents = 0};
  // Again and again: one may be lost, and a signal may end the wait.
  for (const auto deadline = std::chrono::steady_clock::now() + patience;
       std::chrono::steady_clock::now() < deadline;) {
    (*sender)->send({&datagram, 1});
    if (::poll(&heard, 1, static_cast<int>(kRepeat.count())) == 1) return Ok{};
  }
  return Error{Errc::timeout, "a datagram that was multicast on " + interface + " was not heard on the same host"};
}

}  // namespace hawser
