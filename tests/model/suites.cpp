#include "tests/model/suites.hpp"

#include "tests/model/scenario.hpp"

namespace model {
namespace {

constexpr Mask A = 1, B = 2, C = 4, everyone = 0xff, nobody = 0;

// Without the rule, each of these fails.
constexpr Run failing[] = {
    {"join", 0, 0, "newcomer-silent"},
    {"pair-switch-twice", 1, 0, "mark-ahead", {B, nobody}},
    {"join", 1, 0, "no-newcomer-marker", {A, nobody}},
    {"pair-switch-twice", 1, 0, "no-member-marker", {B, nobody}},
    {"leave-heavy", 1, 0, "no-own-marker", {A, nobody}},
    {"pair-switch-twice", 1, 0, "any-heavy", {A, nobody}},
    {"join-leave", 1, 0, "jump", {B, nobody}},
    {"join-join", 1, 0, "newcomer-at-once", {C, nobody}},
    {"leave", 0, 0, "wait-for-leaver"},
    {"pair-switch-twice", 1, 0, "no-hold", {A, nobody}},
    {"pair-switch-twice", 1, 0, "early-at-once", {A, nobody}},
    {"pair-switch-twice", 1, 0, "drop-early", {A, nobody}},
    {"join-join", 1, 0, "newcomer-hears-old", {A, nobody}},
    {"leave-join", 1, 0, "leaver-sends", {C, nobody}},
    {"leave-join", 1, 0, "leave-unstable", {C, nobody}},
    {"switch-leave", 2, 0, "last-carrier", {C, nobody}},
    {"switch-join", 1, 1, "no-serial", {C, nobody}},
    {"two-join-behind", 1, 1, "wide-marker", {C, nobody}},
    {"pair-switch-twice", 0, 1, "keep-pending"},
    {"pair-switch-twice", 0, 1, "keep-gone"},
    {"pair-switch-twice", 2, 1, "no-drop", {A, nobody}},
    {"leave-switch", 1, 1, "keep-markers", {A, nobody}},
    {"pair-switch-twice", 1, 1, "no-restamp", {B, nobody}},
    {"leave", 1, 1, "lose-unsent", {C, nobody}},
    {"switch-release-leave", 1, 0, "release-unstable", {C, nobody}},
    {"switch-release", 0, 0, "leave-early"},
    {"switch-back-release", 0, 0, "unchecked-release"},
    {"switch-back-release", 0, 0, "checked-now"},
    {"two-grow-switch", 1, 1, "no-opening", {A, A}},
    {"two-grow-switch", 1, 1, "newcomer-opens", {C, A}},
    {"switch-release", 1, 1, "forget-views", {C, nobody}},
};

// The protocol holds without these as well; README.md says why they are there.
constexpr Run needless[] = {
    {.scenario = "leave-heavy", .crashes = 1, .weakness = "leave-late", .needless = true},
    {.scenario = "join-leave", .crashes = 1, .weakness = "leave-late", .needless = true},
    {.scenario = "switch-release-leave", .crashes = 1, .weakness = "leave-late", .needless = true},
    {.scenario = "join-leave", .crashes = 1, .weakness = "one-by-one", .needless = true},
    {.scenario = "switch-twice", .crashes = 1, .weakness = "one-by-one", .senders = {A, B}, .needless = true},
    {.scenario = "join-join", .crashes = 1, .weakness = "keep-pending mark-anew", .needless = true},
    {.scenario = "switch-join", .crashes = 1, .weakness = "keep-pending mark-anew", .needless = true},
    {.scenario = "switch-twice", .crashes = 1, .weakness = "keep-pending mark-anew", .needless = true},
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
  runs.push_back({"switch-leave", 2, 1, "", {C, nobody}});
  runs.push_back({"pair-behind-twice", 2, 1, "", {A, nobody}});
  runs.push_back({"two-grow-switch", 1, 1, "", {A | C, A}});
  runs.push_back({"two-join-behind", 1, 1, "", {C, nobody}});
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
  runs.insert(runs.end(), std::begin(needless), std::end(needless));
  return runs;
}

}  // namespace model
