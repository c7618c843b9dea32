#include "examples/stock_ticker/child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace ticker {
namespace {

using hawser::Errc;
using hawser::Error;
using hawser::Result;

Error system_error(const std::string& what) {
  return {Errc::system, "cannot start a process of the demo: " + what + ": " + std::strerror(errno)};
}

// Only what is safe between fork and exec.
[[noreturn]] void become_child(int input, int output, pid_t parent, char* const* arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // The parent died before the line above.
  if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0) _exit(127);
  execv("/proc/self/exe", arguments);
  _exit(127);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments) {
  std::vector<std::string> copies = arguments;
  copies.insert(copies.begin(), "stock_ticker");
  std::vector<char*> argv;
  for (auto& copy : copies) argv.push_back(copy.data());
  argv.push_back(nullptr);

  std::array<int, 2> to_child{};
  std::array<int, 2> from_child{};
  if (pipe2(to_child.data(), O_CLOEXEC) < 0) return system_error("pipe2");
  if (pipe2(from_child.data(), O_CLOEXEC) < 0) {
    const Error error = system_error("pipe2");
    close(to_child[0]);
    close(to_child[1]);
    return error;
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) become_child(to_child[0], from_child[1], parent, argv.data());
  const Error fork_error = system_error("fork");
  close(to_child[0]);
  close(from_child[1]);
  if (pid > 0) return ChildProcess(pid, to_child[1], from_child[0]);
  close(to_child[1]);
  close(from_child[0]);
  return fork_error;
}

ChildProcess::ChildProcess(pid_t pid, int to_child, int from_child)
    : pid_(pid), to_child_(to_child), reports_(from_child) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      to_child_(other.to_child_),
      reports_(std::move(other.reports_)),
      how_it_ended_(std::move(other.how_it_ended_)),
      succeeded_(other.succeeded_) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  if (how_it_ended_.empty()) {
    kill_now();
    wait_for_end();
  }
  close(to_child_);
  close(reports_.fd());
}

void ChildProcess::kill_now() {
  // A reaped child's number may belong to somebody else by now.
  if (how_it_ended_.empty()) kill(pid_, SIGKILL);
}

const std::string& ChildProcess::wait_for_end() {
  if (!how_it_ended_.empty()) return how_it_ended_;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  succeeded_ = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  how_it_ended_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                      : "exit code " + std::to_string(WEXITSTATUS(status));
  return how_it_ended_;
}

}  // namespace ticker
