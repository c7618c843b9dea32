// The streams of one group: reliable multicast and order among the members of its view, and its way from view to view.
// Who is in the next view is decided elsewhere: for all groups at once by the domain's view changes
// (native_groups.hpp), for this one alone by arrangements.
//
//   outside   no view. Arranged in → opening
//   steady    sends and delivers. Arranged anew: it is held first where the application wants that
//   closing   arranged anew: its close record is out; what it is given to send waits; delivers until every member has
//             closed. Then → opening in the next view, or outside
//   opening   delivers, but sends nothing until every member of the view before is known to be in this one: who has
//             heard anything here can be sure that they all have all of the view before. Then → steady
//   frozen    the domain is changing its view: sends and delivers nothing but what close_to() names; then enter(), or
//             outside
//
// Invariant: a packet is forgotten only when everyone who may still need it has it: in the current view when all
// members acknowledged it, in a former one when all who moved on are known to have left that view behind.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "transport/arrangement.hpp"
#include "transport/core/fault.hpp"
#include "transport/core/rng.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/group_orders.hpp"
#include "transport/heavy_group.hpp"
#include "transport/multicast/fragments.hpp"
#include "transport/multicast/laggards.hpp"
#include "transport/multicast/nak_scheduler.hpp"
#include "transport/multicast/receive_window.hpp"
#include "transport/multicast/repair_budget.hpp"
#include "transport/multicast/send_window.hpp"
#include "transport/multicast/stability.hpp"
#include "transport/multicast/stragglers.hpp"
#include "transport/primary/primary_component.hpp"
#include "transport/vs/hold.hpp"
#include "transport/vs/virtual_synchrony.hpp"
#include "transport/wire/packer.hpp"

namespace hawser {

/// Packets of a view that is not installed here yet are kept, at most so many; the rest is repaired later.
inline constexpr std::size_t kEarlyPacketsMax = 1024;
/// One NAK asks for at most so many ranges, and one NAK is answered with at most so many packets.
inline constexpr std::size_t kNakRangesMax = 32;
inline constexpr std::size_t kRepairsPerNakMax = 128;
/// Beyond gaps, of all senders together, at most so many ranges of packets are looked into for what needs no order: the
/// sync message names each. The rest waits until the gap is closed.
inline constexpr std::size_t kRangesAheadMax = 64;
/// After the last packet of a burst, its number is announced, so that its loss shows.
inline constexpr Duration kTailDelay = std::chrono::milliseconds{3};
/// What waits to be sent in a group that may be held goes out at once when it is; so more than this is refused.
inline constexpr std::size_t kHoldQueueBytesMax = 1U << 20U;
/// Of a node's own messages that wait for the end of the view (gbcast) so many bytes are taken.
inline constexpr std::size_t kLastBytesMax = 1U << 20U;
/// Of a node's own messages that have no place in the total order yet, so many bytes are taken: everybody keeps them.
inline constexpr std::size_t kTurnBytesMax = std::size_t{64} << 20U;
/// One record of the sequencer holds at most so many bytes: it fits into any packet.
inline constexpr std::size_t kSequenceBytesMax = 512;

/// Counts since the start, of all groups together.
struct GroupCounters {
  std::uint64_t packets_sent = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t packets_repaired = 0;
  std::uint64_t repairs_for_others = 0;  ///< of them, packets of another sender
  std::uint64_t repairs_put_off = 0;     ///< NAKs of which not all was sent at once
  std::uint64_t start_changes = 0;
  std::uint64_t start_changes_overtaken = 0;  ///< a change began while another was on
  std::uint64_t views_installed = 0;          ///< of the control group
  std::uint64_t group_views_installed = 0;    ///< of all other groups
  std::uint64_t views_completed = 0;          ///< of the control group's, finished because a peer had installed them
  std::uint64_t views_skipped = 0;            ///< given up although a peer had installed them
  std::uint64_t cuts_differed = 0;            ///< views before which companions had to be sent something, or this node
  std::uint64_t proposals_sent = 0;           ///< by multicast
  std::uint64_t arrangements = 0;             ///< heard of
  std::uint64_t packets_ahead = 0;            ///< looked into ahead of a gap, for what needs no order
  std::uint64_t cuts_ahead = 0;               ///< view changes that found such packets, their gap still open
  std::uint64_t primaries = 0;                ///< control views that became primary here
  std::uint64_t attempts_cut_short = 0;       ///< … that began to change while it was open whether they would
  std::uint64_t slow_members = 0;             ///< how often one was left out of the credit
};

/// What the groups of a node share; must outlive them.
struct GroupSurroundings {
  NodeId self;
  SendWindowLimits limits;
  wire::Packer& packer;
  GroupCounters& counters;
  std::size_t credit_bytes;
  const PrimaryComponent& primary;
  RepairBudget repairs;          ///< by multicast
  RepairBudget repairs_alone;    ///< for one member each
  std::vector<NodeId> outvoted;  ///< found to stay behind by most members of a group
  std::set<GroupId> busy;        ///< those that need time and flushes, the control group aside: it always does
  bool change_waits = false;     ///< for a group to be held: others may be frozen already, and acknowledge nothing new
};

/// Threads: single-threaded.
class GroupStreams final : public HeavyGroup {
 public:
  GroupStreams(GroupId group, GroupSurroundings& around, Rng rng);

