// Writes a voter's file on a thread of its own: the node goes on meanwhile.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "transport/core/outbox.hpp"
#include "transport/core/result.hpp"
#include "transport/io/voter_file.hpp"
#include "transport/io/wake_up.hpp"

namespace hawser {

/// Threads: any.
class VoterWriter {
 public:
  /// `wake_up`, which must outlive it, is forced when there is something to take.
  /// Errors: system  no thread could be started.
  static Result<std::unique_ptr<VoterWriter>> start(VoterFile file, WakeUp& wake_up);
  /// Finishes the write that is going on; what waits is dropped, as by a crash.
  ~VoterWriter();
  VoterWriter(const VoterWriter&) = delete;
  VoterWriter& operator=(const VoterWriter&) = delete;

  /// Replaces what waits: only the last counts.
  void write(StoreRequest request);
  /// What has become of the last write that is over, once; an error is the last word.
  struct Written {
    std::uint64_t ticket = 0;
    Status status = Ok{};
  };
  std::optional<Written> take_written();

 private:
  VoterWriter(VoterFile file, WakeUp& wake_up) : file_(std::move(file)), wake_up_(wake_up) {}
  void run();

  VoterFile file_;
  WakeUp& wake_up_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<StoreRequest> waiting_;
  std::optional<Written> written_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace hawser
