// Which multicast address and port a group of a domain has.
#pragma once

#include <string_view>

#include "transport/core/ids.hpp"

namespace hawser {

/// The UDP port of every group of the domain: in 20000..32767, below the ports that Linux gives out by itself.
std::uint16_t domain_port(std::string_view domain);

/// 239.128.0.0/9 is administratively scoped (RFC 2365) and leaves 23 bits free, all that Ethernet keeps of a multicast
/// address. Groups whose ids differ in their low 23 bits have different addresses within a domain. Two domains may meet
/// on an address: the fixed header of every datagram tells them apart.
Endpoint group_endpoint(std::string_view domain, GroupId group);

}  // namespace hawser
