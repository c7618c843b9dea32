// Causal order: a message waits for what its sender had been delivered when it sent it.
// Source: Birman, Schiper, Stephenson, "Lightweight causal and atomic group multicast", TOCS 1991 (CBCAST). Departs:
// the clock counts packets of each member's stream, of whatever class of message, and the total order's messages; and a
// message says only what has changed since its sender's last one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

struct CausalMessage {
  Rank sender = 0;
  Slice payload;
};

/// What has been delivered in a view so far.
struct CausalClock {
  std::vector<Seqno> packets;  ///< by rank: every message in packets up to here, but for causal ones that wait
  std::uint64_t total_messages = 0;
};

/// Inputs come in each sender's FIFO order. Invariant: a message waits in its sender's queue until all that it depends
/// on is delivered. So nothing of this node's own ever waits.
class CausalOrder {
 public:
  void start_view(ViewId view, std::size_t members);

  /// What is to stand before the bytes of a message that this node sends now.
  [[nodiscard]] std::vector<std::byte> stamp(const CausalClock& clock) const;
  /// The message with that stamp is on its way: the next one need not say it again.
  void on_stamped(const CausalClock& clock);
  /// The message's own bytes.
  [[nodiscard]] static Slice without_stamp(const Slice& message);

  /// A stamped message in its sender's packet of that number; of a former view: what it depends on was delivered there.
  /// False where the stamp is malformed.
  [[nodiscard]] bool on_message(Rank sender, Seqno packet, const Slice& message);
  /// The next message that waits for nothing any more. To be called when all messages of a packet have been dealt with.
  [[nodiscard]] std::optional<CausalMessage> next(const CausalClock& clock);
  [[nodiscard]] bool has_waiting() const;

  void add_to(StateDigest& digest) const { digest.add(view_, said_, waiting_); }

 private:
  /// On one member's stream: of its packets, all up to `packet` were here, and their messages delivered, but for causal
  /// ones beyond `causal`.
  struct Reach {
    Seqno packet;
    Seqno causal;
    bool operator==(const Reach&) const = default;
  };
  struct Dependency {
    Rank rank = 0;
    Reach reach;
  };
  struct Waiting {
    Seqno packet;
    std::uint64_t total_messages = 0;
    std::vector<Dependency> dependencies;
    Slice payload;
  };
  [[nodiscard]] Reach reach(Rank rank, const CausalClock& clock) const;
  [[nodiscard]] bool is_due(const Waiting& message, const CausalClock& clock) const;

  ViewId view_;
  std::vector<Reach> said_;                   // by rank, in this node's last stamp
  std::vector<std::deque<Waiting>> waiting_;  // by sender
};

}  // namespace hawser
