// From one view of the domain to the next, all groups at once: who comes along, and what all of them must deliver
// first. Source: Keidar, Khazan, "A client-server approach to virtually synchronous group multicast", ICDCS 2000
// (KK00): one round of sync messages, tagged with locally unique start-change ids, in parallel with the agreement on
// the view. Departs: there is one sync message for all groups of a node, so that everyone who comes along does so in
// all groups, with the same messages in each; sync messages go to the whole next view, not only to old companions, so
// that everybody sees who comes from where; and a member that was overtaken by a view which a peer has installed
// finishes that view first ("completion").
//
// States, and what ends them:
//   steady      current view, no change                          start_change() → frozen
//   frozen      own sync is out, nothing more is delivered       on_view() → closing; start_change() → frozen anew
//   closing     a view is agreed on; waits for its members' syncs, then closing() says what is still to be delivered;
//                                                                install() → steady; start_change() → frozen
// Invariant: between its sync message and the next view a node delivers nothing beyond the cut it announced, but what
// closing() names.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"
#include "transport/core/view.hpp"
#include "transport/wire/frames.hpp"

namespace hawser {

/// The streams of one group in one of its views.
struct StreamsId {
  GroupId group;
  ViewId view;
  auto operator<=>(const StreamsId&) const = default;
};

/// Where the streams of a view end; by rank in it.
struct StreamsEnd {
  /// Packets beyond the cut that one of them has looked into, and who: of these, deliver what needs no order.
  struct Ahead {
    wire::PacketRange packets;
    NodeId holder;
    bool operator==(const Ahead&) const = default;
  };
  std::vector<NodeId> in;       ///< those of the transitional set that are in that view, or have been
  std::vector<Seqno> cut;       ///< deliver up to here
  std::vector<NodeId> holders;  ///< who has all of the cut, to be asked for it
  std::vector<Ahead> ahead;     ///< may overlap one another
  bool operator==(const StreamsEnd&) const = default;
};

/// What stands between the current view and the next one.
struct Closing {
  View next;
  std::vector<NodeId> transitional;  ///< by rank in `next`, this node included
  /// Of every group and view that any of the transitional set is in, or may still have to supply.
  std::map<StreamsId, StreamsEnd> ends;
};

/// How long a member waits for one that was overtaken to finish a view first. After it they part: safe, but those two
/// do not count as moving together.
inline constexpr Duration kCompletionPatience = std::chrono::milliseconds{300};

/// Threads: single-threaded. It decides; the group around it sends, repairs and delivers.
class VirtualSynchrony {
 public:
  explicit VirtualSynchrony(const NodeId& self);

  /// Freezes and returns the sync message to multicast. `streams`: what is held without a gap, and what is delivered
  /// beyond one.
  const wire::Sync& start_change(StartChangeId start_id, std::vector<wire::StreamCut> streams,
                                 std::optional<VotingState> voting = {});
  void on_sync(const NodeId& from, wire::Sync sync);
  /// Membership agreed on `view`; replaces one that was agreed on before and not installed.
  void on_view(View view, Time now);
  /// Membership took the agreed view back.
  void on_view_withdrawn() { pending_.reset(); }

  /// `from` has installed this view, which lists this node: the syncs it was made from follow.
  void on_completion(const NodeId& from, View view);
  void on_relayed_sync(const NodeId& owner, const wire::Sync& sync);

  /// What is to be done before the next view; nothing while syncs are missing or a member must be waited for.
  [[nodiscard]] std::optional<Closing> closing(Time now) const;
  /// True where this node should give up a view that others have installed, and start over: it can't be had in time.
  bool should_skip(Time now);
  /// The view that peers have installed, and closing() names, can't be had.
  void skip_completion();

  /// `closing` has been carried out.
  void install(const Closing& closing);

  /// True where `sync` shows that its sender was overtaken by this node's current view, and should be helped.
  [[nodiscard]] bool is_behind(const NodeId& from, const wire::Sync& sync) const;
  /// The syncs that made the current view.
  [[nodiscard]] const std::map<NodeId, wire::Sync>& installed_syncs() const { return installed_syncs_; }

  [[nodiscard]] const View& current() const { return current_; }
  [[nodiscard]] bool frozen() const { return frozen_; }
  /// The last sync sent; empty where none was.
  [[nodiscard]] const std::optional<wire::Sync>& own_sync() const { return own_sync_; }
  [[nodiscard]] Time next_deadline() const;
  [[nodiscard]] bool is_completing(ViewId view) const { return completing_ && completing_->view.id == view; }

  void add_to(StateDigest& digest) const {
    digest.add(current_, first_start_id_, frozen_, own_sync_, syncs_, installed_syncs_, pending_, completing_,
               skipped_);
  }

 private:
  struct Agreed {
    View view;
    Time patient_until;
    bool patience_over = false;
    // For a completion only: the syncs as relayed, and the last companion to offer them. It has delivered all of the
    // cut.
    std::map<NodeId, wire::Sync> syncs;
    std::optional<NodeId> helper;
  };
  [[nodiscard]] const wire::Sync* sync_of(const NodeId& node, StartChangeId start_id, const Agreed& agreed) const;
  [[nodiscard]] bool all_syncs(const Agreed& agreed) const;
  [[nodiscard]] bool overtakes_me(const wire::Sync& sync) const;
  [[nodiscard]] bool must_wait(const Agreed& agreed) const;
  [[nodiscard]] Closing closing_of(const Agreed& agreed) const;
  [[nodiscard]] std::map<StreamsId, StreamsEnd> ends_of(const Agreed& agreed,
                                                        const std::vector<NodeId>& transitional) const;

  const NodeId self_;
  View current_;
  StartChangeId first_start_id_{1};  // of those that carry the current view as their previous one
  bool frozen_ = false;
  std::optional<wire::Sync> own_sync_;
  std::map<NodeId, wire::Sync> syncs_;  // the latest of each node; bounded by the nodes of the domain
  std::map<NodeId, wire::Sync> installed_syncs_;
  std::optional<Agreed> pending_;
  std::optional<Agreed> completing_;
  std::set<ViewId> skipped_;
};

}  // namespace hawser
