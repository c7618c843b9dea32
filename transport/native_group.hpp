// A heavy-weight group on the native engine: agreement on views, virtual synchrony, reliable multicast and order, wired
// together for one group.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "transport/core/rng.hpp"
#include "transport/heavy_group.hpp"
#include "transport/membership/view_agreement.hpp"
#include "transport/multicast/fragments.hpp"
#include "transport/multicast/nak_scheduler.hpp"
#include "transport/multicast/receive_window.hpp"
#include "transport/multicast/send_window.hpp"
#include "transport/multicast/stability.hpp"
#include "transport/ordering/total_order.hpp"
#include "transport/vs/virtual_synchrony.hpp"
#include "transport/wire/packer.hpp"

namespace hawser {

/// Packets of a view that is not installed here yet are kept, at most so many; the rest is repaired later.
inline constexpr std::size_t kEarlyPacketsMax = 1024;
/// One NAK asks for at most so many ranges, and one NAK is answered with at most so many packets.
inline constexpr std::size_t kNakRangesMax = 32;
inline constexpr std::size_t kRepairsPerNakMax = 128;
/// The same packet is not repaired twice within this: the first may be on its way still.
inline constexpr Duration kRepairInterval = std::chrono::milliseconds{3};
/// After the last packet of a burst, its number is announced, so that its loss shows.
inline constexpr Duration kTailDelay = std::chrono::milliseconds{3};

/// One record of the sequencer holds at most so many bytes: it fits into any packet.
inline constexpr std::size_t kSequenceBytesMax = 512;

/// Counts since the start.
struct GroupCounters {
  std::uint64_t packets_sent = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t packets_repaired = 0;
  std::uint64_t repairs_for_others = 0;  ///< of them, packets of another sender
  std::uint64_t start_changes = 0;
  std::uint64_t start_changes_overtaken = 0;  ///< a change began while another was on
  std::uint64_t views_installed = 0;
  std::uint64_t views_completed = 0;  ///< of them, finished because a peer had installed them
  std::uint64_t views_skipped = 0;    ///< given up although a peer had installed them
  std::uint64_t cuts_differed = 0;    ///< views before which companions had to be sent something, or this node
  std::uint64_t proposals_sent = 0;   ///< by multicast
};

/// Threads: single-threaded. `packer` must outlive it.
class NativeGroup final : public HeavyGroup {
 public:
  NativeGroup(GroupId group, const NodeId& self, SendWindowLimits limits, wire::Packer& packer, Rng rng);

  [[nodiscard]] GroupId id() const override { return group_; }
  Status multicast(Order order, std::span<const ByteView> parts, Time now, Outbox& out) override;
  [[nodiscard]] std::uint64_t accepted() const override { return send_.accepted(); }
  [[nodiscard]] std::uint64_t stable() const override { return send_.stable_messages(); }

  /// Membership wants these members, ascending.
  void on_target(const std::vector<NodeId>& members, Time now, Outbox& out);
  void on_proposal(const NodeId& from, wire::Proposal proposal, Time now, Outbox& out);
  void on_sync(const NodeId& from, wire::Sync sync, Time now, Outbox& out);
  void on_completion(const NodeId& from, const wire::Completion& completion) {
    vs_.on_completion(from, completion.view);
  }
  void on_relayed_sync(const wire::RelayedSync& relayed, Time now, Outbox& out);
  /// `records` holds the frame's records.
  void on_data(const wire::Data& data, const Slice& records, Time now, Outbox& out);
  void on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out);
  void on_ack(const NodeId& from, const wire::Ack& ack, Time now, Outbox& out);

  void on_timeout(Time now, Outbox& out);
  /// Sends what waits and the acknowledgements that are due.
  void flush(Time now, Outbox& out);
  /// Adds this node's acknowledgement for everybody; goes with heartbeats.
  void send_ack(Outbox& out);
  /// A peer is gone: its word in agreements counts no more.
  void forget(const NodeId& node) { agreement_.forget(node); }
  /// How many bytes may be on the way unacknowledged: what the smallest receive buffer of the view can take.
  void set_credit(std::size_t bytes);

  [[nodiscard]] Time next_deadline() const;
  [[nodiscard]] const View& view() const { return vs_.current(); }
  [[nodiscard]] const GroupCounters& counters() const { return counters_; }

 private:
  /// A view that was left, kept while companions may still need packets of it.
  struct Former {
    ViewId id;
    std::vector<ReceiveWindow> windows;
    std::set<NodeId> behind;  // companions not yet seen in the next view
  };
  struct Early {
    wire::Data data;
    Slice records;
  };

  // View changes (native_group_views.cpp)
  void apply(const MembershipEvents& events, Time now, Outbox& out);
  void send_proposal(Destination to, Outbox& out);
  void help(const NodeId& behind, Outbox& out);
  void try_install(Time now, Outbox& out);
  void install(const Closing& closing, Time now, Outbox& out);
  void enter_view(const Closing& closing, Time now, Outbox& out);
  void replay_early(Time now, Outbox& out);
  void seen_in_view(const NodeId& node);

  // Streams (native_group.cpp)
  void pump(bool flush, Time now, Outbox& out);
  void say_sequence(Time now, Outbox& out);
  void deliver(Rank origin, Seqno through, Outbox& out);
  void deliver_records(Rank origin, const Slice& records, Outbox& out);
  void deliver_message(Rank origin, RecordKind kind, Slice message, Outbox& out);
  void emit(Rank sender, Order order, Slice payload, Outbox& out);
  void drain_total(Outbox& out);
  void check_gaps(const std::optional<Closing>& closing, Time now, Outbox& out);
  void note_stability();
  void repair(const NodeId& asker, const wire::Nak& nak, std::vector<ReceiveWindow>& windows, bool former, Time now,
              Outbox& out);
  [[nodiscard]] std::vector<Seqno> cut() const;
  [[nodiscard]] bool in_real_view() const { return vs_.current().id.epoch > 0; }

  const GroupId group_;
  const NodeId self_;
  wire::Packer& packer_;
  Rng rng_;
  const NakTimes nak_times_;
  VirtualSynchrony vs_;
  ViewAgreement agreement_;
  SendWindow send_;
  Stability stability_;
  TotalOrder total_;
  Rank self_rank_ = 0;
  std::vector<ReceiveWindow> windows_;  // by rank in the current view, like the next three
  std::vector<NakScheduler> naks_;
  std::vector<Reassembler> reassemblers_;
  std::vector<std::size_t> unacknowledged_bytes_;
  std::optional<Former> former_;
  std::deque<Early> early_;
  std::size_t credit_bytes_ = 64U << 10U;
  Time tail_at_ = kNever;
  GroupCounters counters_;
};

}  // namespace hawser
