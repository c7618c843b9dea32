// The systems that carry a stream from one sender to several receivers: Hawser and what it is compared with.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/json_channel.hpp"
#include "tests/bench/node_diary.hpp"
#include "tests/bench/orders.hpp"
#include "tests/bench/received_stream.hpp"
#include "transport/core/buffer.hpp"

namespace hawser::bench {

enum class System {
  hawser,    ///< Bus::publish to Bus::subscribe, with the library's default options
  raw,       ///< UDP multicast with Hawser's datagram size and packing, and no protocol: what the kernel can carry
  zmq,       ///< ZeroMQ PUB/SUB over tcp
  heavy,     ///< a heavy-weight group of Hawser without topics on it, in each order class
  cpg_udp,   ///< Corosync's closed process groups, agreed order, over UDP multicast
  cpg_knet,  ///< the same over knet, Corosync's default, without encryption
};
NLOHMANN_JSON_SERIALIZE_ENUM(System, {{System::hawser, "hawser"},
                                      {System::raw, "raw"},
                                      {System::zmq, "zmq"},
                                      {System::heavy, "heavy"},
                                      {System::cpg_udp, "cpg-udp"},
                                      {System::cpg_knet, "cpg-knet"}})
std::string_view to_string(System system);
[[nodiscard]] constexpr bool is_cpg(System system) { return system == System::cpg_udp || system == System::cpg_knet; }

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
  /// Of heavy only, as the two below.
  Order order = Order::fifo;
  Sequencer sequencer = Sequencer::receiver;
  std::string interface = "127.0.0.1";
  double seconds = 2;
  /// Messages per second, each sent at once and timed; 0: as fast as it goes.
  std::uint32_t rate = 0;
  /// Of this run only, so that two benches on a machine do not meet.
  std::string domain;
  /// An inherited descriptor of shared memory for RawCredit; -1 where the system needs none.
  int credit_memory = -1;
  /// How often a receiver notes how far it is, in milliseconds; 0: never.
  std::uint32_t progress_ms = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StreamSpec, system, payload_bytes, receivers, topics, pick, order, sequencer,
                                   interface, seconds, rate, domain, credit_memory, progress_ms)

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
  /// What befell its node; nothing where the system does not tell.
  [[nodiscard]] virtual std::vector<DiaryEntry> diary() const { return {}; }
};

/// A receiving end. Threads: one at a time; messages come on a thread of the system.
class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;
  /// Puts what comes from now on into `stream`, which must outlive stop().
  virtual Status listen(const std::string& address, ReceivedStream& stream) = 0;
  /// Nothing is put into the stream any more.
  virtual void stop() = 0;
  /// As the sender's.
  [[nodiscard]] virtual std::vector<DiaryEntry> diary() const { return {}; }
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
Result<std::unique_ptr<StreamSender>> open_heavy_sender(const StreamSpec& spec);
Result<std::unique_ptr<StreamReceiver>> open_heavy_receiver(const StreamSpec& spec);
// To the daemon of the network that the process is in. Errors: system, also where the bench was built without libcpg.
Result<std::unique_ptr<StreamSender>> open_cpg_sender(const StreamSpec& spec);
Result<std::unique_ptr<StreamReceiver>> open_cpg_receiver(const StreamSpec& spec);

}  // namespace hawser::bench
