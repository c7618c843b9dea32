// The network interfaces of this machine, and which of them a name or an address means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "transport/core/result.hpp"

namespace hawser {

/// One IPv4 address of an interface.
struct NetworkInterface {
  std::string name;
  int index = 0;
  std::uint32_t address = 0;  ///< in host byte order
  std::uint32_t netmask = 0;  ///< likewise
  std::size_t mtu_bytes = 0;
  bool loopback = false;
  bool up = false;        ///< somebody has switched it on
  bool has_link = false;  ///< it has a cable, or a peer
};

/// All that have an IPv4 address, in the kernel's order; an interface with two addresses comes twice.
/// Errors: system  the kernel would not say.
Result<std::vector<NetworkInterface>> list_interfaces();

/// By name ("eth0": its first address) or by address ("10.0.0.4"; all of 127.0.0.0/8 is the loopback interface's).
/// Errors: invalid_argument  no interface is called so or has the address, or it is switched off: the message
///                           lists those that there are;
///         system            the kernel would not say.
Result<NetworkInterface> find_interface(const std::string& name_or_address);

}  // namespace hawser
