#include "transport/primary/primary_component.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "transport/core/fault.hpp"

namespace hawser {
namespace {

std::string reason_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::may_try: break;
    case Verdict::Kind::nobody_votes: return "nobody in it has a vote: give some nodes a voter file";
    case Verdict::Kind::voter_twice: return "two nodes in it vote with copies of one voter file: stop one of them";
    case Verdict::Kind::no_quorum:
      return "it has no majority of the last primary view, or of one that may have been primary since";
    case Verdict::Kind::too_many_open:
      return "one of its voters has made too many attempts whose end it does not know: it waits for their voters";
  }
  return "its voters have not all written their attempt down yet: try again soon";
}

}  // namespace

PrimaryComponent::PrimaryComponent(std::optional<VotingState> own) : own_(std::move(own)) {
  if (own_ && !HAWSER_FAULT("primary.former_life_trusted")) own_->former = own_->number;
}

void PrimaryComponent::on_view(const View& view, std::span<const std::optional<VotingState>> states, Time now,
                               Outbox& out) {
  frozen_ = false;
  view_ = view;
  to_say_.reset();
  awaited_.clear();
  attempt_ticket_ = 0;
  verdict_ = judge(view.id, states);
  if (own_) learn();
  if (verdict_.kind == Verdict::Kind::nobody_votes) {
    standing_ = Standing::nobody_votes;
  } else if (verdict_.kind != Verdict::Kind::may_try) {
    standing_ = Standing::not_primary;
    out.events.emplace_back(PrimaryDecided{view.id, 0, {}});
  } else {
    standing_ = Standing::undecided;
    for (Rank rank = 0; rank < states.size(); ++rank) {
      if (states[rank]) awaited_.insert(rank);
    }
    if (own_) attempt(now, out);
  }
}

void PrimaryComponent::learn() {
  if (verdict_.last.number > own_->last.number) own_->last = verdict_.last;
  own_->number = std::max(own_->number, own_->last.number);
  std::erase_if(own_->open, [&](const VotingSession& session) {
    return session.number <= own_->last.number ||
           std::find(verdict_.dead.begin(), verdict_.dead.end(), session) != verdict_.dead.end();
  });
}

void PrimaryComponent::attempt(Time now, Outbox& out) {
  own_->number = verdict_.session.number;
  own_->open.push_back(verdict_.session);
  store(out);
  attempt_ticket_ = ticket_;
  store_patient_until_ = now + kStorePatience;
  if (HAWSER_FAULT("primary.said_before_it_is_stored")) on_stored(ticket_);
}

void PrimaryComponent::store(Outbox& out) { out.stores.push_back({++ticket_, *own_}); }

void PrimaryComponent::on_stored(std::uint64_t ticket) {
  if (attempt_ticket_ == 0 || ticket < attempt_ticket_) return;
  attempt_ticket_ = 0;
  if (!frozen_) to_say_ = verdict_.session.number;
}

bool PrimaryComponent::on_store_failed() {
  attempt_ticket_ = 0;
  return std::exchange(own_, std::nullopt).has_value();
}

std::optional<std::uint64_t> PrimaryComponent::take_attempt() { return std::exchange(to_say_, std::nullopt); }

void PrimaryComponent::on_attempt(Rank from, std::uint64_t number, Outbox& out) {
  if (frozen_ || standing_ != Standing::undecided || number != verdict_.session.number) return;
  awaited_.erase(from);
  if (!awaited_.empty() && !HAWSER_FAULT("primary.not_all_waited_for")) return;
  standing_ = Standing::primary;
  const VotingSession& session = verdict_.session;
  if (own_) {
    own_->last = session;
    own_->open.clear();
    store(out);
  }
  out.events.emplace_back(PrimaryDecided{view_.id, session.number, session.voters});
}

Status PrimaryComponent::may_send() const {
  if (is_primary() || HAWSER_FAULT("primary.sends_anywhere")) return Ok{};
  if (frozen_) {
    return Error{Errc::not_primary, "the view is changing, and it is not known yet whether the next one is primary"};
  }
  return Error{Errc::not_primary, "view " + to_string(view_.id) + " is not primary: " + reason_of(verdict_.kind)};
}

}  // namespace hawser
