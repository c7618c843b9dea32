#include "examples/stock_ticker/gzip_lines.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ticker {
namespace {

using hawser::Errc;
using hawser::Error;
using hawser::Result;

constexpr std::size_t kReadBytes = std::size_t{64} << 10;

}  // namespace

void GzipLines::Close::operator()(gzFile_s* file) const { gzclose(file); }

GzipLines::GzipLines(std::string path, gzFile_s* file) : path_(std::move(path)), file_(file) {}

Result<GzipLines> GzipLines::open(const std::string& path) {
  errno = 0;
  gzFile_s* file = gzopen(path.c_str(), "rbe");
  if (file == nullptr) {
    return Error{Errc::system, path + ": cannot be opened: " + std::strerror(errno == 0 ? ENOMEM : errno)};
  }
  GzipLines lines(path, file);
  const auto filled = lines.fill();
  if (!filled) return filled.error();
  // zlib hands through what is not gzip; a feed cut to nothing would look like an empty one.
  if (gzdirect(file) == 1) return Error{Errc::bad_data, path + ": not a gzip file: pack it with gzip"};
  return lines;
}

Result<std::optional<std::string_view>> GzipLines::next() {
  std::size_t searched = begin_;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    const std::size_t line_end = end == std::string::npos ? buffer_.size() : end;
    if (line_end - begin_ > kLineBytesMax) {
      return Error{Errc::bad_data, path_ + ":" + std::to_string(line_number_ + 1) + ": longer than " +
                                       std::to_string(kLineBytesMax) + " bytes: is it a feed?"};
    }
    if (end != std::string::npos || (at_end_ && line_end > begin_)) {
      ++line_number_;
      const std::string_view line(buffer_.data() + begin_, line_end - begin_);
      begin_ = end == std::string::npos ? line_end : end + 1;
      return std::optional(line);
    }
    if (at_end_) return std::optional<std::string_view>();
    searched = buffer_.size() - begin_;  // fill() moves the rest to the front.
    const auto filled = fill();
    if (!filled) return filled.error();
  }
}

Result<bool> GzipLines::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kReadBytes);
  errno = 0;
  const int got = gzread(file_.get(), buffer_.data() + kept, static_cast<unsigned>(kReadBytes));
  buffer_.resize(kept + static_cast<std::size_t>(got > 0 ? got : 0));
  int code = Z_OK;
  gzerror(file_.get(), &code);
  // A stream that ends too early still gives its last bytes: they are not to be trusted, since the line may be cut.
  if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) return failure();
  at_end_ = static_cast<std::size_t>(got) < kReadBytes && gzeof(file_.get()) == 1;
  return got > 0;
}

Error GzipLines::failure() const {
  int code = Z_OK;
  const char* words = gzerror(file_.get(), &code);
  if (code == Z_BUF_ERROR) {
    return {Errc::bad_data, where_it_ends() + "the gzip stream ends too early (truncated file?): fetch the file again"};
  }
  if (code == Z_ERRNO) return {Errc::system, where_it_ends() + "cannot be read: " + std::strerror(errno)};
  return {Errc::bad_data, where_it_ends() + "damaged gzip data (" + words + "): fetch the file again"};
}

std::string GzipLines::where_it_ends() const {
  const auto whole_lines = static_cast<std::size_t>(std::count(buffer_.begin() + begin_, buffer_.end(), '\n'));
  return path_ + ":" + std::to_string(line_number_ + whole_lines + 1) + ": ";
}

}  // namespace ticker
