// Where a topic's retained messages are kept: an interface, so that memory and a database look alike.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A retained message. Of two for one key the one with the higher stamp stays, so that every member converges whatever
/// the order in which several publishers' messages arrive.
struct RetainedMessage {
  std::uint64_t lamport = 0;  ///< Lamport's logical clock at the publisher
  NodeId publisher;
  std::uint64_t number = 0;
  std::string_view key;
  ByteView payload;
  Buffer memory;  ///< into fold(): where `payload` lies, so that the store may keep it instead of a copy
};

/// Threads: single-threaded.
class StateStore {
 public:
  virtual ~StateStore() = default;
  /// Keeps `message` unless the topic already has a newer one, by (lamport, publisher), for its key. True if kept.
  virtual bool fold(std::string_view topic, const RetainedMessage& message) = 0;
  /// Forgets all that is kept for the topic.
  virtual void clear(std::string_view topic) = 0;
  /// Calls `visit` for every retained message of the topic, in the order of keys. What it is shown stays valid until
  /// the topic next changes; `memory` is empty.
  virtual void for_each(std::string_view topic, const std::function<void(const RetainedMessage&)>& visit) const = 0;
  [[nodiscard]] virtual std::size_t size(std::string_view topic) const = 0;
};

/// A digest of all that is retained for the topic: equal on members that have the same state.
std::uint64_t digest_of_state(const StateStore& store, std::string_view topic);

}  // namespace hawser
