#include "tests/small_world/suites.hpp"

#include "transport/core/check.hpp"

namespace hawser::small {

Setting setting_of(const KnownRun& run) {
  const Scenario* const scenario = find_scenario(run.scenario);
  HAWSER_CHECK(scenario != nullptr);
  return {*scenario, std::string{run.senders}, std::string{run.crashes}};
}

std::vector<KnownRun> short_runs() {
  return {
      {"join-grow", "Ag", "C"},  {"join-share", "Ag", "A"}, {"join-switch", "Ag", "B"},    {"join-switch", "", "ABC"},
      {"join-create", "Ag", ""}, {"join-two", "", "A"},     {"leave-switch", "Cx", "ABC"}, {"join-leave", "Bg", ""},
  };
}

std::vector<KnownRun> all_runs() {
  std::vector<KnownRun> runs = short_runs();
  return runs;
}

const std::vector<PlantedFault>& planted_faults() {
  static const std::vector<PlantedFault> kFaults{};
  return kFaults;
}

}  // namespace hawser::small
