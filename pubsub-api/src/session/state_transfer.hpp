// A topic's state cut into messages by its donor, and put together again by who awaits it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "pubsub-api/src/session/topic_contents.hpp"
#include "pubsub-api/src/session/topic_message.hpp"
#include "transport/core/buffer.hpp"

namespace hawser {

/// The topic's state as it is now, in messages ready to send; at least one.
std::vector<Buffer> encode_state(const TopicContents& contents, std::uint64_t lamport, const StateCut& cut);
/// The same state for those that have all of it that `base` covers.
std::vector<Buffer> encode_difference(const std::vector<Buffer>& whole, const TopicPositions& base,
                                      const StateCut& cut);

/// What the messages of a difference are to be added to.
struct StateDifference {
  TopicPositions base;
  std::uint64_t logged = 0;  ///< of what the base covers, so many belong to the history: the newest
};

/// The parts of one awaited state as they come in. It is as big as the donor's state: no bound of its own.
class StateArrival {
 public:
  /// The next part, and the message that it lies in. True when the state is whole. A part out of turn is refused: the
  /// donor's stream is in order, so it was sent by a faulty one.
  bool add(const StateChunk& chunk, const Slice& message);
  void clear() { parts_.clear(); }

  struct Part {
    ByteView items;
    Slice message;  ///< keeps `items` alive
  };
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// Nothing where the state is whole by itself.
  [[nodiscard]] std::optional<StateDifference> difference() const;

 private:
  std::vector<Part> parts_;
};

}  // namespace hawser
