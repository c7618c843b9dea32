// Where the nodes of one user have their sockets, and what these are called.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hawser/result.hpp"

namespace hawser {

/// "4242-40001-9f02c1d4a5b6c7d8.sock": process, UDP port of the node (a process may have several nodes), domain.
struct SocketName {
  std::uint32_t process_id = 0;
  std::uint16_t port = 0;
  std::uint64_t domain = 0;  ///< wire::domain_digest of its name
  auto operator<=>(const SocketName&) const = default;
};
[[nodiscard]] std::string to_string(const SocketName& name);
/// Nothing where `file` is no such name.
[[nodiscard]] std::optional<SocketName> parse_socket_name(std::string_view file);

/// $XDG_RUNTIME_DIR/hawser where that variable is an absolute path, and /tmp/hawser-UID: which may not exist. A node
/// uses the first that it can; whoever looks for nodes looks into all, for their environments may differ.
[[nodiscard]] std::vector<std::string> socket_folders();

/// Nobody but this user can enter the folder, or put something in its place.
/// Errors: system  it is not there, is no folder, is another user's, or is open to others.
Status check_folder(const std::string& folder);
/// As check_folder(), after making it where it is not there.
Status make_folder(const std::string& folder);

/// The sockets of nodes in this folder, by process id; none where the folder fails check_folder(). Those that nobody
/// listens on any more are removed.
[[nodiscard]] std::vector<SocketName> find_sockets(const std::string& folder);

}  // namespace hawser
