#include "transport/io/datagram_sender.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "transport/io/multicast_address.hpp"

namespace hawser {
namespace {

constexpr int kWaitsMax = 3;    // of a millisecond each
constexpr int kRefusalsMax = 3;  // of one datagram: an ICMP error that waits on the socket makes one call fail

sockaddr_in to_sockaddr(Endpoint endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address);
  return address;
}

/// The socket's buffer being full is an event to poll for; the device's queue being full is not.
void wait_for_room(int socket, bool pollable) {
  pollfd writable{socket, POLLOUT, 0};
  ::poll(&writable, pollable ? 1 : 0, 1);
}

}  // namespace

DatagramSender::DatagramSender(int socket, std::string domain) : socket_(socket), domain_(std::move(domain)) {
  last_address_ = to_sockaddr(last_destination_.endpoint);
  for (std::size_t i = 0; i < kBatch; ++i) {
    headers_[i].msg_hdr.msg_iov = &vectors_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
    headers_[i].msg_hdr.msg_name = &addresses_[i];
    headers_[i].msg_hdr.msg_namelen = sizeof addresses_[i];
  }
}

void DatagramSender::send(std::span<const OutboundDatagram> datagrams) {
  while (!datagrams.empty()) {
    const std::size_t count = std::min(datagrams.size(), kBatch);
    for (std::size_t i = 0; i < count; ++i) prepare(i, datagrams[i]);
    send_prepared(count);
    datagrams = datagrams.subspan(count);
  }
}

void DatagramSender::prepare(std::size_t index, const OutboundDatagram& datagram) {
  vectors_[index] = {datagram.bytes.data(), datagram.bytes.size()};
  addresses_[index] = address_of(datagram.destination);
}

sockaddr_in DatagramSender::address_of(const Destination& destination) {
  if (destination != last_destination_) {
    last_destination_ = destination;
    last_address_ = to_sockaddr(destination.multicast ? group_endpoint(domain_, destination.group)
                                                      : destination.endpoint);
  }
  return last_address_;
}

void DatagramSender::send_prepared(std::size_t count) {
  std::size_t done = 0;
  int waits = 0;
  int refusals = 0;
  while (done < count) {
    const int sent = ::sendmmsg(socket_, &headers_[done], static_cast<unsigned>(count - done), MSG_DONTWAIT);
    if (sent > 0) {
      done += static_cast<std::size_t>(sent);
      counters_.sent += static_cast<std::uint64_t>(sent);
      refusals = 0;
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      if (++waits > kWaitsMax) break;
      wait_for_room(socket_, errno == EAGAIN);
    } else if (errno != EINTR && ++refusals >= kRefusalsMax) {
      ++done;  // This one can't be sent: too long for the interface by now, no route, a firewall.
      ++counters_.dropped;
      refusals = 0;
    }
  }
  counters_.dropped += count - done;
}

}  // namespace hawser