  [[nodiscard]] GroupId id() const override { return group_; }
  Status multicast(Order order, const Parts& parts, Time now, Outbox& out) override;
  void set_primary_only(bool wanted) override { primary_only_ = wanted; }
  void set_hold(bool wanted) override;
  void hold_ok(ViewId view) override;
  [[nodiscard]] std::optional<ViewId> promised_view() const override;
  [[nodiscard]] std::uint64_t accepted() const override { return send_.accepted(); }
  [[nodiscard]] std::uint64_t stable() const override { return send_.stable_messages(); }

  // ---- Streams
  Status send(RecordKind kind, const Parts& parts, Time now, Outbox& out);
  /// `records` holds the frame's records.
  void on_data(const wire::Data& data, const Slice& records, Time now, Outbox& out);
  void on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out);
  void on_ack(const NodeId& from, const wire::Ack& ack, Time now, Outbox& out);
  /// A member acknowledges, in this view or in another one.
  void on_heard(const NodeId& from);
  /// `closing`: what the domain's change has come to; nullptr where there is none.
  void on_timeout(const Closing* closing, Time now, Outbox& out);
  /// Sends what waits and the acknowledgements that are due.
  void flush(Time now, Outbox& out);
  /// Adds this node's acknowledgement for everybody; goes with heartbeats.
  void send_ack(std::uint64_t arranged, Outbox& out);
  void on_credit_changed();
  [[nodiscard]] Time next_deadline() const;
  /// Joins the busy ones. To be called after every input that does not do so itself (multicast() does).
  void touch();
  /// Leaves them where it needs no flush(), no on_timeout() and no heartbeat's send_ack(). True where it has left.
  bool rest();

  // ---- Views
  /// The next view of this group, by the control view's arrangement of this number, and who was in it before. To be
  /// called in their order.
  void on_arrangement(View next, std::vector<NodeId> old_members, std::uint64_t number, Time now, Outbox& out);
  /// The present view, or the last one that is arranged, ends; `next` has its members. As on_arrangement().
  void on_renewal(View next, std::uint64_t number, Time now, Outbox& out);
  /// The present view is to end. False while the application must be waited for; it is asked.
  bool may_end_view(Time now, Outbox& out);
  /// It ends, whoever has not answered yet.
  void send_all(Time now, Outbox& out);
  /// The domain's view begins to change. Appends what is held here.
  void freeze(std::vector<wire::StreamCut>& streams);
  /// Delivers what all who come along must have, through views that some of them have reached already. False while
  /// something is missing; it is asked for.
  bool close_to(const Closing& closing, Time now, Outbox& out);
  /// Since freeze() close_to() has delivered what this node's sync message does not name.
  [[nodiscard]] bool is_beyond_sync() const { return beyond_sync_; }
  /// After close_to(): delivers what no order was settled for. `companions`, sorted, come along. To be called before
  /// any group has enter()ed.
  void end_view(const std::vector<NodeId>& companions, Outbox& out);
  /// This group's view in the domain's next one: of its members, once all arrangements are carried out, those who come
  /// along (`companions`, sorted).
  [[nodiscard]] View carried_into(const View& control, const std::vector<NodeId>& companions) const;
  /// Those who come into that view from the one that this node is in.
  [[nodiscard]] std::vector<NodeId> transitional(const View& next, const Closing& closing) const;
  /// The domain's next view is there, and with it this group's; this node is out where it has no members. What has not
  /// gone out waits for resume().
  void enter(View next, std::vector<NodeId> transitional, const std::vector<NodeId>& companions, Outbox& out);
  /// After all groups have entered: handles packets that came too early.
  void begin_view(Time now, Outbox& out);
  /// Forgets its view, without a word to the other members.
  void abandon();

