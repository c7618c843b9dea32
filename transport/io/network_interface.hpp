// Finds the network interface that an address belongs to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "transport/core/result.hpp"

namespace hawser {

struct NetworkInterface {
  std::string name;
  int index = 0;
  std::uint32_t address = 0;  ///< the one asked for, in host byte order
  std::size_t mtu_bytes = 0;
  bool loopback = false;
};

/// Errors: invalid_argument  `address` is no IPv4 address, or none of this machine's: the message lists those;
///         system            the kernel would not say.
Result<NetworkInterface> find_interface(const std::string& address);

}  // namespace hawser
