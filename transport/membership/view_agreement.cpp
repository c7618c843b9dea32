#include "transport/membership/view_agreement.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

struct Candidate {
  NodeId node;
  const wire::Proposal* proposal;
  std::size_t companions = 0;  // members of the new view that come from the same previous view
  NodeId eldest;               // the lowest id among them
};

// Oldest first: those who bring the largest part of an earlier view lead, in the order that they had in it.
bool older(const Candidate& a, const Candidate& b) {
  const bool a_new = a.proposal->previous.epoch == 0;
  const bool b_new = b.proposal->previous.epoch == 0;
  if (a_new != b_new) return b_new;
  if (a.companions != b.companions) return a.companions > b.companions;
  if (a.eldest != b.eldest) return a.eldest < b.eldest;
  if (a.proposal->previous_rank != b.proposal->previous_rank) {
    return a.proposal->previous_rank < b.proposal->previous_rank;
  }
  return a.node < b.node;
}

std::uint64_t digest_of(const std::vector<Candidate>& candidates) {
  std::uint64_t digest = candidates.size();
  for (const Candidate& c : candidates) {
    digest = mix64(digest ^ c.node.incarnation.value);
    digest = mix64(digest ^ c.proposal->start_id.value);
  }
  return digest;
}

}  // namespace

ViewAgreement::ViewAgreement(const NodeId& self) : self_(self), current_(unseen_first_view(self)) {}

MembershipEvents ViewAgreement::on_target(std::vector<NodeId> members, Time now) {
  HAWSER_CHECK(std::find(members.begin(), members.end(), self_) != members.end());
  if (members == target_) return {};
  target_ = std::move(members);
  std::vector<NodeId> current = current_.members;
  std::sort(current.begin(), current.end());
  if (state_ == State::stable && target_ == current && current_.id.epoch > 0) return {};
  return propose(now);
}

MembershipEvents ViewAgreement::restart(Time now) { return propose(now); }

MembershipEvents ViewAgreement::propose(Time now) {
  MembershipEvents events;
  events.view_withdrawn = agreed_.has_value();
  agreed_.reset();
  state_ = State::proposing;
  ++last_start_id_.value;
  const Rank rank = current_.rank_of(self_).value();
  own_ = {last_start_id_, current_.id, rank, true, has_proposed_, target_, {}};
  has_proposed_ = true;
  proposals_[self_] = own_;
  resend_at_ = turn(now);
  events.start_change = last_start_id_;
  try_agree(events, now);
  return events;
}

Time ViewAgreement::turn(Time now) const {
  const auto place = std::lower_bound(target_.begin(), target_.end(), self_) - target_.begin();
  return now + kProposalWave * (place / static_cast<std::ptrdiff_t>(kProposalsAtOnce));
}

MembershipEvents ViewAgreement::on_proposal(const NodeId& from, wire::Proposal proposal, Time now) {
  const auto known = proposals_.find(from);
  if (known != proposals_.end() && proposal.start_id <= known->second.start_id) {
    if (proposal.start_id < known->second.start_id) return {};
    known->second.seen = std::move(proposal.seen);
    MembershipEvents events;
    try_agree(events, now);
    return events;
  }
  const StartChangeId start_id = proposal.start_id;
  proposals_[from] = std::move(proposal);
  if (state_ == State::stable) {
    // Where it names others, this node's answer would not match: the two pictures are about to become one.
    const auto rank = current_.rank_of(from);
    const bool moved_on = rank && start_id > current_.start_ids[*rank] && proposals_[from].members == target_;
    return moved_on ? propose(now) : MembershipEvents{};
  }
  MembershipEvents events;
  if (agreed_ && agreed_->contains(from)) {
    agreed_.reset();
    state_ = State::proposing;
    events.view_withdrawn = true;
  }
  try_agree(events, now);
  return events;
}

bool ViewAgreement::matches(const NodeId& member) const {
  const auto at = proposals_.find(member);
  if (at == proposals_.end() || at->second.members != target_) return false;
  const auto rank = current_.rank_of(member);
  return !rank || member == self_ || at->second.start_id > current_.start_ids[*rank];
}

// One round is enough. Newcomers that were in no view yet go with anybody.
bool ViewAgreement::is_simple() const {
  std::optional<ViewId> first;
  for (const NodeId& member : target_) {
    const wire::Proposal& proposal = proposals_.at(member);
    if (proposal.renewed) return false;
    if (proposal.previous.epoch == 0) continue;
    if (first && proposal.previous != *first) return false;
    first = proposal.previous;
  }
  return true;
}

