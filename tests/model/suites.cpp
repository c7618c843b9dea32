#include "tests/model/suites.hpp"

#include "tests/model/scenario.hpp"

namespace model {
namespace {

constexpr Mask A = 1, B = 2, C = 4, everyone = 0xff, nobody = 0;

// Without the rule, each of these fails; "heavy" ones switch off what the light groups need of the heavy ones.
constexpr Run failing[] = {
    {"join", 1, 0, "no-hold"},
    {"pair-switch-twice", 2, 1, "no-serial", {A, nobody}},
    {"pair-behind-twice", 2, 1, "wide-marker", {A, nobody}},
    {"leave-heavy", 0, 0, "no-own-marker"},
    {"switch-join", 1, 0, "any-heavy"},
    {"switch", 1, 0, "mark-ahead"},
    {"join", 1, 0, "newcomer-hears-old"},
    {"join", 1, 0, "early-at-once"},
    {"join", 1, 0, "drop-unknown"},
    {"join-join", 1, 0, "drop-outside"},
    {"leave-heavy", 0, 0, "leave-at-once"},
    {"switch", 2, 1, "no-drop", {A, nobody}},
    {"join", 1, 1, "keep-pending"},
    {"join", 1, 1, "no-restamp"},
    {"leave-heavy", 0, 0, "leave-early"},
    {"switch-back-release", 0, 0, "unchecked-release"},
    {"switch-back-release", 0, 0, "checked-now"},
    {"leave-heavy", 1, 1, "unstable-views"},
    {"two-grow-switch", 1, 1, "retained-views", {A, A}},
    {"join-grow", 1, 1, "drop-arrangements"},
};

bool has_two_groups(const Scenario& scenario) { return scenario.name.starts_with("two-"); }

void add_runs(std::vector<Run>& runs, const Scenario& scenario) {
  if (has_two_groups(scenario)) {
    runs.push_back({scenario.name, 0, 2, ""});
    // Too many states with data.
    if (scenario.name.starts_with("two-cross-") || scenario.name == "two-leave-rejoin") return;
    runs.push_back({scenario.name, 1, 1, "", {A, B}});
    runs.push_back({scenario.name, 1, 1, "", {C, A}});
    return;
  }
  for (int crashes = 0; crashes <= 2; ++crashes) runs.push_back({scenario.name, 1, crashes, ""});
  runs.push_back({scenario.name, 2, 1, "", {A, everyone}});
}

}  // namespace

std::vector<Run> short_runs() {
  std::vector<Run> runs(std::begin(failing), std::end(failing));
  for (const std::string_view name : {"join", "join-grow", "leave", "leave-heavy", "leave-join", "switch",
                                      "switch-create", "switch-join", "switch-create-join", "pair-switch-twice"}) {
    runs.push_back({name, 1, 1, ""});
  }
  runs.push_back({"switch", 1, 2, ""});
  runs.push_back({"pair-behind-twice", 2, 1, "", {A, nobody}});
  runs.push_back({"two-grow-switch", 1, 1, "", {A, A}});
  for (const std::string_view name : {"switch-back", "switch-back-release", "two-switch-join", "two-cross"}) {
    runs.push_back({name, 0, 1, ""});
  }
  return runs;
}

std::vector<Run> all_runs() {
  std::vector<Run> runs = short_runs();
  for (const Scenario& scenario : scenarios()) {
    if (scenario.nodes == 3) add_runs(runs, scenario);
  }
  for (const std::string_view name : {"join", "leave", "switch", "switch-create", "switch-join"}) {
    runs.push_back({.scenario = name, .crashes = 1, .lazy_self = true, .parted = true});
  }
  for (const std::string_view name : {"four-switch-join", "four-switch"}) {
    runs.push_back({name, 0, 2, ""});
  }
  for (const std::string_view name : {"join", "join-join", "join-leave", "switch-create-join", "rejoin-heavy"}) {
    runs.push_back({.scenario = name, .crashes = 1, .weakness = "no-newcomer-marker", .needless = true});
  }
  for (const std::string_view name : {"switch", "switch-join", "switch-back", "leave-switch", "switch-twice"}) {
    runs.push_back({.scenario = name,
                    .data = 2,
                    .crashes = 2,
                    .weakness = "plain-drop",
                    .senders = {A, everyone},
                    .needless = true});
  }
  for (const std::string_view name : {"leave-heavy", "rejoin-heavy", "switch-release", "switch-create-join"}) {
    runs.push_back({.scenario = name, .crashes = 2, .weakness = "retained-views sender-waits", .needless = true});
  }
  runs.push_back({"two-grow-switch", 1, 2, "retained-views sender-waits", {A, A}, false, false, true});
  for (const std::string_view name : {"join", "join-leave", "switch-back"}) {
    runs.push_back({.scenario = name, .crashes = 1, .weakness = "keep-markers", .needless = true});
  }
  return runs;
}

}  // namespace model
