// A part of a test in a process of its own, which the test may kill.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

namespace hawser {

/// Runs `body(in, out)`, and then waits to be killed. Make it before the test has other threads. What tell() says, the
/// body reads from `in`; what it writes to `out`, line by line, next_line() returns.
class ForkedProcess {
 public:
  using Body = std::function<void(std::FILE* in, std::FILE* out)>;

  explicit ForkedProcess(const Body& body) {
    int down[2] = {-1, -1};
    int up[2] = {-1, -1};
    EXPECT_EQ(::pipe2(down, O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(up, O_CLOEXEC), 0);
    id_ = ::fork();
    if (id_ == 0) run(body, ::fdopen(down[0], "r"), ::fdopen(up[1], "w"));
    ::close(down[0]);
    ::close(up[1]);
    said_ = ::fdopen(down[1], "w");
    lines_ = ::fdopen(up[0], "r");
  }
  ~ForkedProcess() {
    kill();
    std::fclose(said_);
    std::fclose(lines_);
  }
  ForkedProcess(const ForkedProcess&) = delete;
  ForkedProcess& operator=(const ForkedProcess&) = delete;

  void signal(int number) const { ::kill(id_, number); }
  void kill() {
    if (id_ <= 0) return;
    signal(SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = 0;
  }
  void tell(const std::string& line) {
    std::fprintf(said_, "%s\n", line.c_str());
    std::fflush(said_);
  }
  /// Waits for a line; empty where the process is gone and all its lines are read.
  std::string next_line() { return line_of(lines_); }

  /// The next line, without its end; empty where there is none.
  static std::string line_of(std::FILE* stream) {
    char line[256];
    if (std::fgets(line, sizeof line, stream) == nullptr) return {};
    std::string text{line};
    text.pop_back();
    return text;
  }

 private:
  [[noreturn]] static void run(const Body& body, std::FILE* in, std::FILE* out) {
    std::setvbuf(out, nullptr, _IOLBF, 0);
    body(in, out);
    for (;;) ::pause();
  }

  pid_t id_ = 0;
  std::FILE* said_ = nullptr;
  std::FILE* lines_ = nullptr;
};

}  // namespace hawser
