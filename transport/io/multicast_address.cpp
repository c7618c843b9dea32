#include "transport/io/multicast_address.hpp"

namespace hawser {
namespace {

constexpr std::uint16_t kPortFirst = 20000;
constexpr std::uint16_t kPortCount = 32768 - kPortFirst;
constexpr std::uint32_t kAddressFirst = 0xef800000U;  // 239.128.0.0
constexpr std::uint32_t kAddressMask = 0x007fffffU;

/// FNV-1a, mixed. Nodes of all versions must agree on it, so it must not change.
std::uint64_t hash_of(std::string_view domain) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : domain) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return mix64(hash);
}

}  // namespace

std::uint16_t domain_port(std::string_view domain) {
  return static_cast<std::uint16_t>(kPortFirst + (hash_of(domain) >> 32U) % kPortCount);
}

Endpoint group_endpoint(std::string_view domain, GroupId group) {
  const auto offset = static_cast<std::uint32_t>((hash_of(domain) + group.value) & kAddressMask);
  return {kAddressFirst | offset, domain_port(domain)};
}

}  // namespace hawser
