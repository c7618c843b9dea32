// A folder for the files of one run.
#pragma once

#include <filesystem>
#include <string>

#include "hawser/result.hpp"

namespace ticker {

/// Only this user can enter it. Removed with all that is in it; where that fails, it lies with other temporary files.
/// Threads:   one at a time.
/// Ownership: move-only.
class TemporaryFolder {
 public:
  /// Errors: system.
  static hawser::Result<TemporaryFolder> make(const std::string& name);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;  // empty: moved from
};

}  // namespace ticker
