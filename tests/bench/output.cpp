#include "tests/bench/output.hpp"

#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstdio>

namespace hawser::bench {

void Output::text(const std::string& line) {
  if (as_json_) return;
  clear_progress();
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void Output::figure(const json& figure) {
  const std::string line = figure.dump() + '\n';
  if (file_ != nullptr) std::fputs(line.c_str(), file_);
  if (!as_json_) return;
  clear_progress();
  std::fputs(line.c_str(), stdout);
  std::fflush(stdout);
}

void Output::progress(const std::string& what) {
  if (::isatty(STDERR_FILENO) == 0) return;
  clear_progress();
  std::fprintf(stderr, "%s …", what.c_str());
  progress_shown_ = true;
}

void Output::clear_progress() {
  if (progress_shown_) std::fputs("\r\x1b[K", stderr);
  progress_shown_ = false;
}

std::string format(const char* pattern, ...) {
  std::array<char, 256> line;
  std::va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(line.data(), line.size(), pattern, arguments);
  va_end(arguments);
  return line.data();
}

}  // namespace hawser::bench
