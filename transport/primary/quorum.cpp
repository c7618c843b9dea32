#include "transport/primary/quorum.hpp"

#include <algorithm>
#include <iterator>

#include "transport/core/fault.hpp"

namespace hawser {
namespace {

using States = std::vector<const VotingState*>;

States voters_among(std::span<const std::optional<VotingState>> states) {
  States voters;
  for (const auto& state : states) {
    if (state) voters.push_back(&*state);
  }
  std::sort(voters.begin(), voters.end(), [](const auto* a, const auto* b) { return a->voter < b->voter; });
  return voters;
}

std::vector<VoterId> names_of(const States& voters) {
  std::vector<VoterId> names;
  for (const VotingState* state : voters) names.push_back(state->voter);
  return names;
}

bool contains(const std::vector<VotingSession>& sessions, const VotingSession& session) {
  return std::find(sessions.begin(), sessions.end(), session) != sessions.end();
}

/// It has moved on from that session, if it ever was in it, and has not seen it become primary. Of a former life's
/// nobody knows: that it became primary may not have reached the disk.
bool is_past(const VotingState& state, const VotingSession& session) {
  return session.number > state.former && state.number >= session.number && state.last.number < session.number;
}

/// All its voters are here, and past it. Some absent one may have seen it become primary, or still see it.
bool is_dead(const VotingSession& session, const States& voters) {
  return std::all_of(session.voters.begin(), session.voters.end(), [&](VoterId voter) {
    return std::any_of(voters.begin(), voters.end(),
                       [&](const VotingState* state) { return state->voter == voter && is_past(*state, session); });
  });
}

/// Those after the last primary: any of them may be a later one.
std::vector<VotingSession> open_after(std::uint64_t number, const States& voters) {
  std::vector<VotingSession> open;
  for (const VotingState* state : voters) {
    for (const VotingSession& session : state->open) {
      if (session.number > number && !contains(open, session)) open.push_back(session);
    }
  }
  return open;
}

/// What the voters of one view know, taken together.
class Knowledge {
 public:
  explicit Knowledge(std::span<const std::optional<VotingState>> states)
      : voters_(voters_among(states)), present_(names_of(voters_)) {
    for (const VotingState* state : voters_) {
      number_ = std::max(number_, state->number);
      electorate_ = std::max<std::size_t>(electorate_, state->electorate);
      if (state->electorate > 0) ++founders_;
      if (state->last.number > last_.number) last_ = state->last;
    }
    for (VotingSession& session : open_after(last_.number, voters_)) {
      (is_dead(session, voters_) ? dead_ : open_).push_back(std::move(session));
    }
  }

  [[nodiscard]] Verdict verdict(ViewId view) const {
    const Verdict::Kind kind = this->kind();
    const bool may_try = kind == Verdict::Kind::may_try;
    return {kind, may_try ? VotingSession{number_ + 1, view, present_} : VotingSession{}, last_, dead_};
  }

 private:
  [[nodiscard]] Verdict::Kind kind() const {
    if (voters_.empty()) return Verdict::Kind::nobody_votes;
    if (std::adjacent_find(present_.begin(), present_.end()) != present_.end()) return Verdict::Kind::voter_twice;
    if (!has_quorum_of_last() || !has_quorum_of_open()) return Verdict::Kind::no_quorum;
    if (std::any_of(voters_.begin(), voters_.end(), [this](const VotingState* state) { return has_enough(*state); })) {
      return Verdict::Kind::too_many_open;
    }
    return Verdict::Kind::may_try;
  }
  /// Before there was any primary, of all voters that there are to begin with.
  [[nodiscard]] bool has_quorum_of_last() const {
    return last_.number > 0 ? is_quorum_of(last_.voters, present_) : 2 * founders_ > electorate_;
  }
  [[nodiscard]] bool has_quorum_of_open() const {
    return HAWSER_FAULT("primary.open_sessions_forgotten") ||
           std::all_of(open_.begin(), open_.end(),
                       [this](const VotingSession& session) { return is_quorum_of(session.voters, present_); });
  }
  /// It attempts no more.
  [[nodiscard]] bool has_enough(const VotingState& state) const {
    const auto open = std::count_if(state.open.begin(), state.open.end(),
                                    [this](const VotingSession& session) { return contains(open_, session); });
    return static_cast<std::size_t>(open) >= kOpenSessionsMax;
  }

  States voters_;
  std::vector<VoterId> present_;
  std::uint64_t number_ = 0;
  std::size_t electorate_ = 0;
  std::size_t founders_ = 0;
  VotingSession last_;
  std::vector<VotingSession> open_;  // after the last one, and not dead
  std::vector<VotingSession> dead_;
};

}  // namespace

bool is_quorum_of(const std::vector<VoterId>& former, const std::vector<VoterId>& present) {
  std::vector<VoterId> both;
  std::set_intersection(former.begin(), former.end(), present.begin(), present.end(), std::back_inserter(both));
  if (2 * both.size() != former.size()) return 2 * both.size() > former.size();
  return !both.empty() && (both.front() == former.front() || HAWSER_FAULT("primary.any_half_is_enough"));
}

Verdict judge(ViewId view, std::span<const std::optional<VotingState>> states) {
  return Knowledge{states}.verdict(view);
}

}  // namespace hawser
