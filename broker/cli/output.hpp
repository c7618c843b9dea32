// Where `sub` and `pub --json` write: standard output or a file.
#pragma once

#include <string>
#include <string_view>

#include "hawser/result.hpp"

namespace hawser::cli {

/// Writes through to a terminal or pipe at once; to a file in larger pieces, when flush() is called or enough is there.
/// Threads:   one at a time.
/// Ownership: move-only; closes the file, without a flush().
class Output {
 public:
  /// Errors: system, with the file's name.
  static Result<Output> to_file(const std::string& path);
  static Output to_standard_output();

  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();

  /// Errors: closed  the reader of the pipe is gone;
  ///         system  with the file's name.
  Status write(std::string_view bytes);
  Status flush();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_terminal() const { return is_terminal_; }

 private:
  Output(int fd, std::string name);

  int fd_;
  std::string name_;
  bool is_terminal_;
  bool writes_through_;
  std::string buffer_;
};

}  // namespace hawser::cli
