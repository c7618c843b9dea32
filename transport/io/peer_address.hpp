// Where other nodes may be, as people write it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/result.hpp"

namespace hawser {

/// A node that may be found without being told its port takes the first free one of so many from domain_port() on. More
/// nodes than that on one host need Options::port, or to know one that is found.
inline constexpr std::uint16_t kFoundPorts = 16;

/// The places at which a node of the domain is found on a host.
std::vector<Endpoint> found_endpoints(std::uint32_t address, std::string_view domain);

/// "10.0.0.4:5000", or "10.0.0.4" for its found_endpoints(). A host's name may stand for its IPv4 address.
/// Errors: invalid_argument  it is neither: the message says what is wrong;
///         system            the name is not known.
Result<std::vector<Endpoint>> parse_peer(const std::string& text, std::string_view domain);

}  // namespace hawser
