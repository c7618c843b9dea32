// UDP multicast as the kernel gives it: sendmmsg of full datagrams, recvmmsg, no UDP GSO or GRO, and a sender that
// waits for its receivers by shared memory. What Hawser's own protocol costs is the difference to this.
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/raw_credit.hpp"
#include "tests/bench/raw_datagram.hpp"
#include "tests/bench/stream_system.hpp"
#include "transport/io/multicast_address.hpp"
#include "transport/io/socket_options.hpp"

namespace hawser::bench {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBatch = 16;
constexpr int kReceiveBufferBytes = 8 << 20;  // As Hawser asks for.
/// Datagrams that the slowest receiver may lag behind: about a megabyte, which stays in the processor's caches.
constexpr std::uint64_t kWindowDatagrams = 2 * kBatch;
constexpr std::chrono::microseconds kCreditPause{20};
/// Where the end of the window was lost, no credit comes for it.
constexpr milliseconds kCreditPatience{200};
constexpr timeval kStopInterval{0, 50000};

sockaddr_in group_address(const StreamSpec& spec) {
  const Endpoint endpoint = group_endpoint(spec.domain, kControlGroup);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address);
  return address;
}

Result<FileDescriptor> open_socket() {
  FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP)};
  if (!socket) return system_error("raw: cannot open a UDP socket");
  return socket;
}

ip_mreqn on_loopback(in_addr group) {
  ip_mreqn request{};
  request.imr_multiaddr = group;
  request.imr_address.s_addr = htonl(INADDR_LOOPBACK);
  return request;
}

class RawSender final : public StreamSender {
 public:
  RawSender(const StreamSpec& spec, FileDescriptor socket, std::unique_ptr<RawCredit> credit)
      : receivers_(spec.receivers), socket_(std::move(socket)), credit_(std::move(credit)), to_(group_address(spec)) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      datagrams_[i].resize(kRawDatagramBytesMax);
      headers_[i].msg_hdr.msg_iov = &vectors_[i];
      headers_[i].msg_hdr.msg_iovlen = 1;
      headers_[i].msg_hdr.msg_name = &to_;
      headers_[i].msg_hdr.msg_namelen = sizeof to_;
    }
  }

  Offer offer(ByteView payload) override {
    const std::size_t bytes = sizeof(RawMessageHeader) + payload.size();
    if (used_ + bytes > kRawDatagramBytesMax && !close_datagram()) return Offer::failed;
    std::byte* to = datagrams_[full_].data() + used_;
    const RawMessageHeader header{static_cast<std::uint32_t>(payload.size()), 0};
    std::memcpy(to, &header, sizeof header);
    std::memcpy(to + sizeof header, payload.data(), payload.size());
    used_ += bytes;
    return Offer::taken;
  }

  void flush() override {
    if (used_ > kRawHeaderBytes) close_datagram();
    send();
  }

 private:
  bool close_datagram() {
    ++number_;
    std::memcpy(datagrams_[full_].data(), &number_, sizeof number_);
    vectors_[full_] = {datagrams_[full_].data(), used_};
    used_ = kRawHeaderBytes;
    return ++full_ < kBatch || send();
  }

  bool send() {
    wait_for_credit();
    std::size_t done = 0;
    while (done < full_) {
      const int sent = ::sendmmsg(socket_.get(), &headers_[done], static_cast<unsigned>(full_ - done), 0);
      if (sent < 0 && errno != EINTR && errno != ENOBUFS) return false;
      if (sent > 0) done += static_cast<std::size_t>(sent);
    }
    full_ = 0;
    return true;
  }

  void wait_for_credit() {
    const auto deadline = std::chrono::steady_clock::now() + kCreditPatience;
    while (credit_->taken_by_all(receivers_) + kWindowDatagrams < number_) {
      std::this_thread::sleep_for(kCreditPause);
      if (std::chrono::steady_clock::now() > deadline) return;
    }
  }

  std::uint32_t receivers_;
  FileDescriptor socket_;
  std::unique_ptr<RawCredit> credit_;
  sockaddr_in to_;
  std::array<std::vector<std::byte>, kBatch> datagrams_;
  std::array<iovec, kBatch> vectors_{};
  std::array<mmsghdr, kBatch> headers_{};
  std::size_t full_ = 0;                // Datagrams that wait for the system call; the next one is being filled,
  std::size_t used_ = kRawHeaderBytes;  // so far.
  std::uint64_t number_ = 0;
};

