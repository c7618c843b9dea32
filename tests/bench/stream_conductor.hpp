// Starts the processes of one stream, leads them through it step by step, and collects what they say.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/child.hpp"
#include "tests/bench/corosync.hpp"
#include "tests/bench/stream_run.hpp"

namespace hawser::bench {

/// Each step once, in the order below. A receiver that is left out (it was killed, or stands still for good) is asked
/// for nothing from collect() on.
/// Errors: the first that any process reports, or a timeout that names the process.
/// Threads: one at a time.
class StreamConductor {
 public:
  /// `spec` is whole. `lab`: a host for each process, the sender's first; nullptr for all on this machine's own.
  StreamConductor(StreamSpec spec, const hosts::Lab* lab) : spec_(std::move(spec)), lab_(lab) {}

  /// All processes are there, and connected.
  Status prepare();
  /// The sender begins. Returns at once.
  void go() { sender_->tell({{"word", "go"}}); }
  /// Waits until it has sent all.
  Status wait_until_sent();
  Status collect();
  Status end();

  [[nodiscard]] Child& receiver(std::size_t index) { return *receivers_[index]; }
  /// Ends it.
  void leave_out(std::size_t index);
  [[nodiscard]] StreamRun& results() { return run_; }

 private:
  Status start_corosync();
  Status start();
  Status connect();
  Status collect_from(Child& receiver);
  [[nodiscard]] const hosts::NetworkNamespace* network(std::size_t process) const;
  [[nodiscard]] double per_message(const json& said) const;
  [[nodiscard]] std::string title(const std::string& role) const;

  StreamSpec spec_;
  const hosts::Lab* lab_;
  std::unique_ptr<CorosyncCluster> corosync_;  // Before its clients: it ends after them.
  std::unique_ptr<Child> sender_;
  std::vector<std::unique_ptr<Child>> receivers_;
  StreamRun run_;
};

}  // namespace hawser::bench
