// Fills messages with state items, one after the other.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "pubsub-api/src/session/topic_message.hpp"
#include "transport/core/buffer.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {

/// A state's messages stay below this, so that they do not hold up the topic's live ones; a single retained message
/// that is longer has a message of its own.
inline constexpr std::size_t kStateChunkBytes = std::size_t{32} << 10;

/// Threads: single-threaded.
class ItemChunker {
 public:
  /// Writes at most kStateHeaderBytesMax for the message of this index, as for one that is not the last; the byte at
  /// kLastOffset says whether it is.
  using Header = std::function<void(std::size_t index, Writer& into)>;
  explicit ItemChunker(Header header) : header_(std::move(header)) { begin(); }

  void add(const StateItem& item);
  /// All of them, ready to send; at least one.
  std::vector<Buffer> finish();

 private:
  void begin();
  void close(bool last);
  Writer writer_of(std::size_t bytes);

  Header header_;
  std::vector<Buffer> chunks_;
  std::vector<std::byte> scratch_;
  std::size_t size_ = 0;
  bool has_items_ = false;
};

}  // namespace hawser
