// What this machine offers a node, as plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "hawser/result.hpp"
#include "transport/io/network_interface.hpp"

namespace hawser {

struct HostFacts {
  Result<NetworkInterface> interface = NetworkInterface{};
  Status multicast = Ok{};                          ///< as probe_multicast()
  std::optional<std::uint64_t> memberships_max;     ///< net.ipv4.igmp_max_memberships: groups of one socket
  std::uint64_t descriptors_max = 0;                ///< of this process, as it stands
  std::uint64_t descriptors_hard_max = 0;           ///< to which it may be raised without privileges
  std::size_t receive_buffer_asked = 0;             ///< bytes
  std::size_t receive_buffer_granted = 0;           ///< to this process, as the kernel reports it
  std::size_t receive_buffer_unprivileged = 0;      ///< as it would to a process that may not exceed its limit
  std::optional<std::uint64_t> receive_buffer_max;  ///< net.core.rmem_max
  std::string clock_source;                         ///< the kernel's; empty where it does not say
  std::chrono::nanoseconds clock_reading{};         ///< what one reading of the monotonic clock takes
  bool clock_went_back = false;                     ///< the monotonic clock, between two readings
  std::chrono::system_clock::time_point today;
};

/// Asks the kernel, and tries multicast.
HostFacts take_host_facts(const std::string& domain, const std::string& interface);

}  // namespace hawser
