// Puts one sender's pieces together again. They come in order, so there is no bookkeeping but the bytes so far.
#pragma once

#include <optional>

#include "transport/core/buffer.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/multicast/records.hpp"

namespace hawser {

/// Of one sequence of pieces, in which nothing lies between those of a message.
class Reassembler {
 public:
  /// The whole message when `record` is its last piece. A whole record must not come here.
  std::optional<Slice> on_piece(const Record& record);
  /// Forgets a message that has begun: its view is over, and its sender starts it anew in the next.
  void reset() { message_ = {}; }

  void add_to(StateDigest& digest) const { digest.add(message_); }

 private:
  Buffer message_;
};

/// Of all that one sender sends: bulk messages may have others between their pieces.
struct Reassemblers {
  std::optional<Slice> on_piece(const Record& record) {
    return (record.kind == RecordKind::bulk ? bulk : others).on_piece(record);
  }
  void add_to(StateDigest& digest) const { digest.add(bulk, others); }

  Reassembler bulk;
  Reassembler others;
};

}  // namespace hawser
