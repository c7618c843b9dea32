// One order for the whole group: the member of rank 0 says whose message is next.
// Source: the fixed sequencer of the literature (Défago, Schiper, Urbán 2004, section 4.1), as in Isis' ABCAST.
// Departs: the sequencer's word is a record in its own FIFO stream, so virtual synchrony carries it, and what it did
// not get to say when a view ends is settled by (rank, number), the same everywhere without another message.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {

/// A sequence record with one run in it takes at most this.
inline constexpr std::size_t kSequenceBytesMin = 8 + 13;

/// "The next `count` messages are `sender`'s."
struct SequenceRun {
  Rank sender = 0;
  std::uint64_t count = 0;
};

/// A message whose turn has come.
struct TotalMessage {
  Rank sender = 0;
  std::uint8_t kind = 0;  ///< as it was given to on_message(): nothing to this machine
  Slice payload;
};

/// Inputs come in each sender's FIFO order. Invariant: a message waits in its sender's queue until its turn.
class TotalOrder {
 public:
  void start_view(ViewId view, std::size_t members, Rank self);

  void on_message(Rank sender, std::uint8_t kind, Slice payload);
  /// A sequence record of rank 0. Bad or of another view: ignored.
  void on_sequence(ByteView record);

  /// The next message whose turn has come; nothing while it is not here, or nothing is ordered.
  std::optional<TotalMessage> next();
  /// As next(), for the end of a view: turns whose message nobody left has are skipped, then what nobody ordered
  /// follows by (rank, number).
  std::optional<TotalMessage> next_leftover();

  /// Where this node is the sequencer and has something to say: a record to multicast, of at most `bytes_max` bytes (at
  /// least kSequenceBytesMin). Empty when all is said.
  [[nodiscard]] std::vector<std::byte> take_sequence(std::size_t bytes_max);

 private:
  std::optional<TotalMessage> pop(Rank sender);

  ViewId view_;
  bool sequencer_ = false;
  std::vector<std::deque<TotalMessage>> waiting_;  // by sender
  std::deque<SequenceRun> turns_;
  std::vector<SequenceRun> unsaid_;  // the sequencer's own: heard, not announced yet
};

}  // namespace hawser
