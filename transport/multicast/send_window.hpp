// One sender's way out: messages are packed into packets, packets wait for credit, what was sent is counted until it is
// at every member.
//
// Bulk messages wait in a queue of their own and are cut when their turn comes: each begins when all that was accepted
// before it has gone out, and from then on its pieces and what is accepted later take turns, a packet each.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/result.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/multicast/receive_window.hpp"
#include "transport/multicast/records.hpp"

namespace hawser {

/// So many packets that are not at every member yet are the most, whatever credit says: receivers keep all of them.
inline constexpr std::uint64_t kUnstablePacketsMax = kReceiveWindowPackets / 2;

struct SendWindowLimits {
  std::size_t datagram_bytes_max = 1472;
  /// Accepted and not sent: of bulk messages, and of all others; when full, append() says would_block.
  std::size_t queue_bytes_max = 64U << 20U;
};

/// What a packet of `records_bytes` takes of its sender's credit: the datagram, and about what a socket buffer needs
/// beside it, so that small packets do not look free. Both ends count like this.
std::size_t credit_cost(std::size_t records_bytes);

/// What append() says where it refuses.
[[nodiscard]] Error too_large(std::size_t message_bytes);
[[nodiscard]] Error send_queue_full();

/// A packet on its way: the whole datagram, ready but for its headers.
struct Packet {
  Buffer datagram;
  std::uint64_t first_message = 0;   ///< the number of its first message; without any: of the next to be accepted
  bool ends_inside_message = false;  ///< its last record is a first or middle piece, and no bulk message's
  bool starts_message = false;       ///< its first record is such a first piece
  [[nodiscard]] Slice records() const;
  // Without the headers, which are not written yet.
  void add_to(StateDigest& digest) const {
    digest.add(datagram ? records() : Slice{}, first_message, ends_inside_message, starts_message);
  }
};

/// A message that did not go out.
struct UnsentRecord {
  RecordKind kind = RecordKind::fifo;
  Slice head;
  Slice rest{};  ///< where it was kept
  void add_to(StateDigest& digest) const { digest.add(kind, head, rest); }
};

/// Numbers count from 1 in every view. What waits when a view ends goes out in the next; a message of which only some
/// pieces went out starts anew there.
class SendWindow {
 public:
  SendWindow(GroupId group, SendWindowLimits limits);

  /// Takes the concatenation of `parts`: bulk messages keep what can be kept, all else is copied. Errors: would_block,
  /// too_large.
  Status append(RecordKind kind, const Parts& parts);

  /// For the transport's own short records: not counted as a message, and taken even when the queue is full.
  void append_internal(RecordKind kind, ByteView record);

  /// Ends this node's stream in the current view with `record`, at once: whatever waits and whatever credit says.
  void take_last(RecordKind kind, ByteView record, Packet& packet, Seqno& seqno);

  /// A new view begins: numbers start again, and what was sent in the old one counts as stable.
  void start_view(ViewId view, Rank self);
  /// The same, but what was sent in the old view counts as on its way until on_former_stable() says otherwise.
  void start_next_view(ViewId view, Rank self);
  /// What was sent in the oldest of the views that start_next_view() has left is at everyone who needs it.
  void on_former_stable();
  /// Takes out what was accepted and did not go out, in order, bulk messages last; of it, what multicast() took. Until
  /// settle_given_back() it counts as on its way, from then on as stable.
  std::vector<UnsentRecord> take_unsent();
  /// A message counts as accepted, and as given back by take_unsent().
  void count_as_given_back();
  void settle_given_back();
  void set_credit(std::size_t bytes) { credit_bytes_ = bytes; }

  /// Takes the next packet that credit allows, with its preamble written; nothing where there is none. `flush` lets a
  /// packet go that is not full.
  bool take(bool flush, Packet& packet, Seqno& seqno);
  /// Takes the next packet, full or not, whatever credit and kUnstablePacketsMax say.
  bool take_in_any_case(Packet& packet, Seqno& seqno);
  /// Packets up to `seqno` are at every member whose pace counts: what they took of the credit is free again.
  void on_credited(Seqno seqno);
  /// All packets up to `seqno` are at every member.
  void on_stable(Seqno seqno);
  /// A whole packet waits for credit.
  [[nodiscard]] bool is_held_up() const {
    return (!queue_.empty() && !has_room_for(queue_.front().datagram.size())) ||
           (may_send_bulk() && !has_room_for(next_piece_bytes_max()));
  }

