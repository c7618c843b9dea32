// A program of the build as a child process, for the tests of what users run.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::testing {

/// Its standard input, output and error are pipes. Everything that waits has a bound, after which it gives up.
/// Ownership: not copied; destruction kills the child if it still runs.
class Process {
 public:
  static constexpr std::chrono::seconds kPatience{30};

  /// `program` is a name in the build's bin folder.
  Process(const std::string& program, std::vector<std::string> arguments);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  void type(std::string_view text) const;
  void end_input();
  void signal(int number) const;
  /// -1 after its end.
  [[nodiscard]] pid_t id() const { return pid_; }

  /// The next line of the standard output, without its end; nothing at its end or when patience is over.
  std::optional<std::string> read_line();
  /// Reads everything to the end of both streams and waits for the exit code; -1 when patience is over.
  int wait_for_exit(std::chrono::seconds patience = kPatience);

  /// What wait_for_exit() has read, lines already taken excluded.
  [[nodiscard]] const std::string& output() const { return output_; }
  [[nodiscard]] const std::string& errors() const { return errors_; }

 private:
  using Clock = std::chrono::steady_clock;

  bool read_some(Clock::time_point deadline);

  pid_t pid_ = -1;
  int input_fd_ = -1;
  int output_fd_ = -1;
  int errors_fd_ = -1;
  std::string output_;
  std::string errors_;
};

/// Runs a program to its end.
struct Finished {
  int exit_code;
  std::string output;
  std::string errors;
};
Finished run(const std::string& program, std::vector<std::string> arguments, std::string_view input = {},
             std::chrono::seconds patience = Process::kPatience);

}  // namespace hawser::testing
