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
#include "transport/core/state_digest.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {

/// A sequence record with one run in it takes at most this.
inline constexpr std::size_t kSequenceBytesMin = 8 + 13;

/// "The next `count` messages are `sender`'s."
struct SequenceRun {
  Rank sender = 0;
  std::uint64_t count = 0;
  Seqno packet;  ///< the sequencer's, that says so
};

/// A message whose turn has come.
struct TotalMessage {
  Rank sender = 0;
  std::uint8_t kind = 0;  ///< as it was given to on_message(): nothing to this machine
  Seqno packet;           ///< of its sender, that it was complete with
  Slice payload;
};

/// Whose turn has come.
struct Turn {
  const TotalMessage& message;
  Seqno said;  ///< the sequencer's packet that says so
};

/// Inputs come in each sender's FIFO order. Invariant: a message waits in its sender's queue until its turn.
class TotalOrder {
 public:
  void start_view(ViewId view, std::size_t members, Rank self);

  void on_message(TotalMessage message);
  /// A sequence record of rank 0, in its packet of that number. Bad or of another view: ignored.
  void on_sequence(ByteView record, Seqno packet);

  /// The next message, if it is here and its turn has come. Valid until the next call of a non-const method.
  [[nodiscard]] std::optional<Turn> upcoming() const;
  /// Takes that message.
  std::optional<TotalMessage> next();
  /// What is left when a view ends and nothing more of it will come: messages of those members alone that go on
  /// together (by rank), in their turn as far as that is known, then by (rank, number). What the others sent may follow
  /// from messages that nobody left has, so it is lost with these.
  std::optional<TotalMessage> next_leftover(const std::vector<bool>& goes_on);

  /// Where this node is the sequencer and has something to say: a record to multicast, of at most `bytes_max` bytes (at
  /// least kSequenceBytesMin). Empty when all is said.
  [[nodiscard]] std::vector<std::byte> take_sequence(std::size_t bytes_max);

  void add_to(StateDigest& digest) const { digest.add(view_, sequencer_, waiting_, turns_, unsaid_); }

 private:
  std::optional<TotalMessage> pop(Rank sender);

  ViewId view_;
  bool sequencer_ = false;
  std::vector<std::deque<TotalMessage>> waiting_;  // by sender
  std::deque<SequenceRun> turns_;
  std::vector<SequenceRun> unsaid_;  // the sequencer's own: heard, not announced yet
};

}  // namespace hawser
