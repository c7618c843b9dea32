// The order in which a message is delivered relative to others.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hawser {

/// Every class keeps each sender's own order within itself; between the classes there is only what is said here.
enum class Order : std::uint8_t {
  unordered,  ///< as soon as it is here, ahead of what is missing before it; in the same view at all who go on together
  fifo,       ///< in its sender's order
  bulk,       ///< as fifo, and after what its sender had sent before that is unordered, fifo or causal; but what its
              ///< sender sends next does not wait for it. For long messages: their pieces go out between the others
  causal,     ///< after everything, of whatever class, that its sender had been delivered in this view when it sent it
  total,      ///< in one order for the whole group, together with `safe`
  safe,    ///< as total, and not before every member of the view has it and its place in the order. What the end of the
           ///< view overtakes is delivered as `total`: there, only those who come along are known to have it
  gbcast,  ///< as the last of its view, after every message of any class, at every member; a view of the same members
           ///< follows. Not in the control group
};
inline constexpr std::size_t kOrders = 7;

}  // namespace hawser
