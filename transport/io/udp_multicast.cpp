#include "transport/io/udp_multicast.hpp"

#include <linux/errqueue.h>
#include <netinet/ip.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "transport/io/multicast_address.hpp"
#include "transport/io/socket_options.hpp"
#include "transport/io/system_error.hpp"

namespace hawser {
namespace {

constexpr std::size_t kIpAndUdpHeaderBytes = 20 + 8;
constexpr int kSendBufferBytes = 2 << 20;

sockaddr_in to_sockaddr(Endpoint endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address);
  return address;
}

ip_mreqn membership(std::uint32_t group_address, const NetworkInterface& interface) {
  ip_mreqn request{};
  request.imr_multiaddr.s_addr = htonl(group_address);
  request.imr_address.s_addr = htonl(interface.address);
  request.imr_ifindex = interface.index;
  return request;
}

/// What to do where a limit of the system's was in the way; empty where it was something else.
const char* advice_for(int code) {
  switch (code) {
    case EMFILE: return ": let this process have more files open (ulimit -n)";
    case ENFILE: return ": let the system have more files open (sysctl -w fs.file-max)";
    default: return "";
  }
}

Result<FileDescriptor> open_udp_socket() {
  FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP)};
  if (socket) return socket;
  const char* const advice = advice_for(errno);
  Error error = system_error("cannot open a UDP socket");
  error.message += advice;
  return error;
}

Status bind_to(int socket, Endpoint endpoint) {
  const sockaddr_in address = to_sockaddr(endpoint);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return Ok{};
  return system_error("cannot bind a UDP socket to " + to_string(endpoint));
}

Status bind_to_a_port(int socket, std::uint32_t address, const UdpConfig& config) {
  for (std::uint16_t i = 0; i < config.ports; ++i) {
    auto bound = bind_to(socket, {address, static_cast<std::uint16_t>(config.first_port + i)});
    if (bound || config.ports == 1) return bound;
  }
  return bind_to(socket, {address, 0});
}

Status set_sending_options(int socket, const NetworkInterface& interface) {
  if (auto set = set_option(socket, IPPROTO_IP, IP_MULTICAST_IF, membership(0, interface), "IP_MULTICAST_IF"); !set) {
    return set;
  }
  const struct {
    int option;
    int value;
    const char* name;
  } options[] = {
      {IP_MULTICAST_LOOP, 1, "IP_MULTICAST_LOOP"},              // Off would deafen the other nodes on this host.
      {IP_MULTICAST_TTL, 1, "IP_MULTICAST_TTL"},                // One LAN, never further.
      {IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, "IP_MTU_DISCOVER"},  // Never let IP fragment; sizes are the interface's.
      {IP_RECVERR, 1, "IP_RECVERR"},                            // Which peer's port is unreachable.
  };
  for (const auto& [option, value, name] : options) {
    if (auto set = set_option(socket, IPPROTO_IP, option, value, name); !set) return set;
  }
  set_send_buffer(socket, kSendBufferBytes);
  return Ok{};
}

Result<Endpoint> bound_endpoint(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return system_error("cannot read a UDP socket's port");
  }
  return Endpoint{ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)};
}

bool says_unreachable(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_RECVERR) continue;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(part), sizeof error);
    return error.ee_origin == SO_EE_ORIGIN_ICMP && error.ee_errno == ECONNREFUSED;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<UdpMulticast>> UdpMulticast::open(UdpConfig config) {
  const auto interface = find_interface(config.interface);
  if (!interface) return interface.error();
  // No reuse option here: it would let another process take the port over silently.
  auto socket = open_udp_socket();
  if (!socket) return socket.error();
  if (auto bound = bind_to_a_port(socket->get(), interface->address, config); !bound) return bound.error();
  if (auto set = set_sending_options(socket->get(), interface.value()); !set) return set.error();
  const auto endpoint = bound_endpoint(socket->get());
  if (!endpoint) return endpoint.error();
  return std::unique_ptr<UdpMulticast>{
      new UdpMulticast{std::move(config), interface.value(), std::move(socket).value(), endpoint.value()}};
}

UdpMulticast::UdpMulticast(UdpConfig config, const NetworkInterface& interface, FileDescriptor unicast,
                           Endpoint endpoint)
    : config_(std::move(config)),
      interface_(interface),
      unicast_(std::move(unicast)),
      endpoint_(endpoint),
      datagram_bytes_max_(interface.loopback
                              ? std::min(kLoopbackDatagramBytes, interface.mtu_bytes - kIpAndUdpHeaderBytes)
                              : interface.mtu_bytes - kIpAndUdpHeaderBytes),
      receive_buffer_bytes_(set_receive_buffer(unicast_.get(), config_.receive_buffer_bytes)),
      receiver_(datagram_bytes_max_, endpoint),
      sender_(unicast_.get(), config_.domain) {}

Status UdpMulticast::join(GroupId group) {
  if (!config_.multicast || groups_.contains(group)) return Ok{};
  auto socket = open_group_socket(group);
  if (!socket) return socket.error();
  receive_buffer_bytes_ =
      std::min(receive_buffer_bytes_, set_receive_buffer(socket->get(), config_.receive_buffer_bytes));
  groups_by_socket_.emplace(socket->get(), group);
  groups_.emplace(group, std::move(socket).value());
  return Ok{};
}

void UdpMulticast::leave(GroupId group) {
  groups_by_socket_.erase(group_socket(group));
  groups_.erase(group);
}

int UdpMulticast::group_socket(GroupId group) const {
  const auto at = groups_.find(group);
  return at == groups_.end() ? -1 : at->second.get();
}

std::optional<GroupId> UdpMulticast::group_of(int socket) const {
  const auto at = groups_by_socket_.find(socket);
  return at == groups_by_socket_.end() ? std::nullopt : std::optional{at->second};
}

Result<FileDescriptor> UdpMulticast::open_group_socket(GroupId group) const {
  auto socket = open_udp_socket();
  if (!socket) return socket;
  const int fd = socket->get();
  const Endpoint address = group_endpoint(config_.domain, group);
  if (auto set = set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR"); !set) return set.error();
  drop_datagrams_from(fd, endpoint_.address, endpoint_.port);
  // Bound to the group's address, so that it hears this group only.
  if (auto bound = bind_to(fd, address); !bound) return bound.error();
  const auto request = membership(address.address, interface_);
  if (::setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0) return socket;
  const bool is_limit = errno == ENOBUFS;
  Error error = system_error("cannot set IP_ADD_MEMBERSHIP");
  if (is_limit) error.message += ": let a socket join groups (sysctl -w net.ipv4.igmp_max_memberships=20)";
  return error;
}

void UdpMulticast::read_unreachable(std::vector<Endpoint>& into) {
  for (;;) {
    sockaddr_in destination{};
    std::array<std::byte, 64> payload;  // Of the datagram that came back: not needed, but must have somewhere to go.
    alignas(cmsghdr) std::array<std::byte, 256> control;
    iovec vector{payload.data(), payload.size()};
    msghdr message{};
    message.msg_name = &destination;
    message.msg_namelen = sizeof destination;
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(unicast_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return;
    if (says_unreachable(message)) into.push_back({ntohl(destination.sin_addr.s_addr), ntohs(destination.sin_port)});
  }
}

}  // namespace hawser
