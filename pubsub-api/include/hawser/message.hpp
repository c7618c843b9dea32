// What a subscriber is handed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hawser {

/// One process that publishes: its address and its incarnation (new at every start), as "127.0.0.1:40001#9f…".
using PublisherName = std::string_view;

/// A message as a handler sees it. Ownership: every view into it is valid only during the call.
struct Message {
  std::string_view topic;
  std::string_view key;                ///< empty where the publisher gave none
  std::span<const std::byte> payload;  ///< the publisher's bytes, unchanged
  PublisherName publisher;
  std::uint64_t number = 0;  ///< the publisher's count on this topic: 1, 2, 3… without a gap
  bool retained = false;     ///< part of the state handed over at the join, not live traffic
  /// When it was published, by the publisher's clock, in whole milliseconds; zero where the topic keeps no History.
  std::chrono::system_clock::time_point time{};

  /// The payload as text.
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(payload.data()), payload.size()};
  }
};

/// The state at the cut has been handed over whole; live messages follow.
struct Synced {
  std::string_view topic;
  std::size_t retained_messages = 0;  ///< how many messages the handed-over state had
  bool state_lost = false;            ///< no member that had the state was left, nor a store: it starts empty
  std::size_t received_messages = 0;  ///< how many of the state's messages another node sent for this; the others this
                                      ///< node had, in its store or from before
};

/// A pattern is in force: topics that fit it and come from here on are heard from their first message on. Those that
/// there are by now are joined one after the other, each with its own Synced. May come again after a partition.
struct Watching {
  std::string_view pattern;
};

/// The subscription has ended because its handler was too slow (WhenFull::disconnect). Nothing more comes.
struct Ended {};

/// Messages that this subscriber will never see. Every loss has a name.
struct Gap {
  enum class Cause {
    queue_full,  ///< this subscription's own queue was full: SubscribeOptions::queue_bytes_max
    conflated,   ///< a newer message of the same key took its place: WhenFull::conflate
    partition,   ///< sent where this node was not: on the other side of a partition, or before a node came back that
                 ///< has brought what it had stored (Durability::retained)
    state_lost,  ///< every member that held the topic's state was gone
  };
  std::string_view topic;
  Cause cause = Cause::queue_full;
  std::uint64_t messages = 0;  ///< how many, as far as it is known; 0 = unknown
  PublisherName publisher;     ///< whose; empty where of several, or unknown
  /// They are among these numbers of the publisher's, both included; all of these, where they are as many. 0: unknown.
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

std::string_view to_string(Gap::Cause cause) noexcept;

}  // namespace hawser
