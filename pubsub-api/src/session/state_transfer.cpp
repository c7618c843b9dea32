#include "pubsub-api/src/session/state_transfer.hpp"

#include <set>
#include <string_view>

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

template <typename Visit>
void for_each_message_of(const std::vector<Buffer>& state, Visit visit) {
  for_each_item_of(state, [&](const StateItem& item) {
    if (const auto* message = std::get_if<RetainedMessage>(&item)) visit(*message);
  });
}

// What whoever has all that `base` covers need not be sent of a state.
class LeftOut {
 public:
  LeftOut(const std::vector<Buffer>& whole, const TopicPositions& base) : base_(base) {
    for_each_message_of(whole, [this](const RetainedMessage& message) { look_at_place(message); });
    if (!history_goes_on_) logged_ = 0;
    for_each_message_of(whole, [this](const RetainedMessage& message) {
      if (message.logged && !has(message)) keys_sent_.insert(message.key);
    });
  }

  [[nodiscard]] bool has(const StateItem& item) const {
    const auto* message = std::get_if<RetainedMessage>(&item);
    return message != nullptr && has(*message);
  }
  /// Of the history.
  [[nodiscard]] std::uint64_t logged() const { return logged_; }

 private:
  // In total order the rest of the history is added after what is there already. News that stand before it are not.
  void look_at_place(const RetainedMessage& message) {
    if (!message.logged) return;
    if (is_covered(message)) {
      ++logged_;
      history_goes_on_ = history_goes_on_ && !has_more_;
    } else {
      has_more_ = has_more_ || message.ordered;
    }
  }
  // What comes into the history for a key becomes its value, so the right one is to come after it.
  [[nodiscard]] bool has(const RetainedMessage& message) const {
    if (!is_covered(message)) return false;
    return message.logged ? history_goes_on_ : !keys_sent_.contains(message.key);
  }
  [[nodiscard]] bool is_covered(const RetainedMessage& message) const {
    return base_.of(message.publisher) >= message.number;
  }

  const TopicPositions& base_;
  std::uint64_t logged_ = 0;
  bool history_goes_on_ = true;
  bool has_more_ = false;
  std::set<std::string_view> keys_sent_;  // In the history; they lie in the state.
};

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
  const LeftOut left_out{whole, base};
  ItemChunker chunker = chunker_of(cut);
  chunker.add(StateLeftOut{left_out.logged()});
  for (const StatePosition& position : base.all()) chunker.add(StateBase{position.publisher, position.number});
  for_each_item_of(whole, [&](const StateItem& item) {
    if (!left_out.has(item)) chunker.add(item);
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
