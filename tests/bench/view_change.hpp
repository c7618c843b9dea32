// How long the members of a domain take to a new view: as real processes on loopback, or in the simulator's time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/output.hpp"

namespace hawser::bench {

enum class ViewChangeCause {
  crash,  ///< a member is killed with SIGKILL
  leave,  ///< a member leaves in order
  join,   ///< a new node comes
  merge,  ///< one that the others have parted from can be heard again: one that was stopped, or half of all (simulated)
};
NLOHMANN_JSON_SERIALIZE_ENUM(ViewChangeCause, {{ViewChangeCause::crash, "crash"},
                                               {ViewChangeCause::leave, "leave"},
                                               {ViewChangeCause::join, "join"},
                                               {ViewChangeCause::merge, "merge"}})

std::string_view to_string(ViewChangeCause cause);

inline constexpr std::uint32_t kRealMembersMax = 32;
inline constexpr std::uint32_t kSimulatedMembersMax = 128;

struct ViewChangePlan {
  std::vector<ViewChangeCause> causes{ViewChangeCause::crash, ViewChangeCause::leave, ViewChangeCause::join,
                                      ViewChangeCause::merge};
  std::vector<std::uint32_t> members{2, 4, 8, 16, 32};  ///< of the larger of the two views, the one before or after
  std::uint32_t rounds = 5;
  bool simulated = false;
};

/// One change of one domain.
struct ViewChangeRun {
  double last_view_ms = 0;           ///< from the event until the last member has the new view
  std::uint64_t datagrams = 0;       ///< sent by all from just before the event until that was known
  std::uint64_t bytes = 0;           ///< UDP payload of these
  std::uint64_t view_datagrams = 0;  ///< of them, those with a proposal or a sync in them; simulated runs only
};

/// `members` may be more than one domain of this machine should have: up to kRealMembersMax processes.
/// Errors: the first that any process reports, or a timeout that names the process.
Result<ViewChangeRun> run_view_change(ViewChangeCause cause, std::uint32_t members);
/// In virtual time, on one host, so that the kernel tells of an exit as on loopback. `seed`: another one is another
/// run. Errors: timeout  the members don't come together.
Result<ViewChangeRun> simulate_view_change(ViewChangeCause cause, std::uint32_t members, std::uint64_t seed);

/// A figure for each cause and number of members. Errors: as these.
Status measure_view_changes(const ViewChangePlan& plan, Output& output);

}  // namespace hawser::bench
