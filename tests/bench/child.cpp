#include "tests/bench/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "transport/io/system_error.hpp"

namespace hawser::bench {
namespace {

// Only what is safe between fork and exec.
[[noreturn]] void become_child(int input, int output, pid_t parent, const hosts::NetworkNamespace* network,
                               char* const* arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // The parent died before the line above.
  if (network != nullptr && !network->enter()) ::_exit(127);
  if (::dup2(input, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0) ::_exit(127);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

std::string how_it_ended(int wait_status) {
  if (WIFSIGNALED(wait_status)) return "it ended by signal " + std::to_string(WTERMSIG(wait_status));
  return "it ended with exit code " + std::to_string(WEXITSTATUS(wait_status));
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(std::string title, const json& role,
                                            const hosts::NetworkNamespace* network) {
  std::array<std::string, 3> arguments{"hawser-bench", "role", role.dump()};
  std::array<char*, 4> argv{arguments[0].data(), arguments[1].data(), arguments[2].data(), nullptr};
  std::array<int, 2> to_child{};
  std::array<int, 2> from_child{};
  if (::pipe2(to_child.data(), O_CLOEXEC) != 0) return system_error("cannot open a pipe to " + title);
  if (::pipe2(from_child.data(), O_CLOEXEC) != 0) {
    const Error error = system_error("cannot open a pipe from " + title);
    ::close(to_child[0]);
    ::close(to_child[1]);
    return error;
  }
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become_child(to_child[0], from_child[1], parent, network, argv.data());
  const Error error = system_error("cannot start " + title);
  ::close(to_child[0]);
  ::close(from_child[1]);
  if (pid > 0) return std::unique_ptr<Child>{new Child{std::move(title), pid, to_child[1], from_child[0]}};
  ::close(to_child[1]);
  ::close(from_child[0]);
  return error;
}

Child::Child(std::string title, pid_t pid, int to_child, int from_child)
    : title_(std::move(title)),
      pid_(pid),
      to_child_(to_child),
      from_child_(from_child),
      channel_(from_child, to_child) {}

Child::~Child() {
  kill_now();
  reap();
  ::close(to_child_);
  ::close(from_child_);
}

Result<json> Child::receive(std::chrono::milliseconds timeout) {
  auto message = channel_.receive(timeout);
  if (!message) return naming_the_child(message.error(), "a message");
  return message;
}

Result<json> Child::wait_for(std::string_view word, std::chrono::milliseconds timeout) {
  auto message = channel_.wait_for(word, timeout);
  if (!message) return naming_the_child(message.error(), "'" + std::string{word} + "'");
  return message;
}

Error Child::naming_the_child(const Error& error, const std::string& what) {
  if (error.code == Errc::system) return {error.code, title_ + ": " + error.message};
  std::string message = title_ + ", asked for " + what + ": " + error.message;
  if (error.code == Errc::closed) {
    kill_now();  // It has closed its pipe, so it is ending or broken.
    reap();
    message += "; " + how_it_ended(wait_status_);
  }
  return {error.code, std::move(message)};
}

void Child::kill_now() {
  // A reaped child's number may belong to somebody else by now.
  if (!reaped_) ::kill(pid_, SIGKILL);
}

void Child::pause() {
  if (!reaped_) ::kill(pid_, SIGSTOP);
}

void Child::resume() {
  if (!reaped_) ::kill(pid_, SIGCONT);
}

void Child::reap() {
  while (!reaped_) reaped_ = ::waitpid(pid_, &wait_status_, 0) == pid_ || errno != EINTR;
}

Status Child::end(std::chrono::milliseconds timeout) {
  tell({{"word", "end"}});
  // The pipe's end is the event to wait for: it closes with the process.
  const auto last_word = channel_.wait_for("never said", timeout);
  if (last_word.error().code != Errc::closed) return naming_the_child(last_word.error(), "its end");
  reap();
  if (WIFEXITED(wait_status_) && WEXITSTATUS(wait_status_) == 0) return Ok{};
  return Error{Errc::system, title_ + ": " + how_it_ended(wait_status_)};
}

}  // namespace hawser::bench
