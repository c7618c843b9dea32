#include "transport/core/ids.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace hawser {

std::string to_string(Endpoint endpoint) {
  std::array<char, 32> text{};
  const auto a = endpoint.address;
  std::snprintf(text.data(), text.size(), "%u.%u.%u.%u:%u", a >> 24U, (a >> 16U) & 0xffU, (a >> 8U) & 0xffU, a & 0xffU,
                endpoint.port);
  return text.data();
}

std::string to_string(const NodeId& node) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "#%016" PRIx64, node.incarnation.value);
  return to_string(node.endpoint) + text.data();
}

std::string to_string(ViewId view) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%" PRIu64 ".%08" PRIx64, view.epoch, view.digest >> 32U);
  return text.data();
}

}  // namespace hawser
