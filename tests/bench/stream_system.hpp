// The systems that carry a stream from one sender to several receivers: Hawser and what it is compared with.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "hawser/result.hpp"
#include "tests/bench/json_channel.hpp"
#include "tests/bench/received_stream.hpp"
#include "transport/core/buffer.hpp"

namespace hawser::bench {

enum class System {
  hawser,  ///< Bus::publish to Bus::subscribe, with the library's default options
  raw,     ///< UDP multicast with Hawser's datagram size and packing, and no protocol: what the kernel can carry
  zmq,     ///< ZeroMQ PUB/SUB over tcp
};
NLOHMANN_JSON_SERIALIZE_ENUM(System, {{System::hawser, "hawser"}, {System::raw, "raw"}, {System::zmq, "zmq"}})
std::string_view to_string(System system);

/// How the sender of a stream on many topics picks the next message's topic.
enum class TopicPick {
  round_robin,  ///< one after the other
  zipf,         ///< at random, with weights 1, 1/2, 1/3…: the first of 10,000 gets a tenth of the messages
};
NLOHMANN_JSON_SERIALIZE_ENUM(TopicPick, {{TopicPick::round_robin, "round-robin"}, {TopicPick::zipf, "zipf"}})
std::string_view to_string(TopicPick pick);

/// One stream, as all its processes know it.
struct StreamSpec {
  System system = System::hawser;
  std::size_t payload_bytes = 64;
  std::uint32_t receivers = 3;
  /// Of Hawser only; every receiver is in all of them.
  std::uint32_t topics = 1;
  TopicPick pick = TopicPick::round_robin;
  double seconds = 2;
  /// Messages per second, each sent at once and timed; 0: as fast as it goes.
  std::uint32_t rate = 0;
  /// Of this run only, so that two benches on a machine do not meet.
  std::string domain;
  /// An inherited descriptor of shared memory for RawCredit; -1 where the system needs none.
  int credit_memory = -1;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StreamSpec, system, payload_bytes, receivers, topics, pick, seconds, rate, domain,
                                   credit_memory)

enum class Offer {
  taken,
  full,    ///< no room now: try again soon
  failed,  ///< this system can send no more
};

/// The sending end. Threads: one at a time.
class StreamSender {
 public:
  virtual ~StreamSender() = default;
  /// Where receivers find it, for StreamReceiver::listen.
  [[nodiscard]] virtual std::string address() const { return {}; }
  /// Called once every receiver listens: returns when all of them are connected.
  virtual Status wait_for_receivers(std::chrono::milliseconds /*timeout*/) { return Ok{}; }
  /// Copies the payload. It may wait for more before it goes out: see flush().
  virtual Offer offer(ByteView payload) = 0;
  virtual void flush() {}
  /// Packets sent again because a receiver missed them; 0 where the system does not tell.
  [[nodiscard]] virtual std::uint64_t packets_repaired() const { return 0; }
};

/// A receiving end. Threads: one at a time; messages come on a thread of the system.
class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;
  /// Puts what comes from now on into `stream`, which must outlive stop().
  virtual Status listen(const std::string& address, ReceivedStream& stream) = 0;
  /// Nothing is put into the stream any more.
  virtual void stop() = 0;
};

/// How long an end may take to open, connect or find room before the bench gives up.
inline constexpr std::chrono::milliseconds kPatience{20000};

/// Errors: system, timeout (Hawser: no view with all members).
Result<std::unique_ptr<StreamSender>> open_sender(const StreamSpec& spec);
/// `index`: 0, 1, 2… among the receivers.
Result<std::unique_ptr<StreamReceiver>> open_receiver(const StreamSpec& spec, std::uint32_t index);

// One file each.
Result<std::unique_ptr<StreamSender>> open_hawser_sender(const StreamSpec& spec);
Result<std::unique_ptr<StreamReceiver>> open_hawser_receiver(const StreamSpec& spec);
Result<std::unique_ptr<StreamSender>> open_zmq_sender(const StreamSpec& spec);
Result<std::unique_ptr<StreamReceiver>> open_zmq_receiver(const StreamSpec& spec);
Result<std::unique_ptr<StreamSender>> open_raw_sender(const StreamSpec& spec);
Result<std::unique_ptr<StreamReceiver>> open_raw_receiver(const StreamSpec& spec, std::uint32_t index);

}  // namespace hawser::bench
