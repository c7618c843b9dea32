#include "tests/net/cli_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <tuple>
#include <utility>

namespace hawser::testing {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) == 0) std::tie(read_end, write_end) = std::pair(ends[0], ends[1]);
  }
  int read_end = -1;
  int write_end = -1;
};

void close_once(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

// Appends what is there; closes at the end of the stream.
void drain(int& fd, std::string& text) {
  std::array<char, 65536> bytes;
  const ssize_t got = read(fd, bytes.data(), bytes.size());
  if (got > 0) text.append(bytes.data(), static_cast<std::size_t>(got));
  if (got == 0 || (got < 0 && errno != EINTR)) close_once(fd);
}

}  // namespace

Process::Process(const std::string& program, std::vector<std::string> arguments) {
  const std::string path = std::string(HAWSER_BIN_DIR) + "/" + program;
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  Pipe input;
  Pipe output;
  Pipe errors;
  std::signal(SIGPIPE, SIG_IGN);  // A child that ended early does not end the test.
  pid_ = fork();
  if (pid_ == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(input.read_end, STDIN_FILENO);
    dup2(output.write_end, STDOUT_FILENO);
    dup2(errors.write_end, STDERR_FILENO);
    execv(path.c_str(), argv.data());
    _exit(127);
  }
  close(input.read_end);
  close(output.write_end);
  close(errors.write_end);
  input_fd_ = input.write_end;
  output_fd_ = output.read_end;
  errors_fd_ = errors.read_end;
}

Process::~Process() {
  close_once(input_fd_);
  close_once(output_fd_);
  close_once(errors_fd_);
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Process::type(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t written = write(input_fd_, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Process::end_input() { close_once(input_fd_); }

void Process::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

std::optional<std::string> Process::read_line() {
  const auto deadline = Clock::now() + kPatience;
  while (true) {
    const std::size_t end = output_.find('\n');
    if (end != std::string::npos) {
      std::string line = output_.substr(0, end);
      output_.erase(0, end + 1);
      return line;
    }
    if (output_fd_ < 0 || !read_some(deadline)) return std::nullopt;
  }
}

int Process::wait_for_exit(std::chrono::seconds patience) {
  const auto deadline = Clock::now() + patience;
  while (output_fd_ >= 0 || errors_fd_ >= 0) {
    if (!read_some(deadline)) return -1;
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// False when the deadline is over.
bool Process::read_some(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  std::array<pollfd, 2> readable = {{{output_fd_, POLLIN, 0}, {errors_fd_, POLLIN, 0}}};
  if (left.count() <= 0 || poll(readable.data(), readable.size(), static_cast<int>(left.count())) == 0) return false;
  if (readable[0].revents != 0) drain(output_fd_, output_);
  if (readable[1].revents != 0) drain(errors_fd_, errors_);
  return true;
}

Finished run(const std::string& program, std::vector<std::string> arguments, std::string_view input,
             std::chrono::seconds patience) {
  Process process(program, std::move(arguments));
  process.type(input);
  process.end_input();
  const int exit_code = process.wait_for_exit(patience);
  return {exit_code, process.output(), process.errors()};
}

}  // namespace hawser::testing
