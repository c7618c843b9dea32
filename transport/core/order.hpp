// The order in which a message is delivered relative to others.
#pragma once

#include <cstdint>

namespace hawser {

enum class Order : std::uint8_t {
  fifo,   ///< in its sender's order
  total,  ///< besides, in one order for the whole group
};

}  // namespace hawser
