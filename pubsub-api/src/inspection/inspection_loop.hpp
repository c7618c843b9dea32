// What the inspection server's thread does: polls the listener and the connections.
#pragma once

#include <poll.h>

#include <chrono>
#include <string>
#include <vector>

#include "pubsub-api/src/inspection/inspection_server.hpp"

namespace hawser {

/// One who asks.
class InspectionConnection {
 public:
  using Clock = std::chrono::steady_clock;

  InspectionConnection(FileDescriptor socket, Clock::time_point deadline)
      : socket_(std::move(socket)), deadline_(deadline) {}

  [[nodiscard]] int fd() const { return socket_.get(); }
  [[nodiscard]] short awaited() const { return is_answered_ ? POLLOUT : POLLIN; }
  [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
  /// Reads or writes what can be without waiting. False where this connection is over.
  bool go_on(const InspectionServer::Answer& answer);

 private:
  bool read();
  [[nodiscard]] bool has_question() const;
  bool write();

  FileDescriptor socket_;
  Clock::time_point deadline_;
  std::string text_;  // The question as far as it has come; then what is left of the answer.
  std::size_t written_ = 0;
  bool is_ended_ = false;  // No more will come.
  bool is_answered_ = false;
};

/// Borrows the descriptors and the function. Threads: single-threaded.
class InspectionLoop {
 public:
  InspectionLoop(int stop, int listener, const InspectionServer::Answer& answer, InspectionLimits limits)
      : stop_(stop), listener_(listener), answer_(answer), limits_(limits) {}

  /// Until `stop` is readable.
  void run();

 private:
  using Clock = InspectionConnection::Clock;

  [[nodiscard]] std::vector<pollfd> watched() const;
  [[nodiscard]] int timeout() const;
  void accept();

  int stop_;
  int listener_;
  const InspectionServer::Answer& answer_;
  InspectionLimits limits_;
  std::vector<InspectionConnection> connections_;
  Clock::time_point accepts_again_{};  // Where the kernel has no descriptor left: not at once.
};

}  // namespace hawser
