// ZeroMQ PUB/SUB over tcp. XPUB is PUB that can also read who subscribes, and that can be told to wait at its
// high-water mark (XPUB_NODROP) where PUB would drop; so nothing is lost and nothing needs unbounded memory.
#include <cstring>
#include <thread>
#include <utility>
#include <zmq.hpp>

#include "tests/bench/stream_system.hpp"

namespace hawser::bench {
namespace {

using std::chrono::milliseconds;

// The library's default of 1,000 makes a busy sender wait all the time.
constexpr int kHighWaterMarkMessages = 100000;
constexpr int kStopInterval_ms = 50;

Error zmq_error(const std::string& what, const zmq::error_t& error) {
  return {Errc::system, "ZeroMQ: " + what + ": " + error.what()};
}

class ZmqSender final : public StreamSender {
 public:
  explicit ZmqSender(std::uint32_t receivers) : receivers_(receivers), socket_(context_, zmq::socket_type::xpub) {
    socket_.set(zmq::sockopt::xpub_nodrop, true);
    socket_.set(zmq::sockopt::xpub_verbose, true);  // Shows each receiver's subscription, not just the first.
    socket_.set(zmq::sockopt::sndhwm, kHighWaterMarkMessages);
    socket_.set(zmq::sockopt::sndtimeo, static_cast<int>(kPatience.count()));
    socket_.set(zmq::sockopt::linger, 0);
    socket_.bind("tcp://127.0.0.1:*");
  }

  [[nodiscard]] std::string address() const override { return socket_.get(zmq::sockopt::last_endpoint); }

  Status wait_for_receivers(milliseconds timeout) override {
    socket_.set(zmq::sockopt::rcvtimeo, static_cast<int>(timeout.count()));
    for (std::uint32_t i = 0; i < receivers_; ++i) {
      zmq::message_t subscription;
      if (!socket_.recv(subscription)) {
        return Error{Errc::timeout, "ZeroMQ: " + std::to_string(i) + " of " + std::to_string(receivers_) +
                                        " receivers have subscribed"};
      }
    }
    return Ok{};
  }

  Offer offer(ByteView payload) override {
    try {
      return socket_.send(zmq::buffer(payload.data(), payload.size())) ? Offer::taken : Offer::failed;
    } catch (const zmq::error_t&) {
      return Offer::failed;
    }
  }

 private:
  std::uint32_t receivers_;
  zmq::context_t context_;
  zmq::socket_t socket_;
};

class ZmqReceiver final : public StreamReceiver {
 public:
  ZmqReceiver() : socket_(context_, zmq::socket_type::sub) {
    socket_.set(zmq::sockopt::rcvhwm, kHighWaterMarkMessages);
    socket_.set(zmq::sockopt::rcvtimeo, kStopInterval_ms);
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::subscribe, "");
  }
  ~ZmqReceiver() override { stop(); }
  ZmqReceiver(const ZmqReceiver&) = delete;
  ZmqReceiver& operator=(const ZmqReceiver&) = delete;

  Status listen(const std::string& address, ReceivedStream& stream) override {
    try {
      socket_.connect(address);
    } catch (const zmq::error_t& error) {
      return zmq_error("cannot connect to " + address, error);
    }
    thread_ = std::thread{[this, &stream] { receive_into(stream); }};
    return Ok{};
  }

  void stop() override {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  void receive_into(ReceivedStream& stream) {
    zmq::message_t message;
    while (!stopped_.load(std::memory_order_relaxed)) {
      if (!socket_.recv(message)) continue;
      stream.on_message({static_cast<const std::byte*>(message.data()), message.size()});
    }
  }

  zmq::context_t context_;
  zmq::socket_t socket_;
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<StreamSender>> open_zmq_sender(const StreamSpec& spec) {
  try {
    return std::unique_ptr<StreamSender>{std::make_unique<ZmqSender>(spec.receivers)};
  } catch (const zmq::error_t& error) {
    return zmq_error("cannot open a PUB socket", error);
  }
}

Result<std::unique_ptr<StreamReceiver>> open_zmq_receiver(const StreamSpec& /*spec*/) {
  try {
    return std::unique_ptr<StreamReceiver>{std::make_unique<ZmqReceiver>()};
  } catch (const zmq::error_t& error) {
    return zmq_error("cannot open a SUB socket", error);
  }
}

}  // namespace hawser::bench
