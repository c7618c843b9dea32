// A node's sockets: one for unicast, from which everything is sent, and one for each multicast group that it hears.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/result.hpp"
#include "transport/io/datagram_receiver.hpp"
#include "transport/io/datagram_sender.hpp"
#include "transport/io/file_descriptor.hpp"
#include "transport/io/network_interface.hpp"

namespace hawser {

struct UdpConfig {
  std::string domain = "default";
  std::string interface = "127.0.0.1";
  /// False: groups are not heard, and whoever sends must send to each by itself.
  bool multicast = true;
  /// The unicast port: the first free one of so many from here on, and otherwise any; with `ports` 1 that or none.
  std::uint16_t first_port = 0;
  std::uint16_t ports = 0;
  /// Asked of the kernel for each socket, which may grant less; 0 leaves its default.
  int receive_buffer_bytes = 8 << 20;
};

/// Threads: single-threaded.
class UdpMulticast {
 public:
  /// Opens the unicast socket on a port of its own. Nothing is heard on groups yet.
  /// Errors: invalid_argument  as find_interface(); system  a socket or the port was refused.
  static Result<std::unique_ptr<UdpMulticast>> open(UdpConfig config);

  /// Hears the group from now on. Does nothing where it does already, or without multicast.
  /// Errors: system  the socket or the membership was refused: the message says what to do where a limit is at fault
  ///                 (net.ipv4.igmp_max_memberships counts per socket).
  Status join(GroupId group);
  void leave(GroupId group);

  /// See DatagramSender.
  void send(std::span<const OutboundDatagram> datagrams) { sender_.send(datagrams); }
  std::size_t send_what_fits(std::span<const OutboundDatagram> datagrams) { return sender_.send_what_fits(datagrams); }
  /// One batch at most: see DatagramReceiver::receive.
  std::size_t receive(int socket, std::vector<ReceivedDatagram>& into) { return receiver_.receive(socket, into); }
  /// Appends where datagrams went that came back as "port unreachable". To be called when the unicast socket has an
  /// error, which stays until then.
  void read_unreachable(std::vector<Endpoint>& into);

  [[nodiscard]] Endpoint endpoint() const { return endpoint_; }
  [[nodiscard]] int unicast_socket() const { return unicast_.get(); }
  /// -1 where the group is not joined.
  [[nodiscard]] int group_socket(GroupId group) const;
  /// Which group's socket this is; nothing where it is none's.
  [[nodiscard]] std::optional<GroupId> group_of(int socket) const;
  /// The longest UDP payload that needs no IP fragments; see kLoopbackDatagramBytes for loopback.
  [[nodiscard]] std::size_t datagram_bytes_max() const { return datagram_bytes_max_; }
  /// The smallest of all sockets so far, as the kernel reports it (it counts its own overhead too).
  [[nodiscard]] std::size_t receive_buffer_bytes() const { return receive_buffer_bytes_; }
  [[nodiscard]] std::size_t receive_batch_size() const { return receiver_.batch_size(); }
  [[nodiscard]] const SendCounters& send_counters() const { return sender_.counters(); }

 private:
  UdpMulticast(UdpConfig config, const NetworkInterface& interface, FileDescriptor unicast, Endpoint endpoint);
  Result<FileDescriptor> open_group_socket(GroupId group) const;

  UdpConfig config_;
  NetworkInterface interface_;
  FileDescriptor unicast_;
  Endpoint endpoint_;
  std::size_t datagram_bytes_max_;
  std::size_t receive_buffer_bytes_;
  DatagramReceiver receiver_;
  DatagramSender sender_;
  std::map<GroupId, FileDescriptor> groups_;
  std::map<int, GroupId> groups_by_socket_;
};

/// On loopback a longer datagram costs little more than a short one, and what limits it is the receiver's buffer.
/// Measured, 1 sender to 3 receivers on 2 cores: the default buffer of 212,992 bytes holds 6 datagrams of this size
/// (190 kB of payload), 12 of 8 KiB (98 kB: the kernel rounds each up to a power of two) and only 3 of 60 KiB, too few
/// for two senders at a time; with large buffers 8, 31 and 60 KiB reach 1.4, 3.1 and 4.2 GB/s.
inline constexpr std::size_t kLoopbackDatagramBytes = std::size_t{31} << 10U;

}  // namespace hawser
