#include "broker/cli/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace hawser::cli {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

bool is_regular_file(int fd) {
  struct stat status{};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Result<Output> Output::to_file(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0)
    return Error{Errc::system, "cannot write " + path + ": " + std::strerror(errno) + ": choose another --out"};
  return Output(fd, path);
}

Output Output::to_standard_output() { return {STDOUT_FILENO, "standard output"}; }

Output::Output(int fd, std::string name)
    : fd_(fd), name_(std::move(name)), is_terminal_(isatty(fd) == 1), writes_through_(!is_regular_file(fd)) {}

Output::Output(Output&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      name_(std::move(other.name_)),
      is_terminal_(other.is_terminal_),
      writes_through_(other.writes_through_),
      buffer_(std::move(other.buffer_)) {}

Output::~Output() {
  if (fd_ > STDERR_FILENO) close(fd_);
}

Status Output::write(std::string_view bytes) {
  buffer_.append(bytes);
  if (writes_through_ || buffer_.size() >= kBufferBytes) return flush();
  return Ok{};
}

Status Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return Error{Errc::closed, "the reader of " + name_ + " is gone"};
    if (written < 0) return Error{Errc::system, "cannot write " + name_ + ": " + std::strerror(errno)};
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return Ok{};
}

}  // namespace hawser::cli
