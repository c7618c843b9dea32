// What a voter knows of primary views: it goes with its sync messages, and into its file.
#pragma once

#include <cstdint>
#include <vector>

#include "transport/core/ids.hpp"

namespace hawser {

/// One attempt to make a view primary.
struct VotingSession {
  std::uint64_t number = 0;     ///< higher than all that its voters had heard of
  ViewId view;                  ///< of the control group
  std::vector<VoterId> voters;  ///< those in the view, ascending
  bool operator==(const VotingSession&) const = default;
};

/// A voter that has attempted so many sessions, and does not know of any whether it came to something, attempts no
/// more.
inline constexpr std::size_t kOpenSessionsMax = 32;
/// No attempt has a higher number: nobody lives to see it.
inline constexpr std::uint64_t kSessionNumberMax = std::uint64_t{1} << 62U;

struct VotingState {
  VoterId voter;
  std::uint16_t electorate = 0;  ///< how many voters there are to begin with; 0: it comes later, and founds nothing
  std::uint64_t number = 0;      ///< the highest that it has attempted, or knows to have become primary; 0: none
  std::uint64_t former = 0;  ///< `number` as it was when it was started last: of these it may have forgotten the end
  VotingSession last;        ///< the last one that it saw become primary; number 0: none
  std::vector<VotingSession> open;  ///< attempted since, and not known to have become primary; at most kOpenSessionsMax
  bool operator==(const VotingState&) const = default;
};

}  // namespace hawser
