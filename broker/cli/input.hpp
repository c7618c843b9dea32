// What `pub` reads from standard input: lines, or everything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "hawser/result.hpp"

namespace hawser::cli {

/// Gives each line as soon as it is there, so that a slow pipe's lines are not held back.
/// Ownership: borrows the descriptor.
class Input {
 public:
  /// No message may have more than `bytes_max` bytes.
  Input(int fd, std::size_t bytes_max) : fd_(fd), bytes_max_(bytes_max) {}

  /// The next line without its end; nothing at the end. A last line needs no line end.
  /// Errors: too_large, system.
  Result<std::optional<std::string>> next_line();
  /// All that is left.
  /// Errors: too_large, system.
  Result<std::string> all();

 private:
  Result<bool> fill();

  int fd_;
  std::size_t bytes_max_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what next_line() has not returned yet, in buffer_
  std::uint64_t lines_ = 0;
};

}  // namespace hawser::cli
