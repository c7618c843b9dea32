#include "transport/io/datagram_sender.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "transport/io/multicast_address.hpp"

namespace hawser {
namespace {

constexpr int kRefusalsMax = 3;  // Of one datagram: an ICMP error that waits on the socket makes one call fail.

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

std::size_t DatagramSender::send(std::span<const OutboundDatagram> datagrams, int waits_max) {
  std::size_t done = 0;
  while (done < datagrams.size()) {
    const std::size_t count = std::min(datagrams.size() - done, kBatch);
    for (std::size_t i = 0; i < count; ++i) prepare(i, datagrams[done + i]);
    const std::size_t taken = send_prepared(count, waits_max);
    done += taken;
    if (taken < count) break;
  }
  return done;
}

void DatagramSender::send(std::span<const OutboundDatagram> datagrams) {
  counters_.dropped += datagrams.size() - send(datagrams, kWaitsMax);
}

void DatagramSender::prepare(std::size_t index, const OutboundDatagram& datagram) {
  vectors_[index] = {datagram.bytes.data(), datagram.bytes.size()};
  addresses_[index] = address_of(datagram.destination);
}

sockaddr_in DatagramSender::address_of(const Destination& destination) {
  if (destination != last_destination_) {
    last_destination_ = destination;
    last_address_ =
        to_sockaddr(destination.multicast ? group_endpoint(domain_, destination.group) : destination.endpoint);
  }
  return last_address_;
}

std::size_t DatagramSender::send_prepared(std::size_t count, int waits_max) {
  std::size_t done = 0;
  int waits = 0;
  int refusals = 0;
  while (done < count) {
    const int sent = ::sendmmsg(socket_, &headers_[done], static_cast<unsigned>(count - done), MSG_DONTWAIT);
    if (sent > 0) {
      count_sent(done, sent);
      done += static_cast<std::size_t>(sent);
      refusals = 0;
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      if (waits == waits_max) break;
      ++waits;
      wait_for_room(socket_, errno == EAGAIN);
    } else if (errno != EINTR && ++refusals >= kRefusalsMax) {
      ++done;  // This one can't be sent: too long for the interface by now, no route, a firewall.
      ++counters_.dropped;
      refusals = 0;
    }
  }
  return done;
}

void DatagramSender::count_sent(std::size_t first, int count) {
  counters_.sent += static_cast<std::uint64_t>(count);
  for (std::size_t i = first; i < first + static_cast<std::size_t>(count); ++i) {
    counters_.bytes_sent += vectors_[i].iov_len;
  }
}

}  // namespace hawser
