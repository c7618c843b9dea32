// What is heard on a topic while its state is still on its way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

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
  void set_bounds(const History& bounds);
  void add(HeardMessage message);
  /// All that was kept, in order.
  std::list<HeardMessage> take();

  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
  /// What is left of what was skipped, in order. News are not skipped: what came before them stands before them.
  struct Skipped {
    TopicContents contents;
    std::optional<HeardMessage> news;  ///< after that
  };
  [[nodiscard]] const std::vector<Skipped>& all_skipped() const { return all_skipped_; }

 private:
  static std::size_t cost_of(const Slice& bytes) { return bytes.size() + kWaitingMessageBytes; }
  void skip(const HeardMessage& message);

  ByteBudget& budget_;
  std::list<HeardMessage> messages_;  // costs nothing while empty, as it mostly is
  std::uint64_t skipped_ = 0;
  History bounds_;
  std::vector<Skipped> all_skipped_;
};

}  // namespace hawser
