#include "tests/heavy_world/suites.hpp"

#include "transport/core/check.hpp"

namespace hawser::heavy {

Setting setting_of(const KnownRun& run) {
  const Scenario* const scenario = find_scenario(run.scenario);
  HAWSER_CHECK(scenario != nullptr);
  return {*scenario, std::string{run.senders}, std::string{run.crashes}, run.losses, run.early};
}

std::vector<KnownRun> short_runs() {
  return {
      {"steady", "Af", "", 1}, {"steady", "Af Bf Cf", "C"}, {"steady", "Af Bf Cf", "C", 1},
      {"cut", "Af Cf"},        {"merge", "Af Cf"},          {"merge", "", "ABC"},
      {"grow", "Af7"},         {"shrink", "Cf7", "B"},
  };
}

std::vector<KnownRun> all_runs() {
  std::vector<KnownRun> runs = short_runs();
  for (const KnownRun& more : std::vector<KnownRun>{
           {"steady", "Af", "A", 0, 1},
           {"steady", "Bs", "ABC", 1},
           {"steady", "Af Bt", "AB", 1},
           {"steady", "Af Bc", "AB", 1},
           {"steady", "At Bt Ct", "A"},
           {"cut", "Af Bs Cf"},
           {"grow", "Af7", "ABC"},
           {"shrink", "Cf7", "", 1},
       }) {
    runs.push_back(more);
  }
  return runs;
}

const std::vector<PlantedFault>& planted_faults() {
  static const std::vector<PlantedFault> kFaults{
      {"causal.waits_for_nothing", {"steady", "Af Bc"}},
      {"gbcast.not_asked_for", {"group", "Ag7"}},
      {"gbcast.not_the_last", {"group", "Ag7 Bf7"}},
      {"groups.closes_not_waited_for", {"grow", "Af7"}},
      {"multicast.duplicate_delivered", {"steady", "Af", "", 1}},
      {"multicast.repair_forgotten", {"steady", "Af", "", 1}},
      {"safe.delivered_at_once", {"steady", "As", "A", 1}},
      {"total.no_sequencer", {"steady", "Bt Ct"}},
      {"vs.cut_dropped", {"steady", "Cf", "C"}},
      {"vs.old_sync_used", {"merge", "", "C"}},
      {"vs.transitional_whole_view", {"merge"}},
  };
  return kFaults;
}

}  // namespace hawser::heavy