  /// `node` has carried out the control view's arrangements up to this number.
  void on_arranged(const NodeId& node, std::uint64_t number, Time now, Outbox& out);
  /// `node` is in the domain's current view.
  void on_seen(const NodeId& node);

  /// What was accepted and did not go out before this view; sending goes on.
  void resume(std::vector<UnsentMessage>& unsent);
  /// A voter's attempt to make the view primary is on its disk.
  struct Attempt {
    Rank from = 0;
    std::uint64_t number = 0;
  };
  /// What was delivered since the last call about the views of all groups (control group only).
  using Word = std::variant<Arrangement, Renewal, Attempt>;
  std::vector<Word> take_words() { return std::exchange(words_, {}); }
  /// The wish that this node has for the group since the last call: a message of its own waits for the end of the view.
  std::optional<Renewal> take_wish() { return std::exchange(wish_, {}); }
  /// This node's own (control group only).
  void say_attempt(std::uint64_t number, Time now, Outbox& out);
  /// A record of the transport's own: taken even when the send queue is full.
  void say(RecordKind kind, ByteView record, Time now, Outbox& out);

  [[nodiscard]] const View& view() const { return view_; }
  [[nodiscard]] bool in_view() const { return !view_.members.empty(); }
  [[nodiscard]] bool is_held() const { return held_; }
  /// This node's first view since it came to the group.
  [[nodiscard]] ViewId since() const { return since_; }
  /// The view that the group has once all arrangements are carried out.
  [[nodiscard]] const View& view_to_be() const { return arrangements_.empty() ? view_ : arrangements_.back().next; }
  /// True where this node is in the group once all arrangements are carried out.
  [[nodiscard]] bool counts_self() const;
  /// The first arrangement that is not carried out yet; nothing where there is none.
  [[nodiscard]] std::optional<std::uint64_t> pending_arrangement() const;
  /// True where nobody needs it any more.
  [[nodiscard]] bool is_over() const;

  /// Without who stays behind: that takes seconds to matter, and there are no small worlds that last so long.
  void add_to(StateDigest& digest) const {
    digest.add(group_, rng_, send_, stability_, laggards_, orders_, hold_, view_, came_from_, since_, self_rank_);
    digest.add(awaited_, number_, frozen_, frozen_cut_, beyond_sync_, close_sent_, held_, windows_, naks_,
               reassemblers_, unacknowledged_bytes_);
    digest.add(closed_, arrangements_, formers_, early_, unsent_, unsent_bytes_, last_bytes_, turn_bytes_, words_,
               wish_);
    digest.add(owes_ack_, owes_ack_now_, listed_as_busy_, tail_at_, primary_only_);
  }

 private:
  struct Arranged {
    View next;
    std::vector<NodeId> old_members;
    std::uint64_t number;
  };
  /// A view that was left, kept while others may still need packets of it.
  struct Former {
    ViewId id;
    std::uint64_t number;  ///< of the arrangement that ended it
    bool domain;           ///< ended by the domain's view change, or a former one since
    std::vector<ReceiveWindow> windows;
    std::set<NodeId> needed_by;
  };
  struct Early {
    wire::Data data;
    Slice records;
  };

  // group_streams_views.cpp
  void advance(Time now, Outbox& out);
  void step_to_next(Outbox& out);
  void deliver_leftovers(const std::vector<bool>& goes_on, Outbox& out);
  void send_close(Time now, Outbox& out);
  void expect_closes(Time now);
  bool reach(const StreamsEnd& end, Time now, Outbox& out);
  [[nodiscard]] bool has_all_of(const StreamsEnd& end) const;
  void leave_view(std::uint64_t number, bool domain, const std::vector<NodeId>& needed_by);
  void start_view(View view, std::vector<NodeId> transitional, bool first, Outbox& out);
  void go_outside(Outbox& out);
  void forget_view();
  void open(const Arranged& arranged, Outbox& out);
  void on_came(const NodeId& node, Time now, Outbox& out);
  void release_formers();
  [[nodiscard]] bool steps_on(const Closing& closing) const;
  [[nodiscard]] bool stays(const NodeId& node) const;

