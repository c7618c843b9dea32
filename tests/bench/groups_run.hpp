// One run of the groups benchmark: four processes, all in all topics, and one event that all topics go through at once.
#pragma once

#include <cstdint>
#include <string_view>

#include "hawser/result.hpp"
#include "tests/bench/group_members.hpp"

namespace hawser::bench {

enum class GroupEventKind {
  join,   ///< three are in all topics; the fourth subscribes to all of them in one call
  leave,  ///< one of the four ends its subscription
  kill,   ///< one of the four is killed with SIGKILL
};
NLOHMANN_JSON_SERIALIZE_ENUM(GroupEventKind, {{GroupEventKind::join, "join"},
                                              {GroupEventKind::leave, "leave"},
                                              {GroupEventKind::kill, "kill"}})

std::string_view to_string(GroupEventKind event);

struct GroupsRun {
  double views_ms = 0;     ///< from the event until the last member has the views of all topics with it or without it
  double synced_ms = 0;    ///< join: from the call until the joiner has the state of all topics
  double decided_ms = 0;   ///< kill: from the kill until the first survivor knew
  double repaired_ms = 0;  ///< kill: views_ms without decided_ms
  std::uint64_t datagrams = 0;     ///< sent by all members from just before the event until all of this was known
  std::uint64_t bytes = 0;         ///< UDP payload of these
  std::uint64_t false_alarms = 0;  ///< failures reported of nodes that were alive
};

/// `actor`: who joins, leaves or is killed: 0 to kGroupMembers - 1, in the order of their start.
/// Errors: the first that any process reports, or a timeout that names the process; bad_data where a member has seen
/// more changes of topics than the event brings.
Result<GroupsRun> run_groups(GroupEventKind event, std::uint32_t topics, std::uint32_t actor);

}  // namespace hawser::bench
