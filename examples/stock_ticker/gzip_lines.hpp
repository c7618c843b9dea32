// Reads a gzip file line by line, and says so where it is cut short or damaged.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hawser/result.hpp"

struct gzFile_s;  // zlib's

namespace ticker {

/// Threads:   one at a time.
/// Ownership: move-only; closes the file.
class GzipLines {
 public:
  /// A line of a feed is far shorter; a longer one means that this is not a feed.
  static constexpr std::size_t kLineBytesMax = 4096;

  /// Errors: system    the file cannot be opened;
  ///         bad_data  it is not gzip.
  static hawser::Result<GzipLines> open(const std::string& path);

  /// The next line without its line end, valid until the next call; nothing at the end of a whole file.
  /// Errors: bad_data  the gzip stream ends too early, fails its checksum, or a line exceeds kLineBytesMax;
  ///         system    the file cannot be read on.
  hawser::Result<std::optional<std::string_view>> next();

  /// Of the line that next() returned last: 1, 2, 3…
  [[nodiscard]] std::size_t line_number() const { return line_number_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(gzFile_s* file) const;
  };

  GzipLines(std::string path, gzFile_s* file);
  hawser::Result<bool> fill();
  [[nodiscard]] hawser::Error failure() const;
  [[nodiscard]] std::string where_it_ends() const;

  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what next() has not returned yet, in buffer_
  std::size_t line_number_ = 0;
  bool at_end_ = false;
};

}  // namespace ticker
