// This same executable started again as a child process, with a pipe to it and a pipe from it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "examples/stock_ticker/line_pipe.hpp"
#include "hawser/result.hpp"

namespace ticker {

/// The child reads reports from its standard input and writes them to its standard output; it dies with its parent.
/// Threads:   one at a time.
/// Ownership: move-only; destruction kills the child if it still runs, and reaps it.
class ChildProcess {
 public:
  /// Runs /proc/self/exe with `arguments`.
  /// Errors: system.
  static hawser::Result<ChildProcess> start(const std::vector<std::string>& arguments);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// False where the child is gone.
  bool send(const Report& report) { return send_report(to_child_, report); }
  ReportReader& reports() { return reports_; }

  /// kill -9.
  void kill_now();
  /// Waits for a child that has closed its pipe, and says how it ended: "exit code 1", "signal 9".
  const std::string& wait_for_end();
  /// Whether it has ended with exit code 0.
  [[nodiscard]] bool succeeded() const { return succeeded_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, int to_child, int from_child);

  pid_t pid_;
  int to_child_;
  ReportReader reports_;
  std::string how_it_ended_;
  bool succeeded_ = false;
};

}  // namespace ticker
