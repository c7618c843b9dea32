// Agrees on the domain's views, for all groups at once: in one round where everybody sees the same nodes.
// Source: Keidar, Sussman, Marzullo, Dolev, "Moshe", ACM TOCS 2002 (KSMD00), behind the two events of
// membership_service.hpp. Departs: the view's id is computed from the proposals that make it, so equal proposals are
// the whole agreement, and there is no second round: where proposals differ, the nodes' pictures of who hears whom
// converge, and those who see another set propose again.
//
// States, and what ends them:
//   stable     the current view is what this node wants       on_target(other), a member's newer proposal → proposing
//   proposing  own proposal is out                            matching proposals of all → agreed
//   agreed     a view was handed out, not yet installed       on_installed() → stable; a member's newer proposal →
//                                                             agreed anew, or back to proposing
// Invariant: a view is handed out only if its members' latest proposals name exactly its members, each made after that
// member entered this node's current view (so nobody is taken at its word of yesterday). One round is enough where all
// come from one view and each proposal is its sender's first from there: two views of that kind that share a member
// share its one proposal, hence all members, hence all proposals. In any other case each must have seen the latest
// proposal of all the others, which takes a second round: nodes that each took another's word, which that one had used
// up or taken back, would go into views of their own.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"
#include "transport/core/view.hpp"
#include "transport/membership/membership_service.hpp"
#include "transport/wire/frames.hpp"

namespace hawser {

/// How often a proposal is repeated while it has not led to a view.
inline constexpr Duration kProposalInterval = std::chrono::milliseconds{20};
/// At once speak so many; the next so many when these can have been read, and so on: with the sync messages that go
/// with them, those of many more would overrun a receive buffer, and be lost again and again.
inline constexpr std::size_t kProposalsAtOnce = 32;
inline constexpr Duration kProposalWave = std::chrono::microseconds{500};

/// Threads: single-threaded.
class ViewAgreement final : public MembershipService {
 public:
  explicit ViewAgreement(const NodeId& self);

  /// These should be the members, ascending, this node among them.
  MembershipEvents on_target(std::vector<NodeId> members, Time now);
  MembershipEvents on_proposal(const NodeId& from, wire::Proposal proposal, Time now);
  /// Proposes again.
  MembershipEvents restart(Time now) override;
  MembershipEvents on_installed(const View& view, Time now) override;
  /// The node is gone: its word counts no more.
  void forget(const NodeId& node) { proposals_.erase(node); }

  /// A proposal is open, and to be repeated.
  bool is_due(Time now) override;
  /// This node's latest proposal as it is to be sent now.
  [[nodiscard]] std::optional<wire::Proposal> word() const override;
  /// True where `proposal` shows that its sender still waits for the view that this node is in, and has not heard this
  /// node's word; or has heard everybody's, so that it is a sync message that it lacks. Answer with word().
  [[nodiscard]] bool is_straggler(const NodeId& from, const wire::Proposal& proposal) const;

  [[nodiscard]] bool changing() const override { return state_ != State::stable; }
  [[nodiscard]] Time next_deadline() const override { return changing() ? resend_at_ : kNever; }

  void add_to(StateDigest& digest) const {
    digest.add(state_, current_, agreed_, target_, own_, has_proposed_, last_start_id_, proposals_, next_deadline());
    digest.add(sent_seen_, agreed_seen_);
  }

 private:
  enum class State { stable, proposing, agreed };
  MembershipEvents propose(Time now);
  void try_agree(MembershipEvents& events, Time now);
  /// When this node's turn to speak is.
  [[nodiscard]] Time turn(Time now) const;
  [[nodiscard]] bool matches(const NodeId& member) const;
  [[nodiscard]] bool is_simple() const;
  [[nodiscard]] bool all_have_seen_all() const;
  [[nodiscard]] std::vector<StartChangeId> latest_seen() const;
  [[nodiscard]] View make_view() const;

  const NodeId self_;
  State state_ = State::stable;
  View current_;
  std::optional<View> agreed_;
  std::vector<NodeId> target_;
  wire::Proposal own_;
  bool has_proposed_ = false;  // from the current view
  StartChangeId last_start_id_;
  std::map<NodeId, wire::Proposal> proposals_;  // the latest of each node; bounded by the nodes of the domain
  Time resend_at_ = kNever;
  std::vector<StartChangeId> sent_seen_;    // as last multicast
  std::vector<StartChangeId> agreed_seen_;  // as of the view that was agreed on last
};

}  // namespace hawser
