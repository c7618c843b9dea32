#include "transport/wire/greeting.hpp"

#include <algorithm>

namespace hawser::wire {
namespace {

constexpr std::uint8_t kHearsYouByMulticast = 1;
constexpr std::uint8_t kHearsAll = 2;
constexpr std::uint8_t kAtRest = 4;
constexpr std::size_t kGroupBytes = 8;
constexpr std::size_t kEndpointBytes = 6;

/// Strictly: no duplicates, and one encoding for one set.
template <typename T>
bool ascending(const std::vector<T>& values) {
  return std::adjacent_find(values.begin(), values.end(), [](const T& a, const T& b) { return !(a < b); }) ==
         values.end();
}

std::size_t size_of(const std::vector<GroupId>& groups) {
  return varint_size(groups.size()) + groups.size() * kGroupBytes;
}

void write(const std::vector<GroupId>& groups, Writer& writer) {
  writer.varint(groups.size());
  for (const GroupId group : groups) writer.number(group.value);
}

std::vector<GroupId> read_groups(Reader& reader) {
  std::vector<GroupId> groups(reader.count(kGroupBytes));
  for (GroupId& group : groups) group = {reader.number<std::uint64_t>()};
  return groups;
}

}  // namespace

std::size_t body_size(const Greeting& greeting) {
  return 1 + size_of(greeting.groups) + size_of(greeting.by_unicast) + varint_size(greeting.others.size()) +
         greeting.others.size() * kEndpointBytes;
}

std::size_t body_size(const Traffic& traffic) { return size_of(traffic.groups); }

void encode_body(const Greeting& greeting, Writer& writer) {
  const unsigned flags = (greeting.hears_you_by_multicast ? kHearsYouByMulticast : 0U) |  //
                         (greeting.hears_all ? kHearsAll : 0U) |                          //
                         (greeting.at_rest ? kAtRest : 0U);
  writer.number(static_cast<std::uint8_t>(flags));
  write(greeting.groups, writer);
  write(greeting.by_unicast, writer);
  writer.varint(greeting.others.size());
  for (const Endpoint& other : greeting.others) {
    writer.number(other.address);
    writer.number(other.port);
  }
}

void encode_body(const Traffic& traffic, Writer& writer) { write(traffic.groups, writer); }

template <>
std::optional<Greeting> decode_body(ByteView body) {
  Reader reader{body};
  const unsigned flags = reader.number<std::uint8_t>();
  Greeting greeting{.hears_you_by_multicast = (flags & kHearsYouByMulticast) != 0,
                    .hears_all = (flags & kHearsAll) != 0,
                    .at_rest = (flags & kAtRest) != 0,
                    .groups = read_groups(reader),
                    .by_unicast = read_groups(reader),
                    .others = {}};
  greeting.others.resize(reader.count(kEndpointBytes));
  for (Endpoint& other : greeting.others) {
    other.address = reader.number<std::uint32_t>();
    other.port = reader.number<std::uint16_t>();
  }
  if (!reader.done() || flags > (kHearsYouByMulticast | kHearsAll | kAtRest)) return std::nullopt;
  if (!ascending(greeting.groups) || !ascending(greeting.by_unicast) || !ascending(greeting.others)) {
    return std::nullopt;
  }
  return greeting;
}

template <>
std::optional<Traffic> decode_body(ByteView body) {
  Reader reader{body};
  Traffic traffic{.groups = read_groups(reader)};
  if (!reader.done() || !ascending(traffic.groups)) return std::nullopt;
  return traffic;
}

}  // namespace hawser::wire
