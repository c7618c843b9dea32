#include "transport/wire/greeting.hpp"

#include <algorithm>

namespace hawser::wire {
namespace {

constexpr std::uint8_t kHearsYouByMulticast = 1;
constexpr std::uint8_t kHearsAll = 2;
constexpr std::size_t kGroupBytes = 8;
constexpr std::size_t kEndpointBytes = 6;

/// Strictly: no duplicates, and one encoding for one set.
template <typename T>
bool ascending(const std::vector<T>& values) {
  return std::adjacent_find(values.begin(), values.end(), [](const T& a, const T& b) { return !(a < b); }) ==
         values.end();
}

}  // namespace

std::size_t body_size(const Greeting& greeting) {
  return 1 + varint_size(greeting.groups.size()) + greeting.groups.size() * kGroupBytes +
         varint_size(greeting.others.size()) + greeting.others.size() * kEndpointBytes;
}

void encode_body(const Greeting& greeting, Writer& writer) {
  const unsigned flags = (greeting.hears_you_by_multicast ? kHearsYouByMulticast : 0U) |  //
                         (greeting.hears_all ? kHearsAll : 0U);
  writer.number(static_cast<std::uint8_t>(flags));
  writer.varint(greeting.groups.size());
  for (const GroupId group : greeting.groups) writer.number(group.value);
  writer.varint(greeting.others.size());
  for (const Endpoint& other : greeting.others) {
    writer.number(other.address);
    writer.number(other.port);
  }
}

template <>
std::optional<Greeting> decode_body(ByteView body) {
  Reader reader{body};
  const unsigned flags = reader.number<std::uint8_t>();
  Greeting greeting{.hears_you_by_multicast = (flags & kHearsYouByMulticast) != 0,
                    .hears_all = (flags & kHearsAll) != 0,
                    .groups = {},
                    .others = {}};
  greeting.groups.resize(reader.count(kGroupBytes));
  for (GroupId& group : greeting.groups) group = {reader.number<std::uint64_t>()};
  greeting.others.resize(reader.count(kEndpointBytes));
  for (Endpoint& other : greeting.others) {
    other.address = reader.number<std::uint32_t>();
    other.port = reader.number<std::uint16_t>();
  }
  if (!reader.done() || flags > (kHearsYouByMulticast | kHearsAll)) return std::nullopt;
  if (!ascending(greeting.groups) || !ascending(greeting.others)) return std::nullopt;
  return greeting;
}

}  // namespace hawser::wire
