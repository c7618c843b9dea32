#include "pubsub-api/src/session/state_transfer.hpp"

#include "pubsub-api/src/session/item_chunker.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

ItemChunker chunker_of(const StateCut& cut) {
  return ItemChunker{[cut](std::size_t index, Writer& into) {
    encode_state_header({.cut = cut, .index = index, .last = false, .items = {}}, into);
  }};
}

template <typename Visit>
void for_each_item_of(const std::vector<Buffer>& state, Visit visit) {
  for (const Buffer& message : state) {
    const auto chunk = decode_state(message.bytes());
    HAWSER_CHECK(chunk);
    Reader from{chunk->items};
    while (const auto item = read_item(from)) visit(*item);
  }
}

}  // namespace

// Values that the history has are not sent twice.
std::vector<Buffer> encode_state(const TopicContents& contents, std::uint64_t lamport, const StateCut& cut) {
  ItemChunker chunker = chunker_of(cut);
  chunker.add(StateClock{lamport, contents.positions.complete()});
  for (const std::uint64_t id : contents.lineage.all()) chunker.add(StateLineage{id});
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

// What it is to be added to stands before everything else.
std::vector<Buffer> encode_difference(const std::vector<Buffer>& whole, const TopicPositions& base,
                                      const StateCut& cut) {
  const auto is_left_out = [&](const StateItem& item) {
    const auto* message = std::get_if<RetainedMessage>(&item);
    return message != nullptr && base.of(message->publisher) >= message->number;
  };
  StateLeftOut left_out;
  for_each_item_of(whole, [&](const StateItem& item) {
    if (is_left_out(item) && std::get<RetainedMessage>(item).logged) ++left_out.logged;
  });
  ItemChunker chunker = chunker_of(cut);
  chunker.add(left_out);
  for (const StatePosition& position : base.all()) chunker.add(StateBase{position.publisher, position.number});
  for_each_item_of(whole, [&](const StateItem& item) {
    if (!is_left_out(item)) chunker.add(item);
  });
  return chunker.finish();
}

bool StateArrival::add(const StateChunk& chunk, const Slice& message) {
  if (chunk.index != parts_.size()) return false;
  parts_.push_back({chunk.items, message});
  return chunk.last;
}

std::optional<StateDifference> StateArrival::difference() const {
  std::optional<StateDifference> difference;
  for (const Part& part : parts_) {
    Reader from{part.items};
    while (const auto item = read_item(from)) {
      if (const auto* left_out = std::get_if<StateLeftOut>(&*item)) {
        difference = StateDifference{{}, left_out->logged};
      } else if (const auto* base = std::get_if<StateBase>(&*item); base != nullptr && difference) {
        difference->base.raise(base->publisher, base->number);
      } else {
        return difference;
      }
    }
  }
  return difference;
}

}  // namespace hawser
