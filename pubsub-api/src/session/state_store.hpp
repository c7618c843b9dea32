// Where a topic's retained messages are kept: an interface, so that memory and a database look alike.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A retained message. Of two for one key the one with the higher stamp stays, so that every member converges whatever
/// the order in which several publishers' messages arrive; where they came in total order, the last one.
struct RetainedMessage {
  std::uint64_t lamport = 0;  ///< Lamport's logical clock at the publisher
  NodeId publisher;
  std::uint64_t number = 0;
  std::string_view key;
  ByteView payload;
  /// Into fold(): where `payload` lies, so that the store may keep it instead of a copy. May be null.
  const Buffer* memory = nullptr;
  /// It came in total order, which is the same everywhere: it takes the place of all that came before.
  bool ordered = false;
  /// Milliseconds since 1970 by the publisher's clock, where the topic keeps a history; else 0.
  std::uint64_t time = 0;
  bool logged = false;  ///< the topic's history has it, too
};

/// A payload that is kept: a copy, or the packet that it came in where it is most of that.
class RetainedPayload {
 public:
  void set(const RetainedMessage& message);
  [[nodiscard]] ByteView bytes() const { return is_shared_ ? shared_.bytes() : ByteView{copy_}; }

 private:
  std::vector<std::byte> copy_;  // keeps its capacity from value to value
  Slice shared_;
  bool is_shared_ = false;
};

/// One topic's retained messages. Threads: single-threaded.
class TopicStore {
 public:
  virtual ~TopicStore() = default;
  /// Keeps `message` unless there is a newer one, by (lamport, publisher), for its key, and it is not `ordered`. True
  /// if kept.
  virtual bool fold(const RetainedMessage& message) = 0;
  /// The history has this message no more.
  virtual void set_unlogged(const RetainedMessage& message) = 0;
  /// Forgets all that is kept.
  virtual void clear() = 0;
  /// Calls `visit` for every retained message, in the order of keys. What it is shown stays valid until the next
  /// change; `memory` is null.
  using Visit = std::function<void(const RetainedMessage&)>;
  virtual void for_each(const Visit& visit) const = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;
};

/// Threads: single-threaded.
class StateStore {
 public:
  virtual ~StateStore() = default;
  /// What is kept of this topic. To be opened once; the StateStore must outlive it.
  virtual std::unique_ptr<TopicStore> open(std::string_view topic) = 0;
};

[[nodiscard]] std::uint64_t digest_of_message(const RetainedMessage& message);
/// A digest of all that is retained: equal on members that have the same state.
[[nodiscard]] std::uint64_t digest_of_state(const TopicStore& store);

}  // namespace hawser
