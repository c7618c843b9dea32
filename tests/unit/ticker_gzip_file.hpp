// A gzip file in the temporary folder, for the tests of the ticker's feeds.
#pragma once

#include <unistd.h>
#include <zlib.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ticker::testing {

/// Removed with the object.
class GzipFile {
 public:
  explicit GzipFile(std::string_view content) {
    static int count = 0;
    const auto name = "hawser-" + std::to_string(getpid()) + "-" + std::to_string(++count) + ".csv.gz";
    path_ = std::filesystem::temp_directory_path() / name;
    const gzFile file = gzopen(path_.c_str(), "wb");
    gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
    gzclose(file);
  }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;
  ~GzipFile() { std::filesystem::remove(path_); }

  /// Cuts the packed file to its first bytes.
  void truncate(std::size_t bytes) { std::filesystem::resize_file(path_, bytes); }
  [[nodiscard]] std::size_t size() const { return std::filesystem::file_size(path_); }

  /// Changes one byte of the packed file.
  void damage(std::size_t at) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 0xff));
  }

  /// Replaces the whole file by bytes that are not packed.
  void write_plain(std::string_view content) { std::ofstream(path_, std::ios::trunc | std::ios::binary) << content; }

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace ticker::testing
