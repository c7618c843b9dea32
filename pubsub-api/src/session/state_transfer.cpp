#include "pubsub-api/src/session/state_transfer.hpp"

#include <algorithm>

#include "transport/core/fault.hpp"

namespace hawser {
namespace {

// Fills messages with items, one after the other.
class Chunker {
 public:
  explicit Chunker(const StateCut& cut) : cut_(cut) { begin(); }

  void add(const StateItem& item) {
    const std::size_t bytes_max = item_bytes_max(item);
    if (has_items_ && size_ + bytes_max > kStateChunkBytes) {
      close(false);
      begin();
    }
    Writer writer = writer_of(bytes_max);
    write_item(item, writer);
    size_ += writer.size();
    has_items_ = true;
  }

  std::vector<Buffer> finish() {
    close(true);
    return std::move(chunks_);
  }

 private:
  void begin() {
    size_ = 0;
    has_items_ = false;
    Writer writer = writer_of(kStateHeaderBytesMax);
    encode_state_header({.cut = cut_, .index = chunks_.size(), .last = false, .items = {}}, writer);
    size_ = writer.size();
  }

  void close(bool last) {
    scratch_[kStateLastOffset] = static_cast<std::byte>(last ? 1 : 0);
    chunks_.push_back(Buffer::copy_of(ByteView{scratch_}.first(size_)));
  }

  Writer writer_of(std::size_t bytes) {
    if (scratch_.size() < size_ + bytes) scratch_.resize(size_ + bytes);
    return Writer{std::span{scratch_}.subspan(size_)};
  }

  StateCut cut_;
  std::vector<Buffer> chunks_;
  std::vector<std::byte> scratch_;
  std::size_t size_ = 0;
  bool has_items_ = false;
};

}  // namespace

// Values that the history has are not sent twice.
std::vector<Buffer> encode_state(const TopicStore& store, const TopicLog& log, const StateLast& last,
                                 const TopicPositions& positions, std::uint64_t lamport, const StateCut& cut) {
  Chunker chunker{cut};
  chunker.add(StateClock{lamport, positions.complete()});
  for (const StatePosition& position : positions.all()) chunker.add(position);
  const TopicLog::Floor& floor = log.floor();
  if (floor.newest > 0) chunker.add(StateLogFloor{floor.time, floor.lamport, floor.publisher, floor.newest});
  log.for_each([&](const RetainedMessage& message) { chunker.add(message); });
  std::size_t left = store.size();
  store.for_each([&](const RetainedMessage& message) {
    --left;
    if (left == 0 && HAWSER_FAULT("session_snapshot_misses_last")) return;
    if (!message.logged) chunker.add(message);
  });
  if (last.number > 0) chunker.add(last);
  return chunker.finish();
}

bool StateArrival::add(const StateChunk& chunk, const Slice& message) {
  if (chunk.index != parts_.size()) return false;
  parts_.push_back({chunk.items, message});
  return chunk.last;
}

}  // namespace hawser
