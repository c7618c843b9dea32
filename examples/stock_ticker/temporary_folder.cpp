#include "examples/stock_ticker/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace ticker {

hawser::Result<TemporaryFolder> TemporaryFolder::make(const std::string& name) {
  std::error_code no_place;
  std::string path = (std::filesystem::temp_directory_path(no_place) / (name + "-XXXXXX")).string();
  if (no_place || ::mkdtemp(path.data()) == nullptr) {
    const std::error_code why = no_place ? no_place : std::error_code{errno, std::system_category()};
    return hawser::Error{hawser::Errc::system, "no folder for the stores can be made as " + path + ": " +
                                                   why.message() + "; TMPDIR may name another place"};
  }
  return TemporaryFolder{std::filesystem::path{path}};
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ticker
