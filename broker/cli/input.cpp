#include "broker/cli/input.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hawser::cli {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;

}  // namespace

Result<std::optional<std::string>> Input::next_line() {
  std::size_t searched = begin_;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    const std::size_t line_bytes = (end == std::string::npos ? buffer_.size() : end) - begin_;
    if (line_bytes > bytes_max_) {
      return Error{Errc::too_large, "line " + std::to_string(lines_ + 1) + " of standard input has more than " +
                                        std::to_string(bytes_max_) + " bytes: send it in parts"};
    }
    if (end != std::string::npos) {
      ++lines_;
      std::string line = buffer_.substr(begin_, line_bytes);
      begin_ = end + 1;
      return std::optional(std::move(line));
    }
    searched = line_bytes;  // fill() moves the rest to the front.
    const auto more = fill();
    if (!more) return more.error();
    if (!*more && line_bytes == 0) return std::optional<std::string>();
    if (!*more) {
      begin_ = buffer_.size();
      return std::optional(buffer_);
    }
  }
}

Result<std::string> Input::all() {
  while (true) {
    const auto more = fill();
    if (!more) return more.error();
    if (!*more) return buffer_;
    if (buffer_.size() > bytes_max_) {
      return Error{Errc::too_large,
                   "standard input has more than " + std::to_string(bytes_max_) + " bytes: send it in parts"};
    }
  }
}

// False at the end of the input.
Result<bool> Input::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kReadBytes);
  ssize_t got = -1;
  do {
    got = read(fd_, buffer_.data() + kept, kReadBytes);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(kept + static_cast<std::size_t>(got > 0 ? got : 0));
  if (got < 0) return Error{Errc::system, std::string("cannot read standard input: ") + std::strerror(errno)};
  return got > 0;
}

}  // namespace hawser::cli
