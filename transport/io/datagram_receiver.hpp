// Takes datagrams off a socket, many per system call, into memory that is handed on without a copy.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/link/received_datagram.hpp"

namespace hawser {

/// Threads: single-threaded.
class DatagramReceiver {
 public:
  /// Datagrams from `own`, this node's own multicast copies, are dropped, and so are longer ones than the maximum.
  DatagramReceiver(std::size_t datagram_bytes_max, Endpoint own);

  /// Appends what the socket has at hand, one batch at most, and returns how many datagrams it took off: fewer than
  /// batch_size() means that the socket is empty. An ICMP error that waits on the socket does not get in the way.
  std::size_t receive(int socket, std::vector<ReceivedDatagram>& into);

  [[nodiscard]] std::size_t batch_size() const { return headers_.size(); }
  [[nodiscard]] std::uint64_t truncated() const { return truncated_; }

 private:
  void take(std::size_t index, std::vector<ReceivedDatagram>& into);
  void refill(std::size_t index);

  std::size_t datagram_bytes_max_;
  Endpoint own_;
  std::vector<mmsghdr> headers_;
  std::vector<iovec> vectors_;
  std::vector<sockaddr_in> sources_;
  std::vector<Buffer> buffers_;
  std::uint64_t truncated_ = 0;
};

}  // namespace hawser
