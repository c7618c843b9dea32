#include "examples/stock_ticker/line_pipe.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "examples/stock_ticker/write_all.hpp"

namespace ticker {

bool send_report(int fd, const Report& report) { return write_all(fd, report.line()); }

std::vector<Report> ReportReader::read(std::chrono::milliseconds timeout) {
  std::vector<Report> reports;
  pollfd readable{fd_, POLLIN, 0};
  if (at_end_ || poll(&readable, 1, static_cast<int>(timeout.count())) <= 0) return reports;
  std::array<char, 16384> bytes;
  const ssize_t got = ::read(fd_, bytes.data(), bytes.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return reports;
  if (got <= 0) {
    at_end_ = true;
    return reports;
  }
  buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  std::size_t begin = 0;
  for (std::size_t end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n', begin)) {
    auto report = Report::parse(std::string_view(buffer_).substr(begin, end - begin));
    if (report) reports.push_back(*std::move(report));
    begin = end + 1;
  }
  buffer_.erase(0, begin);
  return reports;
}

}  // namespace ticker
