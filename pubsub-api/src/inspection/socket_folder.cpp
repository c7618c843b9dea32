#include "pubsub-api/src/inspection/socket_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "pubsub-api/src/inspection/unix_socket.hpp"
#include "transport/io/system_error.hpp"

namespace hawser {
namespace {

constexpr std::string_view kSuffix = ".sock";

// Takes a number and the character after it off the front of `text`.
template <typename Number>
bool take_number(std::string_view& text, Number& number, int base, char end) {
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || at == text.data() + text.size() || *at != end) return false;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()) + 1);
  return true;
}

}  // namespace

std::string to_string(const SocketName& name) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%" PRIu32 "-%u-%016" PRIx64, name.process_id, name.port, name.domain);
  return text.data() + std::string{kSuffix};
}

std::optional<SocketName> parse_socket_name(std::string_view file) {
  SocketName name;
  std::string_view rest = file;
  const bool is_name = take_number(rest, name.process_id, 10, '-') && take_number(rest, name.port, 10, '-') &&
                       take_number(rest, name.domain, 16, kSuffix.front());
  if (!is_name || to_string(name) != file) return std::nullopt;
  return name;
}

std::vector<std::string> socket_folders() {
  std::vector<std::string> folders;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && runtime[0] == '/') folders.push_back(std::string{runtime} + "/hawser");
  folders.push_back("/tmp/hawser-" + std::to_string(::geteuid()));
  return folders;
}

Status check_folder(const std::string& folder) {
  struct stat found{};
  if (::lstat(folder.c_str(), &found) != 0) return system_error("cannot look at " + folder);
  if (!S_ISDIR(found.st_mode)) return Error{Errc::system, folder + " is no folder: remove it"};
  if (found.st_uid != ::geteuid()) return Error{Errc::system, folder + " belongs to another user"};
  if ((found.st_mode & 077U) != 0) {
    return Error{Errc::system, folder + " is open to other users: chmod 700 it, or remove it"};
  }
  return Ok{};
}

Status make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_error("cannot make the folder " + folder);
  return check_folder(folder);
}

std::vector<SocketName> find_sockets(const std::string& folder) {
  std::vector<SocketName> found;
  if (!check_folder(folder).ok()) return found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const auto name = parse_socket_name(entry.path().filename().string());
    if (!name) continue;
    if (is_deserted(entry.path().string())) {
      ::unlink(entry.path().c_str());
    } else {
      found.push_back(*name);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace hawser
