// All heavy-weight groups of a node on the native engine. The domain's view changes, which are the control group's and
// every other group's at once, are driven from here: agreement on the view, virtual synchrony, and what each group's
// streams must still deliver. What happens within one group is in group_streams.hpp.
// Source: KK00 for the changes. Departs: one sync message, one agreement and one moment for all groups of a node, where
// KK00 (and Horus, Isis) run a protocol for each group. So there is no order of view changes between groups that the
// layer above would have to care for. The price is that every change stops all groups for its round.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "transport/core/rng.hpp"
#include "transport/group_streams.hpp"
#include "transport/heavy_group.hpp"
#include "transport/membership/view_agreement.hpp"
#include "transport/vs/sync_parts.hpp"
#include "transport/vs/virtual_synchrony.hpp"
#include "transport/wire/packer.hpp"

namespace hawser {

/// Threads: single-threaded. `packer` must outlive it.
class NativeGroups final : public HeavyGroups {
 public:
  NativeGroups(const NodeId& self, SendWindowLimits limits, wire::Packer& packer, Rng rng);

  // HeavyGroups
  [[nodiscard]] HeavyGroup& control() override { return control_; }
  [[nodiscard]] HeavyGroup* find(GroupId group) override;
  Status arrange(GroupId group, std::span<const NodeId> old_members, std::span<const NodeId> members, Time now,
                 Outbox& out) override;
  [[nodiscard]] std::vector<UnsentMessage> resume(ViewId control_view) override;
  void drop(GroupId group, ViewId since) override;

  // Inputs
  /// Membership wants these members, ascending.
  void on_target(const std::vector<NodeId>& members, Time now, Outbox& out);
  void on_proposal(const NodeId& from, wire::Proposal proposal, Time now, Outbox& out);
  void on_sync(const NodeId& from, wire::Sync sync, Time now, Outbox& out);
  void on_completion(const NodeId& from, const wire::Completion& completion);
  void on_relayed_sync(const wire::RelayedSync& relayed, Time now, Outbox& out);
  /// `records` holds the frame's records.
  void on_data(const wire::Data& data, const Slice& records, Time now, Outbox& out);
  void on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out);
  void on_ack(const NodeId& from, const wire::Ack& ack, Time now, Outbox& out);
  void on_timeout(Time now, Outbox& out);
  /// Sends what waits and the acknowledgements that are due.
  void flush(Time now, Outbox& out);
  /// Adds this node's acknowledgements for everybody; goes with heartbeats.
  void send_acks(Outbox& out);
  /// A peer is gone: its word in agreements counts no more.
  void forget(const NodeId& node) { agreement_.forget(node); }
  /// How many bytes a sender may have on the way unacknowledged in a group: what the smallest receive buffer can take.
  void set_credit(std::size_t bytes);

  [[nodiscard]] std::vector<std::pair<GroupId, std::uint64_t>> mark() const;
  [[nodiscard]] bool is_stable(std::span<const std::pair<GroupId, std::uint64_t>> mark) const;
  [[nodiscard]] Time next_deadline() const;
  [[nodiscard]] const View& view() const { return vs_.current(); }
  /// The group's view here; no members where this node is in none.
  [[nodiscard]] const View& view(GroupId group) const;
  [[nodiscard]] const GroupCounters& counters() const { return counters_; }

 private:
  // Domain views
  void apply(const MembershipEvents& events, Time now, Outbox& out);
  void send_proposal(Destination to, Outbox& out);
  void help(const NodeId& behind, Outbox& out);
  void start_change(StartChangeId start_id);
  void try_install(Time now, Outbox& out);
  bool close(const Closing& closing, Time now, Outbox& out);
  void install(const Closing& closing, Time now, Outbox& out);
  void count_install(const Closing& closing);
  [[nodiscard]] std::size_t sync_bytes_max() const;

  // Groups
  GroupStreams* group(GroupId id);
  GroupStreams& create(GroupId id, Outbox& out);
  void erase_over(Outbox& out);
  void carry_out_arrangements(Time now, Outbox& out);
  void on_arrangement(const Arrangement& arrangement, Time now, Outbox& out);
  void on_arranged(const NodeId& node, std::uint64_t number, Time now, Outbox& out);
  void on_seen(const NodeId& node);
  [[nodiscard]] std::uint64_t carried_out() const;
  template <typename Handler>
  void for_each(Handler handler);

  const NodeId self_;
  wire::Packer& packer_;
  Rng rng_;
  GroupCounters counters_;
  GroupSurroundings around_;
  VirtualSynchrony vs_;
  ViewAgreement agreement_;
  SyncParts syncs_;
  SyncParts relayed_;
  GroupStreams control_;
  std::map<GroupId, GroupStreams> groups_;  // all others
  std::uint64_t arrangements_ = 0;          // of the current control view, delivered here
  std::vector<NodeId> unseen_;              // companions not yet seen in the current view
};

}  // namespace hawser