  // group_streams_repair.cpp
  /// What is missing of one member's stream, and who is to be asked for it; no ranges where nothing is.
  struct Lack {
    std::vector<wire::SeqnoRange> missing;
    NodeId holder;
  };
  [[nodiscard]] Lack lack_of(Rank rank, const StreamsEnd* end) const;
  void check_gaps(const StreamsEnd* end, Time now, Outbox& out);
  void repair(const wire::Nak& nak, std::vector<ReceiveWindow>& windows, Destination to, Time now, Outbox& out);

  // group_streams.cpp
  Status append_causal(const Parts& parts);
  Status keep(RecordKind kind, const Parts& parts);
  [[nodiscard]] Status may_accept(Order order, std::size_t bytes) const;
  void pump(bool flush, Time now, Outbox& out);
  void put_on_the_way(Packet packet, Seqno seqno, Time now, Outbox& out);
  void say_sequence(Time now, Outbox& out);
  void deliver(Rank origin, Seqno through, Outbox& out);
  enum class Part : std::uint8_t { all, ahead, rest };
  void deliver_records(Rank origin, const Slice& records, Part part, Outbox& out);
  [[nodiscard]] bool may_go_ahead(Rank origin, Seqno seqno) const;
  void deliver_ahead(Rank origin, Seqno seqno, Outbox& out);
  void deliver_message(Rank origin, RecordKind kind, Slice message, Outbox& out);
  void note_attempt(Rank origin, ByteView record);
  [[nodiscard]] std::size_t* own_undelivered(Order order);
  void deliver_ordered(Outbox& out);
  void deliver_overtaken(Outbox& out);
  void emit_ordered(OrderedMessage message, Outbox& out);
  [[nodiscard]] wire::Ack ack(std::uint64_t arranged) const;
  void emit(Rank sender, Order order, Slice payload, Outbox& out);
  void note_stability();
  void look_for_slow(Time now, Outbox& out);
  void note_credit();
  void count_votes();
  [[nodiscard]] std::vector<Seqno> cut() const;
  [[nodiscard]] std::vector<wire::PacketRange> ahead() const;
  [[nodiscard]] bool is_busy() const;
  /// In a view whose end is arranged nothing goes out, but for a hold: who is new in the next one would lack what was
  /// sent after the arrangement was known.
  [[nodiscard]] bool may_send() const {
    const bool ends = !arrangements_.empty() && !hold_.wanted() && !HAWSER_FAULT("groups.sent_in_a_view_that_ends");
    return in_view() && !frozen_ && !held_ && !close_sent_ && awaited_.empty() && !ends;
  }

  const GroupId group_;
  GroupSurroundings& around_;
  Rng rng_;
  const NakTimes nak_times_;
  SendWindow send_;
  Stability stability_;
  Laggards laggards_;
  Stragglers stragglers_;
  GroupOrders orders_;
  Hold hold_;
  View view_;                      // no members: outside
  std::vector<NodeId> came_from_;  // members of the view before, where an arrangement has brought this one
  ViewId since_;
  Rank self_rank_ = 0;
  std::set<NodeId> awaited_;  // opening: those of them that are not known to have come here
  std::uint64_t number_ = 0;  // of the arrangement that has brought this view
  bool frozen_ = false;
  std::vector<Seqno> frozen_cut_;  // by rank, when that began
  bool beyond_sync_ = false;
  bool close_sent_ = false;
  bool held_ = false;  // from the domain's view on until resume()
  bool primary_only_ = false;
  // By rank in the current view.
  std::vector<ReceiveWindow> windows_;
  std::vector<NakScheduler> naks_;
  std::vector<Reassemblers> reassemblers_;
  std::vector<std::size_t> unacknowledged_bytes_;
  std::vector<bool> closed_;

  std::deque<Arranged> arrangements_;  // not carried out yet
  std::deque<Former> formers_;         // oldest first
  std::deque<Early> early_;
  std::vector<UnsentRecord> unsent_;
  std::size_t unsent_bytes_ = 0;
  // Accepted here and not delivered yet: of gbcast; of total and safe.
  std::size_t last_bytes_ = 0;
  std::size_t turn_bytes_ = 0;
  std::vector<Word> words_;
  std::optional<Renewal> wish_;
  bool owes_ack_ = false;
  bool owes_ack_now_ = false;  // somebody waits for it
  bool listed_as_busy_ = false;
  Time tail_at_ = kNever;
};

}  // namespace hawser
