#include "transport/io/datagram_receiver.hpp"

#include <algorithm>
#include <cerrno>

namespace hawser {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{512} << 10U;  // What all buffers of a batch hold together.
constexpr std::size_t kBatchMin = 8;
constexpr std::size_t kBatchMax = 64;
constexpr int kPendingErrorsMax = 4;  // An ICMP error waiting on the socket makes one call fail; then it is gone.
// A datagram that fills less than this part of its buffer moves to one of its own size: who keeps a short packet for
// long would otherwise pin the whole buffer.
constexpr std::size_t kCopyBelowPart = 4;

}  // namespace

DatagramReceiver::DatagramReceiver(std::size_t datagram_bytes_max, Endpoint own)
    : datagram_bytes_max_(datagram_bytes_max), own_(own) {
  const std::size_t batch = std::clamp(kBatchBytes / datagram_bytes_max, kBatchMin, kBatchMax);
  headers_.resize(batch);
  vectors_.resize(batch);
  sources_.resize(batch);
  buffers_.resize(batch);
  for (std::size_t i = 0; i < batch; ++i) {
    refill(i);
    headers_[i].msg_hdr.msg_iov = &vectors_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
    headers_[i].msg_hdr.msg_name = &sources_[i];
    headers_[i].msg_hdr.msg_namelen = sizeof sources_[i];
  }
}

std::size_t DatagramReceiver::receive(int socket, std::vector<ReceivedDatagram>& into) {
  for (int attempt = 0; attempt <= kPendingErrorsMax; ++attempt) {
    const int count =
        ::recvmmsg(socket, headers_.data(), static_cast<unsigned>(headers_.size()), MSG_DONTWAIT, nullptr);
    if (count >= 0) {
      for (int i = 0; i < count; ++i) take(static_cast<std::size_t>(i), into);
      return static_cast<std::size_t>(count);
    }
    if (errno == EAGAIN) return 0;
  }
  return 0;
}

void DatagramReceiver::take(std::size_t index, std::vector<ReceivedDatagram>& into) {
  msghdr& header = headers_[index].msg_hdr;
  const std::size_t size = headers_[index].msg_len;
  const Endpoint from{ntohl(sources_[index].sin_addr.s_addr), ntohs(sources_[index].sin_port)};
  const bool truncated = (header.msg_flags & MSG_TRUNC) != 0;
  header.msg_namelen = sizeof sources_[index];
  header.msg_flags = 0;

  if (truncated) ++truncated_;
  if (truncated || from == own_) return;
  Buffer& buffer = buffers_[index];
  buffer.resize(size);
  if (size < datagram_bytes_max_ / kCopyBelowPart) {
    into.push_back({from, Buffer::copy_of(buffer.bytes())});
  } else {
    into.push_back({from, std::move(buffer)});
    refill(index);
  }
}

void DatagramReceiver::refill(std::size_t index) {
  buffers_[index] = Buffer::allocate(datagram_bytes_max_);
  vectors_[index] = {buffers_[index].data(), datagram_bytes_max_};
}

}  // namespace hawser