  [[nodiscard]] Seqno last_sent() const { return last_sent_; }
  [[nodiscard]] Seqno stable_seqno() const { return stable_; }
  [[nodiscard]] bool has_unstable() const { return stable_ < last_sent_; }
  [[nodiscard]] bool has_waiting() const { return !queue_.empty() || open_records_ > 0 || !bulk_.empty(); }
  /// Of datagrams, headers included, and of bulk messages.
  [[nodiscard]] std::size_t waiting_bytes() const {
    return queue_bytes_ + (open_.datagram ? open_.datagram.size() : 0) + bulk_bytes_;
  }
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  [[nodiscard]] std::uint64_t stable_messages() const {
    return former_.empty() ? stable_messages_ : former_.front().messages_before;
  }

  void add_to(StateDigest& digest) const {
    digest.add(view_, self_, open_, open_records_, queue_, unfinished_, sent_, former_, uncredited_bytes_, credited_);
    digest.add(credit_bytes_, last_sent_, stable_, accepted_, sent_messages_, stable_messages_);
    digest.add(bulk_, bulk_offset_, bulk_is_next_, first_given_back_);
  }

 private:
  struct Bulk {
    std::uint64_t as;          // which of all that were accepted
    std::size_t packets_left;  // that are to go out before it
    Slice head;
    Slice rest;
    [[nodiscard]] std::size_t bytes() const { return head.size() + rest.size(); }
    void add_to(StateDigest& digest) const { digest.add(as, packets_left, head, rest); }
  };
  struct Former {
    std::size_t bytes;              ///< of its credit, not free again
    std::uint64_t messages_before;  ///< stable in any case
  };
  struct Sent {
    std::size_t bytes;
    std::uint64_t messages_through;
  };
  void append_whole(RecordKind kind, std::span<const ByteView> parts, std::size_t bytes);
  void append_pieces(RecordKind kind, std::span<const ByteView> parts, std::size_t bytes);
  void append_bulk(const Parts& parts);
  [[nodiscard]] static std::size_t cost_of(const Bulk& bulk) { return bulk.bytes() + sizeof(Bulk); }
  [[nodiscard]] bool may_send_bulk() const { return !bulk_.empty() && bulk_.front().packets_left == 0; }
  [[nodiscard]] std::size_t next_piece_bytes_max() const;
  [[nodiscard]] bool is_turn_of_bulk() const;
  Packet cut_bulk();
  Packet take_queued();
  [[nodiscard]] std::size_t open_room() const;
  [[nodiscard]] std::size_t records_max() const;
  [[nodiscard]] bool has_room_for(std::size_t datagram_bytes) const;
  [[nodiscard]] std::uint64_t messages_complete() const;
  void ensure_open();
  void close_open();
  void requeue_unfinished();
  void write_headers(Packet& packet, Seqno seqno) const;
  void count_sent(const Packet& packet, Seqno& seqno);
  void count_again();

  const GroupId group_;
  const SendWindowLimits limits_;
  ViewId view_;
  Rank self_ = 0;

  Packet open_;
  std::size_t open_records_ = 0;
  std::deque<Packet> queue_;  // closed, not sent
  std::size_t queue_bytes_ = 0;
  std::vector<Packet> unfinished_;  // sent, of a message whose last piece is not sent yet; of no bulk message
  std::deque<Bulk> bulk_;
  std::size_t bulk_bytes_ = 0;
  std::size_t bulk_awaits_ = 0;  // of all of them: the sum of packets_left
  std::size_t bulk_offset_ = 0;  // so much of the first one has gone out in this view
  bool bulk_is_next_ = false;    // where both could go

  std::deque<Sent> sent_;      // not stable yet
  std::deque<Former> former_;  // oldest first
  std::size_t uncredited_bytes_ = 0;
  Seqno credited_;
  std::size_t credit_bytes_ = 64U << 10U;
  Seqno last_sent_;
  Seqno stable_;
  std::uint64_t accepted_ = 0;
  std::optional<std::uint64_t> first_given_back_;  // of those that are not settled yet
  std::uint64_t sent_messages_ = 0;
  std::uint64_t stable_messages_ = 0;
};

}  // namespace hawser
