// Lets the raw sender wait for its receivers: counters in shared memory, which cost next to nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "hawser/result.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser::bench {

/// Without it the sender would fill the receivers' socket buffers and measure how fast the kernel drops.
/// Threads: any.
class RawCredit {
 public:
  static constexpr std::size_t kReceiversMax = 64;

  /// Shared memory that child processes inherit. To be closed when they have ended.
  /// Errors: system.
  static Result<FileDescriptor> create_memory();
  /// Errors: system.
  static Result<std::unique_ptr<RawCredit>> attach(int memory);
  ~RawCredit();
  RawCredit(const RawCredit&) = delete;
  RawCredit& operator=(const RawCredit&) = delete;

  /// A receiver has taken every datagram up to this one, or knows it lost.
  void take(std::uint32_t receiver, std::uint64_t datagram) {
    counters_->at(receiver).taken.store(datagram, std::memory_order_relaxed);
  }
  /// How far the slowest of the first `receivers` is.
  [[nodiscard]] std::uint64_t taken_by_all(std::uint32_t receivers) const;

 private:
  struct alignas(64) Counter {
    std::atomic<std::uint64_t> taken{0};
  };
  using Counters = std::array<Counter, kReceiversMax>;

  explicit RawCredit(Counters* counters) : counters_(counters) {}

  Counters* counters_;
};

}  // namespace hawser::bench
