// Sets one socket option, with an error that names it.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <string>

#include "transport/core/result.hpp"
#include "transport/io/system_error.hpp"

namespace hawser {

/// Errors: system  "cannot set `name`: Permission denied".
template <typename T>
Status set_option(int socket, int level, int option, const T& value, const char* name) {
  if (::setsockopt(socket, level, option, &value, sizeof value) == 0) return Ok{};
  return system_error(std::string{"cannot set "} + name);
}

/// Asks for a receive buffer of `bytes` (0: leaves the default), past the system's limit where this process may, and
/// returns what the kernel now reports.
std::size_t set_receive_buffer(int socket, int bytes);
/// The same within the system's limit (net.core.rmem_max), whatever this process may.
std::size_t set_receive_buffer_within_limit(int socket, int bytes);

/// The same for the send buffer, without the report.
void set_send_buffer(int socket, int bytes);

/// Lets the kernel drop datagrams from this address and port before they reach the socket's buffer. Without the filter
/// (the kernel may refuse it) they arrive like all others.
void drop_datagrams_from(int socket, std::uint32_t address, std::uint16_t port);

}  // namespace hawser
