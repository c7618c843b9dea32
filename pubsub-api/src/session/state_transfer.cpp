#include "pubsub-api/src/session/state_transfer.hpp"

#include "pubsub-api/src/session/item_chunker.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
// Values that the history has are not sent twice.
std::vector<Buffer> encode_state(const TopicContents& contents, std::uint64_t lamport, const StateCut& cut) {
  ItemChunker chunker{[&](std::size_t index, Writer& into) {
    encode_state_header({.cut = cut, .index = index, .last = false, .items = {}}, into);
  }};
  chunker.add(StateClock{lamport, contents.positions.complete()});
  for (const StatePosition& position : contents.positions.all()) chunker.add(position);
  const TopicLog::Floor& floor = contents.log.floor();
  if (floor.newest > 0) chunker.add(StateLogFloor{floor.time, floor.lamport, floor.publisher, floor.newest});
  contents.log.for_each([&](const RetainedMessage& message) { chunker.add(message); });
  std::size_t left = contents.values.size();
  contents.values.for_each([&](const RetainedMessage& message) {
    --left;
    if (left == 0 && HAWSER_FAULT("session_snapshot_misses_last")) return;
    if (!message.logged) chunker.add(message);
  });
  if (contents.last.number > 0) chunker.add(contents.last);
  return chunker.finish();
}

bool StateArrival::add(const StateChunk& chunk, const Slice& message) {
  if (chunk.index != parts_.size()) return false;
  parts_.push_back({chunk.items, message});
  return chunk.last;
}

}  // namespace hawser
