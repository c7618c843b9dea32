// Where figures go: a table for people, or a line of JSON each.
#pragma once

#include <cstdio>
#include <string>

#include "tests/bench/json_channel.hpp"

namespace hawser::bench {

/// Threads: single-threaded.
class Output {
 public:
  /// `file`: gets the figures as lines of JSON in any case; may be nullptr, and must outlive it.
  Output(bool as_json, std::FILE* file) : as_json_(as_json), file_(file) {}

  /// A line of the table; left out where the output is JSON.
  void text(const std::string& line);
  /// A figure as a line of JSON; left out, but for the file, where the output is a table.
  void figure(const json& figure);
  /// What is being measured, on a terminal's error output only; gone with the next line.
  void progress(const std::string& what);

 private:
  void clear_progress();

  bool as_json_;
  std::FILE* file_;
  bool progress_shown_ = false;
};

/// As printf would.
[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...);

}  // namespace hawser::bench
