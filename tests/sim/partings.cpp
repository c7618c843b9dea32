#include "tests/sim/partings.hpp"

#include <algorithm>
#include <map>
#include <variant>

namespace hawser::sim {
namespace {

using Ends = std::map<NodeId, Instant>;

/// Those of `before` that still ran at that time and did not come along into `after`.
std::uint64_t parted(const View& before, const trace::HeavyView& after, Instant at, const Ends& ends) {
  return static_cast<std::uint64_t>(std::count_if(before.members.begin(), before.members.end(), [&](const NodeId& m) {
    return ends.at(m) > at &&
           std::find(after.transitional.begin(), after.transitional.end(), m) == after.transitional.end();
  }));
}

}  // namespace

std::uint64_t count_unprovoked_partings(const World& world, const FaultDriver& faults) {
  Ends ends;
  for (const auto& process : world.processes()) ends.emplace(process->node, process->ended);
  std::uint64_t count = 0;
  for (const auto& process : world.processes()) {
    const View* before = nullptr;
    for (const TraceEvent& event : process->events) {
      const auto* seen = std::get_if<trace::HeavyView>(&event.what);
      if (seen != nullptr && seen->group != kControlGroup) continue;
      if (seen == nullptr) continue;
      const Instant at = process->clock.when(event.at);
      if (before != nullptr && !faults.provoked(at)) count += parted(*before, *seen, at, ends);
      before = &seen->view;
    }
  }
  return count;
}

}  // namespace hawser::sim