class RawReceiver final : public StreamReceiver {
 public:
  RawReceiver(std::uint32_t index, FileDescriptor socket, std::unique_ptr<RawCredit> credit)
      : index_(index), socket_(std::move(socket)), credit_(std::move(credit)) {}
  ~RawReceiver() override { stop(); }
  RawReceiver(const RawReceiver&) = delete;
  RawReceiver& operator=(const RawReceiver&) = delete;

  Status listen(const std::string& /*address*/, ReceivedStream& stream) override {
    thread_ = std::thread{[this, &stream] { receive_into(stream); }};
    return Ok{};
  }

  void stop() override {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  void receive_into(ReceivedStream& stream) {
    std::vector<std::byte> memory(kBatch * kRawDatagramBytesMax);
    std::array<iovec, kBatch> vectors{};
    std::array<mmsghdr, kBatch> headers{};
    for (std::size_t i = 0; i < kBatch; ++i) {
      vectors[i] = {memory.data() + i * kRawDatagramBytesMax, kRawDatagramBytesMax};
      headers[i].msg_hdr.msg_iov = &vectors[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
    while (!stopped_.load(std::memory_order_relaxed)) {
      // Waits for one datagram, at most SO_RCVTIMEO, and takes what else is there.
      const int count = ::recvmmsg(socket_.get(), headers.data(), kBatch, MSG_WAITFORONE, nullptr);
      for (int i = 0; i < count; ++i) {
        const auto* datagram = static_cast<const std::byte*>(vectors[i].iov_base);
        const std::uint64_t number = read_raw_datagram({datagram, headers[i].msg_len}, stream);
        if (number != 0) credit_->take(index_, number);
      }
    }
  }

  std::uint32_t index_;
  FileDescriptor socket_;
  std::unique_ptr<RawCredit> credit_;
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

Status set_up_receiving(int socket, const sockaddr_in& group) {
  if (auto set = set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR"); !set) return set;
  set_receive_buffer(socket, kReceiveBufferBytes);
  if (auto set = set_option(socket, SOL_SOCKET, SO_RCVTIMEO, kStopInterval, "SO_RCVTIMEO"); !set) return set;
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&group), sizeof group) != 0) {
    return system_error("raw: cannot bind to the multicast group");
  }
  return set_option(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, on_loopback(group.sin_addr), "IP_ADD_MEMBERSHIP");
}

}  // namespace

Result<std::unique_ptr<StreamSender>> open_raw_sender(const StreamSpec& spec) {
  auto credit = RawCredit::attach(spec.credit_memory);
  if (!credit) return credit.error();
  auto socket = open_socket();
  if (!socket) return socket.error();
  const auto set = set_option(socket->get(), IPPROTO_IP, IP_MULTICAST_IF, on_loopback({}), "IP_MULTICAST_IF");
  if (!set) return set.error();
  return std::unique_ptr<StreamSender>{
      std::make_unique<RawSender>(spec, std::move(socket).value(), std::move(credit).value())};
}

Result<std::unique_ptr<StreamReceiver>> open_raw_receiver(const StreamSpec& spec, std::uint32_t index) {
  auto credit = RawCredit::attach(spec.credit_memory);
  if (!credit) return credit.error();
  auto socket = open_socket();
  if (!socket) return socket.error();
  if (auto ready = set_up_receiving(socket->get(), group_address(spec)); !ready) return ready.error();
  return std::unique_ptr<StreamReceiver>{
      std::make_unique<RawReceiver>(index, std::move(socket).value(), std::move(credit).value())};
}

}  // namespace hawser::bench
