// Recorded market data beside the project, where it is there.
#pragma once

#include <filesystem>
#include <string>

namespace hawser {

/// The path of a file of that data. A test whose file does not exist is skipped.
inline std::string shared_file(const std::string& name) {
  return std::filesystem::path(HAWSER_SOURCE_DIR) / ".." / "shared" / "data" / name;
}

}  // namespace hawser
