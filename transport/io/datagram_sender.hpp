// Sends datagrams, many per system call, to groups and to single nodes.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "transport/core/outbox.hpp"

namespace hawser {

struct SendCounters {
  std::uint64_t sent = 0;
  std::uint64_t bytes_sent = 0;  ///< their UDP payloads
  /// The kernel would not take them, not even after a short wait; the protocol repairs that like any loss.
  std::uint64_t dropped = 0;
};

/// Threads: single-threaded.
class DatagramSender {
 public:
  /// `socket` must outlive it.
  DatagramSender(int socket, std::string domain);

  /// In order. Where the kernel has no room it waits, a few milliseconds at most, and then drops what is left: waiting
  /// longer would silence this node's heartbeats.
  void send(std::span<const OutboundDatagram> datagrams);
  /// In order, as many as the kernel has room for. Returns how many are done with; the rest should be sent later.
  std::size_t send_what_fits(std::span<const OutboundDatagram> datagrams) { return send(datagrams, 0); }

  [[nodiscard]] const SendCounters& counters() const { return counters_; }

 private:
  static constexpr std::size_t kBatch = 64;
  static constexpr int kWaitsMax = 3;  // Of a millisecond each.

  std::size_t send(std::span<const OutboundDatagram> datagrams, int waits_max);
  void prepare(std::size_t index, const OutboundDatagram& datagram);
  std::size_t send_prepared(std::size_t count, int waits_max);
  void count_sent(std::size_t first, int count);
  [[nodiscard]] sockaddr_in address_of(const Destination& destination);

  int socket_;
  std::string domain_;
  Destination last_destination_;
  sockaddr_in last_address_{};
  std::array<mmsghdr, kBatch> headers_{};
  std::array<iovec, kBatch> vectors_{};
  std::array<sockaddr_in, kBatch> addresses_{};
  SendCounters counters_;
};

}  // namespace hawser
