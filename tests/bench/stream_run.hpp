// One run of one stream: starts its processes, leads them through it, and collects what they say.
#pragma once

#include <cstdint>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/progress.hpp"
#include "tests/bench/received_stream.hpp"
#include "tests/bench/stream_system.hpp"
#include "tests/hosts/lab.hpp"

namespace hawser::bench {

struct StreamRun {
  std::uint64_t sent = 0;
  std::vector<StreamCounts> receivers;
  std::vector<std::int64_t> latencies_ns;  ///< of all receivers
  std::uint64_t packets_repaired = 0;      ///< by the sender
  double sender_cpu_ns = 0;                ///< per message, as the two below
  double receiver_cpu_ns = 0;              ///< the mean of the receivers
  std::vector<Progress> progress;          ///< of each receiver; empty where none was asked for
  std::vector<DiaryEntry> sender_diary;
  std::vector<std::vector<DiaryEntry>> receiver_diaries;

  [[nodiscard]] double slowest_messages_per_second() const;
  /// Of all receivers together.
  [[nodiscard]] StreamCounts sum() const;
};

/// `spec` without domain and shared memory, which are added here. `lab`: a host for each process, the sender's first;
/// nullptr for all on this machine's own.
/// Errors: the first that any process reports, or a timeout that names the process.
Result<StreamRun> run_stream(StreamSpec spec, const hosts::Lab* lab = nullptr);

/// A domain that no other run on this machine has.
std::string fresh_domain();

}  // namespace hawser::bench
