// What is heard on a topic while its state is still on its way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>

#include "pubsub-api/src/session/session_parts.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

struct HeardMessage {
  NodeId sender;
  Slice bytes;
  bool ordered = false;  ///< delivered in total order
};

/// Keeps messages in order within the node's budget. What does not fit is skipped, oldest first: of it the last value
/// of each key is kept, and the topic's history, so that its state is right all the same, and the number of them for a
/// gap event.
/// Lives only as long as the state is awaited.
class StateJoinBuffer {
 public:
  explicit StateJoinBuffer(ByteBudget& budget) : budget_(budget) {}
  ~StateJoinBuffer() { take(); }
  StateJoinBuffer(const StateJoinBuffer&) = delete;
  StateJoinBuffer& operator=(const StateJoinBuffer&) = delete;

  /// Of the topic's history.
  void set_bounds(const History& bounds) { skipped_contents_.log.set_bounds(bounds); }
  void add(HeardMessage message);
  /// All that was kept, in order.
  std::list<HeardMessage> take();

  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
  /// What is left of what was skipped.
  [[nodiscard]] const TopicContents& skipped_contents() const { return skipped_contents_; }

 private:
  static std::size_t cost_of(const Slice& bytes) { return bytes.size() + kWaitingMessageBytes; }
  void skip(const HeardMessage& message);
  void skip(const TopicNews& news, const HeardMessage& message);

  ByteBudget& budget_;
  std::list<HeardMessage> messages_;  // costs nothing while empty, as it mostly is
  std::uint64_t skipped_ = 0;
  TopicContents skipped_contents_;
};

}  // namespace hawser
