// What a topic is told once, and keeps as long as it lives: see Bus::declare().
#pragma once

#include <string_view>

namespace hawser {

/// In which order a topic's messages reach its subscribers.
enum class TopicOrder {
  fifo,   ///< each publisher's in the order in which they were published; of two publishers', each subscriber has its
          ///< own. Retained is, of a key, the message that was published knowing of most others (Lamport's clock)
  total,  ///< one order for all, on all nodes, which keeps each publisher's. Retained is the last one in it. Costs a
          ///< message by the node that gives out the places
};

struct TopicOptions {
  TopicOrder order = TopicOrder::fifo;
  bool operator==(const TopicOptions&) const = default;
};

std::string_view to_string(TopicOrder order) noexcept;

}  // namespace hawser
