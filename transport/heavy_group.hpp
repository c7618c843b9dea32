// Heavy-weight groups as the layer above sees them: virtually synchronous multicast to changing sets of nodes.
// Everything above uses this interface and nothing else of the transport, so that another engine can take its place.
//
// There is one group that every node is in, the control group, and any number of others, each with a set of members
// that is settled in the control group's total order (arrange()). Who fails, or comes back from a partition, does so in
// all groups at once: the control group's view then changes, and with it, at the same moment, the view of every group.
// So whoever comes along has seen the same in all groups that it shares with the others.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/limits.hpp"
#include "transport/core/order.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/result.hpp"
#include "transport/core/time.hpp"
#include "transport/core/view.hpp"

namespace hawser {

/// One group that this node is in.
/// Threads: single-threaded, like every machine. Views and messages come as GroupEvents in the Outbox.
class HeavyGroup {
 public:
  virtual ~HeavyGroup() = default;

  [[nodiscard]] virtual GroupId id() const = 0;

  /// Sends the concatenation of `parts`, of which bulk messages keep what can be kept, to every member of the view it
  /// goes out in, this node included. While the group's members are being arranged anew, it waits in the bounded send
  /// queue and goes out in the next view. What has not gone out when the control group gets its next view comes back:
  /// see HeavyGroups::resume(). Errors: would_block       the send queue is full; a group that may be held has a small
  /// one. Or too much of this node's
  ///                           own waits for its place in the total order, or for the end of the view.
  ///         too_large         more than kMessageBytesMax, or kHoldQueueBytesMax in a group that may be held.
  ///         invalid_argument  gbcast in the control group.
  ///         not_primary       set_primary_only(), and the control group's view is not known to be primary.
  virtual Status multicast(Order order, const Parts& parts, Time now, Outbox& out) = 0;

  /// From here until it leaves the group, this node's multicasts are refused outside the primary view of the control
  /// group (PrimaryDecided), and go out in no other. An engine without one refuses nothing.
  virtual void set_primary_only(bool /*wanted*/) {}

  /// Sending View Delivery of this node's own messages, from here until it leaves the group: each is delivered in the
  /// view that promised_view() names when it is multicast, or comes back from HeavyGroups::resume(). Before a view
  /// ends, HoldRequested asks for hold_ok(): what is multicast before that goes out in the view, whatever credit says;
  /// what is multicast between that and the next view is promised nothing. Views of all groups wait for the answer,
  /// at most kHoldPatience (vs/hold.hpp): then HoldOverdue tells, the view ends as if it had come, and from then on
  /// nobody waits, until a hold_ok() has come, late or in time. Between GroupArranged and hold_ok() messages go out in
  /// the view that is to end, not in the next one: light-weight groups count on the latter, so they hold none. An
  /// engine without it asks nobody and promises nothing.
  virtual void set_hold(bool /*wanted*/) {}
  /// `view`: as in HoldRequested.
  virtual void hold_ok(ViewId /*view*/) {}
  /// Nothing where no view is promised.
  [[nodiscard]] virtual std::optional<ViewId> promised_view() const { return std::nullopt; }

  /// How many multicasts were accepted so far, and how many of these, from the first on, are known to have been
  /// received by every member of the view they went out in (or by all that are left of it). What comes back from
  /// resume() counts as received from then on.
  [[nodiscard]] virtual std::uint64_t accepted() const = 0;
  [[nodiscard]] virtual std::uint64_t stable() const = 0;
};

/// A message that was accepted and did not go out before the control group's view changed.
struct UnsentMessage {
  GroupId group;
  Order order = Order::fifo;
  Slice payload;
  Slice rest{};  ///< what follows it, where that was kept and not copied
};

/// All heavy-weight groups of one node. Threads: single-threaded.
class HeavyGroups {
 public:
  virtual ~HeavyGroups() = default;

  [[nodiscard]] virtual HeavyGroup& control() = 0;
  /// nullptr where this node is not in it, or not yet. Valid until GroupLeft.
  [[nodiscard]] virtual HeavyGroup* find(GroupId group) = 0;

  /// From its place in the control group's total order on, `group`, whose members were `old_members`, has `members`
  /// (all of them in the control view): created where it had none, gone where it has none. GroupArranged tells
  /// everyone. Void where the control view changes before: then nobody hears of it. Only one node at a time may
  /// arrange groups; `old_members` must be what the order says at that place, less those that are gone.
  /// Errors: would_block  the control group's send queue is full.
  virtual Status arrange(GroupId group, std::span<const NodeId> old_members, std::span<const NodeId> members, Time now,
                         Outbox& out) = 0;

  /// To be called when the control group's ViewInstalled for this view has been dealt with; until then nothing of what
  /// is multicast goes out. Returns what was accepted for former views and did not go out, by group and in order:
  /// whoever still wants it sent multicasts it anew. Nothing where the next control view is there already: then it
  /// comes back, with what is multicast meanwhile, when that has been dealt with.
  [[nodiscard]] virtual std::vector<UnsentMessage> resume(ViewId control_view) = 0;

  /// Leaves without a word a group that nobody counts this node in any more (its side of a partition gave way).
  /// `since`: the group's first view here; void where this node has come back to the group meanwhile.
  virtual void drop(GroupId group, ViewId since) = 0;
};

}  // namespace hawser
