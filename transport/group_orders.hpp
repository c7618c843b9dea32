// In which order the messages of a group's view are delivered: what each class waits for, on top of FIFO streams.
//
//   unordered  nothing, and fifo nothing but its stream: they are not given to this machine
//   total      its turn, which the member of rank 0 gives (ordering/total_order.hpp)
//   safe       besides, until every member has it, the packet that gave it its turn, and all that has its turn before
//   causal     what its stamp names (ordering/causal_order.hpp)
//   gbcast     the end of the view
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/multicast/records.hpp"
#include "transport/multicast/stability.hpp"
#include "transport/ordering/causal_order.hpp"
#include "transport/ordering/total_order.hpp"

namespace hawser {

struct OrderedMessage {
  Rank sender = 0;
  RecordKind kind = RecordKind::total;  ///< total for a safe one that the end of the view has overtaken
  Slice payload;
};

/// Inputs come in each sender's FIFO order. Threads: single-threaded.
class GroupOrders {
 public:
  void start_view(ViewId view, std::size_t members, Rank self);

  /// A message of any order but FIFO, a word of the control group's, or a sequence record, complete with its sender's
  /// `packet`.
  void on_message(Rank sender, Seqno packet, RecordKind kind, Slice message);
  /// All messages of the packet have been given to on_message(), or delivered.
  void on_packet(Rank sender, Seqno packet) { clock_.packets[sender] = packet; }

  /// The next message that waits for nothing any more; nothing where there is none. To be asked after each input, and
  /// when `stability` has grown.
  [[nodiscard]] std::optional<OrderedMessage> next(const Stability& stability);
  /// As next(), when everyone who goes on has been given all that there is: no safe message waits any longer.
  [[nodiscard]] std::optional<OrderedMessage> next_overtaken();
  /// What is left then: messages whose turn cannot be known, of those members that go on together (by rank), in an
  /// order that all of them find alike, and after them what waits for the end of the view. A causal message that
  /// depends on what nobody left has is lost: its sender is not left either.
  [[nodiscard]] std::optional<OrderedMessage> next_leftover(const std::vector<bool>& goes_on);

  /// What is to stand before a causal message of this node's that is sent now.
  [[nodiscard]] std::vector<std::byte> stamp() const { return causal_.stamp(clock_); }
  /// It was accepted.
  void on_stamped() { causal_.on_stamped(clock_); }
  /// As TotalOrder::take_sequence.
  [[nodiscard]] std::vector<std::byte> take_sequence(std::size_t bytes_max) { return total_.take_sequence(bytes_max); }
  /// A safe message waits: acknowledgements are urgent.
  [[nodiscard]] bool awaits_acknowledgements() const { return safe_waiting_ > 0; }

  void add_to(StateDigest& digest) const { digest.add(total_, causal_, clock_, taken_, safe_waiting_, last_); }

 private:
  [[nodiscard]] bool may_pass(const Turn& turn, const Stability& stability) const;
  OrderedMessage take_total(TotalMessage message);
  OrderedMessage take_overtaken(TotalMessage message);
  std::optional<OrderedMessage> next_causal();

  TotalOrder total_;
  CausalOrder causal_;
  CausalClock clock_;
  std::vector<Seqno> taken_;  // by sender: the last packet with a message that had its turn
  std::size_t safe_waiting_ = 0;
  std::vector<std::deque<Slice>> last_;  // gbcast, by sender
};

}  // namespace hawser
