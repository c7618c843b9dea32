// All heavy-weight groups of a node on the native engine. The domain's view changes, which are the control group's and
// every other group's at once, are driven from here: membership says which (membership_service.hpp), virtual synchrony
// what each group's streams must still deliver. What happens within one group is in group_streams.hpp.
// Source: KK00 for the changes. Departs: one sync message, one agreement and one moment for all groups of a node, where
// KK00 (and Horus, Isis) run a protocol for each group. So there is no order of view changes between groups that the
// layer above would have to care for. The price is that every change stops all groups for its round.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "transport/core/rng.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/group_streams.hpp"
#include "transport/heavy_group.hpp"
#include "transport/membership/membership_service.hpp"
#include "transport/vs/sync_parts.hpp"
#include "transport/vs/virtual_synchrony.hpp"
#include "transport/wire/packer.hpp"

namespace hawser {

/// `voting`: where this node has a vote on primary views. Threads: single-threaded. `packer` and `membership` must
/// outlive it.
class NativeGroups final : public HeavyGroups {
 public:
  NativeGroups(const NodeId& self, SendWindowLimits limits, wire::Packer& packer, MembershipService& membership,
               Rng rng, std::optional<VotingState> voting = {});

  // HeavyGroups
  [[nodiscard]] HeavyGroup& control() override { return control_; }
  [[nodiscard]] HeavyGroup* find(GroupId group) override;
  Status arrange(GroupId group, std::span<const NodeId> old_members, std::span<const NodeId> members, Time now,
                 Outbox& out) override;
  [[nodiscard]] std::vector<UnsentMessage> resume(ViewId control_view) override;
  void drop(GroupId group, ViewId since) override;

  // Inputs
  void on_membership(const MembershipEvents& events, Time now, Outbox& out);
  void on_sync(const NodeId& from, wire::Sync sync, Time now, Outbox& out);
  void on_completion(const NodeId& from, const wire::Completion& completion);
  void on_relayed_sync(const wire::RelayedSync& relayed, Time now, Outbox& out);
  /// `records` holds the frame's records.
  void on_data(const wire::Data& data, const Slice& records, Time now, Outbox& out);
  void on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out);
  void on_ack(const NodeId& from, const wire::Ack& ack, Time now, Outbox& out);
  /// See StoreRequest.
  void on_stored(std::uint64_t ticket, Time now, Outbox& out);
  /// It can't be: this node has no vote from here on.
  void on_store_failed(Time now, Outbox& out);
  void on_timeout(Time now, Outbox& out);
  /// Sends what waits and the acknowledgements that are due.
  void flush(Time now, Outbox& out);
  /// Adds this node's acknowledgements for everybody; goes with heartbeats.
  void send_acks(Outbox& out);
  /// Says again what the others need for the change that is on, or was: membership's word and the sync message.
  void say_change(Destination to, Outbox& out);
  /// Members that most members of some group have found to stay behind, since the last call.
  std::vector<NodeId> take_outvoted() { return std::exchange(around_.outvoted, {}); }
  /// How many bytes a sender may have on the way unacknowledged in a group: what the smallest receive buffer can take.
  void set_credit(std::size_t bytes);

  [[nodiscard]] std::vector<std::pair<GroupId, std::uint64_t>> mark() const;
  [[nodiscard]] bool is_stable(std::span<const std::pair<GroupId, std::uint64_t>> mark) const;
  [[nodiscard]] Time next_deadline() const;
  [[nodiscard]] const View& view() const { return vs_.current(); }
  /// The group's view here; no members where this node is in none.
  [[nodiscard]] const View& view(GroupId group) const;
  [[nodiscard]] const GroupCounters& counters() const { return counters_; }
  [[nodiscard]] const PrimaryComponent& primary() const { return primary_; }

  /// All but the counters, and the packer's and membership's.
  void add_to(StateDigest& digest) const {
    digest.add(rng_, around_.credit_bytes, around_.repairs, around_.repairs_alone, around_.busy, around_.outvoted,
               around_.change_waits, vs_, syncs_, relayed_, starting_);
    digest.add(patient_until_, agreed_, half_closed_, control_, groups_, arrangements_, unseen_, foreign_, primary_);
  }

 private:
  // native_groups_views.cpp
  void note(const MembershipEvents& events, Time now);
  void help(const NodeId& behind, Outbox& out);
  bool may_start(Time now, Outbox& out);
  void start_change(StartChangeId start_id);
  void try_install(Time now, Outbox& out);
  /// False where something was delivered for another view, of which the sync message that this one names says nothing.
  [[nodiscard]] bool may_close_to(const View& next) const;
  void note_half_closed(const View& next);
  void give_up(const View& next, Time now, Outbox& out);
  bool close(const Closing& closing, Time now, Outbox& out);
  void install(const Closing& closing, Time now, Outbox& out);
  void count_install(const Closing& closing);
  void judge_primary(const View& view, Time now, Outbox& out);
  [[nodiscard]] std::size_t sync_bytes_max() const;

  // native_groups.cpp
  GroupStreams* group(GroupId id);
  GroupStreams& create(GroupId id, Outbox& out);
  void erase_over(Outbox& out);
  void carry_out_words(Time now, Outbox& out);
  void on_arrangement(const Arrangement& arrangement, Time now, Outbox& out);
  void on_renewal(const Renewal& renewal, Time now, Outbox& out);
  bool say_wishes(Time now, Outbox& out);
  void on_arranged(const NodeId& node, std::uint64_t number, Time now, Outbox& out);
  void on_seen(const NodeId& node);
  void on_foreign_ack(const NodeId& from, ViewId view, Outbox& out);
  [[nodiscard]] std::uint64_t carried_out() const;
  template <typename Handler>
  void for_each(Handler handler);

  /// Something was delivered for the next view, beyond what the sync message of this start-change id says; the view is
  /// not installed.
  struct HalfClosed {
    ViewId next;
    StartChangeId start_id;

    void add_to(StateDigest& digest) const { digest.add(next, start_id); }
  };

  const NodeId self_;
  wire::Packer& packer_;
  Rng rng_;
  GroupCounters counters_;
  PrimaryComponent primary_;
  GroupSurroundings around_;
  MembershipService& membership_;
  VirtualSynchrony vs_;
  SyncParts syncs_;
  SyncParts relayed_;
  std::optional<StartChangeId> starting_;  // a change that waits until all groups are held
  Time patient_until_ = kNever;            // … but not beyond this
  std::optional<View> agreed_;             // what it has come to meanwhile
  std::optional<HalfClosed> half_closed_;
  GroupStreams control_;
  std::map<GroupId, GroupStreams> groups_;  // all others
  std::uint64_t arrangements_ = 0;          // of the current control view, delivered here
  std::vector<NodeId> unseen_;              // companions not yet seen in the current view
  std::map<NodeId, ViewId> foreign_;        // since the current view: members that have acknowledged in another
};

template <typename Handler>
void NativeGroups::for_each(Handler handler) {
  handler(control_);
  for (auto& [id, group] : groups_) handler(group);
}

}  // namespace hawser
