// Text on standard output that may be drawn anew in its place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "broker/cli/output.hpp"
#include "hawser/result.hpp"

namespace hawser::cli {

/// Where standard output is no terminal, everything is written one below the other.
/// Threads: single-threaded.
class Screen {
 public:
  /// `in_place`: each show() takes the place of the one before, on the terminal's second screen, which goes with this
  /// object.
  explicit Screen(bool in_place);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// In characters; 100 where it is no terminal.
  [[nodiscard]] std::size_t width() const;
  /// Errors: as Output::write, like the next.
  Status show(const std::vector<std::string>& lines);
  /// As it is, below what was written before.
  Status write(std::string_view text);

 private:
  Output output_ = Output::to_standard_output();
  const bool in_place_;
  bool is_first_ = true;
};

}  // namespace hawser::cli
