// Where this process runs, so that peers on the same host can see it exit.
#pragma once

#include <cstdint>

#include "transport/node.hpp"

namespace hawser {

/// This process's HostIdentity, or all zero where /proc does not tell. The inode of the process-id namespace is mixed
/// into `boot_id`: containers that share the host's network but not its process ids must not watch each other's.
HostIdentity host_identity();

/// From the kernel's random generator: for incarnations and seeds.
std::uint64_t random_number();

}  // namespace hawser