bool ViewAgreement::all_have_seen_all() const {
  const std::vector<StartChangeId> seen = latest_seen();
  return std::all_of(target_.begin(), target_.end(),
                     [&](const NodeId& member) { return member == self_ || proposals_.at(member).seen == seen; });
}

std::vector<StartChangeId> ViewAgreement::latest_seen() const {
  std::vector<StartChangeId> seen;
  for (const NodeId& member : own_.members) {
    const auto at = proposals_.find(member);
    seen.push_back(at == proposals_.end() ? StartChangeId{} : at->second.start_id);
  }
  return seen;
}

std::optional<wire::Proposal> ViewAgreement::word() const {
  wire::Proposal proposal = own_;
  proposal.open = changing();  // two members that answered each other's answers would never stop
  // What made the view stays what it was: a later word that this node has not gone by must not look as if it had.
  proposal.seen = changing() ? latest_seen() : agreed_seen_;
  return proposal;
}

void ViewAgreement::try_agree(MembershipEvents& events, Time now) {
  if (state_ != State::proposing || own_.members != target_) return;
  if (!std::all_of(target_.begin(), target_.end(), [&](const NodeId& m) { return matches(m); })) return;
  if (!is_simple() && !all_have_seen_all()) {
    if (sent_seen_ != latest_seen()) resend_at_ = std::min(resend_at_, turn(now));
    return;
  }
  agreed_ = make_view();
  agreed_seen_ = latest_seen();
  state_ = State::agreed;
  events.view = agreed_;
}

View ViewAgreement::make_view() const {
  std::vector<Candidate> candidates;
  std::map<ViewId, std::pair<std::size_t, NodeId>> classes;
  std::uint64_t epoch = 0;
  for (const NodeId& node : target_) {
    const wire::Proposal& proposal = proposals_.at(node);
    candidates.push_back({node, &proposal, 0, {}});
    const auto [at, first] = classes.try_emplace(proposal.previous, 0, node);  // target_ ascends: first = lowest
    ++at->second.first;
    epoch = std::max(epoch, proposal.previous.epoch);
  }
  for (Candidate& c : candidates) std::tie(c.companions, c.eldest) = classes.at(c.proposal->previous);
  std::sort(candidates.begin(), candidates.end(), older);
  View view;
  for (const Candidate& c : candidates) {
    view.members.push_back(c.node);
    view.start_ids.push_back(c.proposal->start_id);
  }
  view.id = {epoch + 1, HAWSER_FAULT("membership.digest_without_start_ids") ? target_.size() : digest_of(candidates)};
  return view;
}

MembershipEvents ViewAgreement::on_installed(const View& view, Time now) {
  const bool agreed = agreed_ && agreed_->id == view.id;
  current_ = view;
  has_proposed_ = false;
  agreed_.reset();
  if (!agreed) return propose(now);  // a completion: what was proposed before said the wrong previous view
  state_ = State::stable;
  resend_at_ = kNever;
  std::vector<NodeId> members = view.members;
  std::sort(members.begin(), members.end());
  // A member may have moved on already, while this node was still installing.
  for (std::size_t rank = 0; rank < view.members.size(); ++rank) {
    const auto at = proposals_.find(view.members[rank]);
    if (at != proposals_.end() && at->second.start_id > view.start_ids[rank]) return propose(now);
  }
  return members == target_ ? MembershipEvents{} : propose(now);
}

bool ViewAgreement::is_due(Time now) {
  if (!changing() || now < resend_at_) return false;
  resend_at_ = now + kProposalInterval;
  sent_seen_ = latest_seen();
  return true;
}

bool ViewAgreement::is_straggler(const NodeId& from, const wire::Proposal& proposal) const {
  if (state_ != State::stable || !proposal.open) return false;
  const auto rank = current_.rank_of(from);
  if (!rank || from == self_ || proposal.start_id != current_.start_ids[*rank]) return false;
  bool lacks_own = false;
  bool lacks_any = false;
  for (std::size_t i = 0; i < proposal.members.size(); ++i) {
    const auto member = current_.rank_of(proposal.members[i]);
    if (!member || proposal.seen[i] >= current_.start_ids[*member]) continue;
    lacks_any = true;
    lacks_own = lacks_own || proposal.members[i] == self_;
  }
  return lacks_own || !lacks_any;
}

}  // namespace hawser
