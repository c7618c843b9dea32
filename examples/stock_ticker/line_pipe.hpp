// Lines over a file descriptor: whole ones out in one write, whole ones in as they come.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "examples/stock_ticker/report.hpp"

namespace ticker {

/// Writes the report as one line. One write() of at most PIPE_BUF bytes goes out whole, so the threads of a process may
/// share a pipe. False where the reader is gone.
bool send_report(int fd, const Report& report);

/// Threads:   one at a time.
/// Ownership: borrows the descriptor.
class ReportReader {
 public:
  explicit ReportReader(int fd) : fd_(fd) {}

  /// What has come, after waiting for at most `timeout` where nothing has. Lines that are no reports are left out.
  std::vector<Report> read(std::chrono::milliseconds timeout);
  /// The other end is closed and everything has been read.
  [[nodiscard]] bool at_end() const { return at_end_; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  std::string buffer_;
  bool at_end_ = false;
};

}  // namespace ticker
