#include "broker/cli/wake_ups.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace hawser::cli {

Result<std::unique_ptr<WakeUps>> WakeUps::create() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
  const int event_fd = eventfd(0, EFD_CLOEXEC);
  std::unique_ptr<WakeUps> wake_ups(new WakeUps(signal_fd, event_fd));
  if (signal_fd >= 0 && event_fd >= 0) return wake_ups;
  return Error{Errc::system, std::string("cannot open a descriptor for signals: ") + std::strerror(errno)};
}

WakeUps::~WakeUps() {
  if (signal_fd_ >= 0) close(signal_fd_);
  if (event_fd_ >= 0) close(event_fd_);
}

void WakeUps::wake() { eventfd_write(event_fd_, 1); }

bool WakeUps::wait(std::chrono::milliseconds timeout, int output_fd) {
  // Without events asked for, only errors wake: a pipe's reader that is gone, a terminal that was closed.
  std::array<pollfd, 3> watched = {{{signal_fd_, POLLIN, 0}, {event_fd_, POLLIN, 0}, {output_fd, 0, 0}}};
  return poll(watched.data(), watched.size(), static_cast<int>(timeout.count())) > 0;
}

}  // namespace hawser::cli
