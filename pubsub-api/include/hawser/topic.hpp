// What a topic is told once, and keeps as long as it lives: see Bus::declare().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hawser {

/// In which order a topic's messages reach its subscribers.
enum class TopicOrder {
  fifo,   ///< each publisher's in the order in which they were published; of two publishers', each subscriber has its
          ///< own. Retained is, of a key, the message that was published knowing of most others (Lamport's clock)
  total,  ///< one order for all, on all nodes, which keeps each publisher's. Retained is the last one in it. Costs a
          ///< message by the node that gives out the places
};

std::string_view to_string(TopicOrder order) noexcept;

/// How much of its past a topic keeps beside the last message of each key, at each node that is in it: the newest
/// messages, as far as they are within all three bounds.
struct History {
  std::uint64_t messages = 0;                     ///< at most; 0: none
  std::uint64_t bytes = std::uint64_t{64} << 20;  ///< of keys and payloads, and 64 more for each message
  /// What is older than the newest by more than this goes; 0: however old. By the publishers' clocks, of which one that
  /// is behind what it has heard counts as that (Kulkarni and others, "Logical Physical Clocks", 2014).
  std::chrono::milliseconds age{0};
  bool operator==(const History&) const = default;
};

/// What is left of a topic when nobody is in it any more.
enum class Durability : std::uint8_t {
  in_memory,  ///< nothing
  retained,  ///< its last values and its history, at those of its nodes that have a store (Options::store). What such a
             ///< node has and the others do not, it brings along when it comes again
};

std::string_view to_string(Durability durability) noexcept;

struct TopicOptions {
  TopicOrder order = TopicOrder::fifo;
  History history;
  Durability durability = Durability::in_memory;
  bool operator==(const TopicOptions&) const = default;
};

}  // namespace hawser
