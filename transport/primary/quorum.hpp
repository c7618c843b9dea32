// May this view be primary? Decided by everybody in it alike, from what its voters know.
// Source: Yeger Lotem, Keidar, Dolev, "Dynamic voting for consistent primary components", PODC 1997 (YKD97), with the
// tie rule of Jajodia, Mutchler, "Dynamic voting algorithms", TODS 1990.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/voting_state.hpp"

namespace hawser {

/// More than half of `former` are among `present`, or half of them with the lowest one. Both ascending.
[[nodiscard]] bool is_quorum_of(const std::vector<VoterId>& former, const std::vector<VoterId>& present);

struct Verdict {
  enum class Kind : std::uint8_t {
    may_try,
    nobody_votes,
    voter_twice,    ///< two nodes vote with one file
    no_quorum,      ///< of the last primary, or of one that may have been
    too_many_open,  ///< a voter has made kOpenSessionsMax attempts without an answer
  };
  Kind kind = Kind::nobody_votes;
  VotingSession session;            ///< to be attempted; may_try only
  VotingSession last;               ///< the latest that any of them knows to have been primary; number 0: none
  std::vector<VotingSession> dead;  ///< open ones that never became primary, and never will
};

/// `states` of the view's members; nothing for who has no vote.
[[nodiscard]] Verdict judge(ViewId view, std::span<const std::optional<VotingState>> states);

}  // namespace hawser
