#include "pubsub-api/src/session/item_chunker.hpp"

#include <span>
#include <utility>

namespace hawser {

void ItemChunker::add(const StateItem& item) {
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

std::vector<Buffer> ItemChunker::finish() {
  close(true);
  return std::move(chunks_);
}

void ItemChunker::begin() {
  size_ = 0;
  has_items_ = false;
  Writer writer = writer_of(kStateHeaderBytesMax);
  header_(chunks_.size(), writer);
  size_ = writer.size();
}

void ItemChunker::close(bool last) {
  scratch_[kLastOffset] = static_cast<std::byte>(last ? 1 : 0);
  chunks_.push_back(Buffer::copy_of(ByteView{scratch_}.first(size_)));
}

Writer ItemChunker::writer_of(std::size_t bytes) {
  if (scratch_.size() < size_ + bytes) scratch_.resize(size_ + bytes);
  return Writer{std::span{scratch_}.subspan(size_)};
}

}  // namespace hawser
