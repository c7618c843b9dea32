// Whether the domain's view is primary: of all views that ever are, at most one at a time, in one chain of which each
// shares more than half of its voters with the one before, through partitions, crashes and restarts.
// Source: YKD97 (see quorum.hpp). Departs: what its first round exchanges, the voters' states, rides on the sync
// messages, so everyone who installs a view judges it at once, and alike; the attempts go in the view's own streams. So
// a view is primary one message and one write to disk after it is installed. And a voter that hears of a later primary
// takes note of it.
//
// States, and what ends them:
//   nobody_votes   no voter is in the view                            on_view() →
//   not_primary    judged: it can't be                                on_view() →
//   undecided      voters write their attempt down, then say so       all have said so → primary; on_view() →
//   primary        groups that ask for it may send                    on_view() →
// freeze() may come in any state: until on_view(), nothing changes any more.
//
// Invariant: a view becomes primary at a node only if all its voters have their attempt on disk. So does whoever has
// been in it and does not know: it counts the session as one that may have become primary, until all its voters have
// gone on without it in one life each. Who was started again may have seen it, and forgotten: only the attempt was on
// disk. A sync message says all that its sender has attempted before, and once it has gone out its sender sees no
// session become primary before the next view. Where a view is judged by a sync message that its sender has overtaken,
// that sender never installs this view, so its attempt is never said, and the view does not become primary.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/result.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"
#include "transport/core/view.hpp"
#include "transport/core/voting_state.hpp"
#include "transport/primary/quorum.hpp"

namespace hawser {

/// A write that takes longer than this has failed: the others wait for it.
inline constexpr Duration kStorePatience = std::chrono::seconds{5};

/// Threads: single-threaded.
class PrimaryComponent {
 public:
  /// `own`: as last stored, or new; nothing where this node has no vote. It follows the others' all the same.
  explicit PrimaryComponent(std::optional<VotingState> own);

  /// Goes with this node's sync messages.
  [[nodiscard]] const std::optional<VotingState>& own() const { return own_; }

  /// The view begins to change.
  void freeze() { frozen_ = true; }
  /// The next one is installed. `states`: by rank, as the members' sync messages had them.
  void on_view(const View& view, std::span<const std::optional<VotingState>> states, Time now, Outbox& out);
  /// The member of this rank has its attempt of that number on disk. To be called in the view it was said in.
  void on_attempt(Rank from, std::uint64_t number, Outbox& out);
  /// All that was to be stored up to this ticket is on disk.
  void on_stored(std::uint64_t ticket);
  /// It can't be: this node has no vote from its next sync message on, so that the others need not wait for it. True
  /// where it had one; then a change of the view should begin.
  bool on_store_failed();
  /// When that is to be said of a write which has not come to an end.
  [[nodiscard]] Time store_deadline() const { return attempt_ticket_ == 0 ? kNever : store_patient_until_; }
  /// The number of this node's attempt, when it is to be said to all members, once.
  [[nodiscard]] std::optional<std::uint64_t> take_attempt();

  [[nodiscard]] bool is_undecided() const { return standing_ == Standing::undecided && !frozen_; }
  [[nodiscard]] bool is_primary() const { return standing_ == Standing::primary && !frozen_; }
  /// Ok where it is; else not_primary, and why.
  [[nodiscard]] Status may_send() const;

  void add_to(StateDigest& digest) const {
    digest.add(own_, verdict_, standing_, frozen_, view_, awaited_, ticket_, attempt_ticket_, to_say_,
               store_deadline());
  }

 private:
  enum class Standing : std::uint8_t { nobody_votes, not_primary, undecided, primary };
  void learn();
  void attempt(Time now, Outbox& out);
  void store(Outbox& out);

  std::optional<VotingState> own_;
  Verdict verdict_;
  Standing standing_ = Standing::nobody_votes;
  bool frozen_ = true;
  View view_;
  std::set<Rank> awaited_;  // voters that have not said their attempt
  std::uint64_t ticket_ = 0;
  std::uint64_t attempt_ticket_ = 0;  // of a write that is waited for
  Time store_patient_until_ = kNever;
  std::optional<std::uint64_t> to_say_;
};

}  // namespace hawser
