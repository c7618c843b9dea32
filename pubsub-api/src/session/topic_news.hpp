// What a node brings along into a topic that the others there do not have: from its store, or from the other side of a
// partition. It is told in the topic's own stream, so that every member adds the same at the same place.
#pragma once

#include <functional>
#include <vector>

#include "pubsub-api/src/session/store_requests.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"
#include "transport/core/buffer.hpp"

namespace hawser {

/// What a node had of a topic before it came.
struct FormerContents {
  /// One after the other, as store_layout.hpp has them: what its store has, and what it has brought from the other
  /// sides of partitions.
  std::vector<std::vector<StoreRecord>> sets;
  bool is_in_store = false;  ///< it is what the store has now
  bool is_told = false;      ///< … to the others; they have it when this node hears the last of it itself
};

/// Of what the node had, all that is not covered by `theirs`, how far the topic's state reaches here: in messages ready
/// to send, with numbers from `number` on. Empty where there is nothing.
std::vector<Buffer> encode_news(const FormerContents& former, const TopicPositions& theirs, std::uint64_t number);

/// Adds them to what is there. `each` is called for every message, `changed` for each message that is now the last of
/// its key, maybe again for the same key, and `reaches` for what else is covered from now on. What comes twice is added
/// once. `ordered`: the news came in total order; `memory` is what they lie in. False where they make no sense.
bool add_news(ByteView items, const Buffer& memory, bool ordered, TopicContents& contents,
              const std::function<void(const RetainedMessage&)>& each,
              const std::function<void(const RetainedMessage&)>& changed,
              const std::function<void(const StatePosition&)>& reaches);
/// The same with messages of one topic's records.
void add_former(const std::vector<StoreRecord>& records, bool ordered, TopicContents& contents);

}  // namespace hawser
