// Checks and counts what one receiver gets of a numbered stream, and when.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

#include "tests/bench/json_channel.hpp"
#include "transport/core/buffer.hpp"

namespace hawser::bench {

/// What every payload begins with; the rest is padding.
struct PayloadHeader {
  std::uint64_t number = 0;  ///< 1, 2, 3… in the order sent
  std::int64_t sent_ns = 0;  ///< CLOCK_MONOTONIC, one for all processes of a machine; 0 where nobody asks
};
inline constexpr std::size_t kPayloadBytesMin = sizeof(PayloadHeader);

/// CLOCK_MONOTONIC.
inline std::int64_t monotonic_ns() {
  return std::chrono::nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count();
}

struct StreamCounts {
  std::uint64_t received = 0;    ///< different messages
  std::uint64_t lost = 0;        ///< never came
  std::uint64_t duplicated = 0;  ///< came again
  std::uint64_t reordered = 0;   ///< came after a later one
  std::uint64_t damaged = 0;     ///< of another length than sent, or with a number that was never sent
  double messages_per_second = 0;

  /// Everything that should not have happened.
  [[nodiscard]] std::uint64_t wrong() const { return lost + duplicated + reordered + damaged; }
  /// Adds the counts, and leaves the rate.
  StreamCounts& operator+=(const StreamCounts& other);
};
void to_json(json& to, const StreamCounts& counts);
void from_json(const json& from, StreamCounts& counts);

/// Threads: on_message() on one; received() any; the others once nothing comes any more.
class ReceivedStream {
 public:
  /// `latencies_max`: how many latencies to keep, 0 for a stream without times. The first `latencies_skipped` are the
  /// warm-up.
  ReceivedStream(std::size_t payload_bytes, std::size_t latencies_max, std::size_t latencies_skipped);

  void on_message(ByteView payload) {
    PayloadHeader header;
    if (payload.size() != payload_bytes_) {
      ++damaged_;
      return;
    }
    std::memcpy(&header, payload.data(), sizeof header);
    if (latencies_max_ > 0) note_latency(header.sent_ns);
    if (header.number == next_) {
      ++next_;
    } else {
      on_unexpected(header.number);
    }
    const std::uint64_t received = received_.load(std::memory_order_relaxed) + 1;
    received_.store(received, std::memory_order_relaxed);
    if (received % kStampInterval == 0) stamp(received);
  }

  /// Messages so far, repetitions included.
  [[nodiscard]] std::uint64_t received() const { return received_.load(std::memory_order_relaxed); }

  /// With the number of messages that were sent.
  [[nodiscard]] StreamCounts counts(std::uint64_t sent) const;
  [[nodiscard]] const std::vector<std::int64_t>& latencies_ns() const { return latencies_ns_; }

 private:
  // Reading the clock for each message would cost as much as a fast system's whole path.
  static constexpr std::uint64_t kStampInterval = 16;

  void on_unexpected(std::uint64_t number);
  void note_latency(std::int64_t sent_ns);
  void stamp(std::uint64_t received);
  [[nodiscard]] std::uint64_t missing_until(std::uint64_t sent) const;

  const std::size_t payload_bytes_;
  const std::size_t latencies_max_;
  std::size_t latencies_skipped_;
  std::atomic<std::uint64_t> received_{0};
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::uint64_t> missing_;  // Runs of numbers that were jumped over: first to last.
  std::uint64_t duplicated_ = 0;
  std::uint64_t reordered_ = 0;
  std::uint64_t damaged_ = 0;
  std::int64_t first_stamp_ns_ = 0;
  std::int64_t last_stamp_ns_ = 0;
  std::uint64_t first_stamp_received_ = 0;
  std::uint64_t last_stamp_received_ = 0;
  std::vector<std::int64_t> latencies_ns_;
};

}  // namespace hawser::bench
