// Stream sockets that have a name in the file system.
#pragma once

#include <string>

#include "hawser/result.hpp"
#include "transport/io/file_descriptor.hpp"

namespace hawser {

/// Listens at `path`, not blocking. There is nothing at `path` before the socket listens, so that nobody takes it for
/// deserted meanwhile.
/// Errors: system  the path is too long (106 bytes are allowed), or the kernel refused.
Result<FileDescriptor> listen_at(const std::string& path);

/// Connected to whoever listens at `path`; blocks while too many others wait there.
/// Errors: system.
Result<FileDescriptor> connect_to(const std::string& path);

/// A socket is at `path`, and its process has ended or closed it.
[[nodiscard]] bool is_deserted(const std::string& path);

}  // namespace hawser
