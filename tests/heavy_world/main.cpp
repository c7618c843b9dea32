// hawser-heavy-world: all states of small worlds of the heavy-weight groups. README.md says what that shows.
#include <charconv>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

#include "tests/heavy_world/suites.hpp"
#include "tests/heavy_world/world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::heavy {
namespace {

using small::Result;

constexpr std::size_t kStatesMax = 40'000'000;
constexpr int kAsExpected = 0, kUnexpected = 1, kUsage = 2, kBound = 3;

void list_scenarios() {
  for (const Scenario& one : scenarios()) {
    std::printf("  %-10s%s\n", std::string(one.name).c_str(), std::string(one.what).c_str());
  }
}

int no_such_scenario(const char* name) {
  std::printf("'%s' is no scenario; hawser-heavy-world alone explains the rest. There are:\n", name);
  list_scenarios();
  return kUsage;
}

int usage() {
  std::puts(
      "hawser-heavy-world --short | --all   the known runs; exit code 0 where each holds\n"
      "hawser-heavy-world --faults          the planted faults; exit code 0 where each is found (builds with faults)\n"
      "hawser-heavy-world SCENARIO [WORD …] one run; exit code 0: holds, 1: violation, 3: stopped at the bound\n"
      "  \"send=Af Bt Cs7\"                   A sends a fifo message, B one in total order, C a safe one in the "
      "group;\n"
      "                                     c is causal, g (in the group only) a gbcast\n"
      "  crash=ABC                          one of these may crash\n"
      "  lose=N                             N times one receiver does not get a packet\n"
      "  early=N                            N times a deadline or heartbeat comes while packets are on their way\n"
      "  max=STATES                         40 million without it\n"
      "  fault=NAME                         with this fault planted\n\nScenarios:");
  list_scenarios();
  return kUsage;
}

bool plant(std::string_view fault) {
#if defined(HAWSER_FAULTS)
  hawser::fault::active() = fault;
  return true;
#else
  return fault.empty();
#endif
}

std::string describe(const Setting& setting) {
  std::string text{setting.scenario.name};
  if (!setting.senders.empty()) text += " \"send=" + setting.senders + "\"";
  if (!setting.crashes.empty()) text += " crash=" + setting.crashes;
  if (setting.losses > 0) text += " lose=" + std::to_string(setting.losses);
  if (setting.early > 0) text += " early=" + std::to_string(setting.early);
  return text;
}

Result run(const Setting& setting, std::size_t states_max, bool wants_shortest = true) {
  const std::clock_t start = std::clock();
  Result result =
      small::search_all<Rules>(setting, states_max, wants_shortest, [](const Rules& rules, Result& counted) {
        counted.node_states = rules.node_states();
        counted.confirmed = rules.confirmed();
      });
  const double spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const char* const how = !result.violations.empty() ? "VIOLATION" : result.complete ? "holds" : "stopped at the bound";
  std::printf("%s: %s; %zu states, %zu transitions, %zu ends, depth %zu; %zu states of nodes, %.1f s of a processor\n",
              describe(setting).c_str(), how, result.states, result.transitions, result.finals, result.depth,
              result.node_states, spent);
  for (const std::string& violation : result.violations) std::printf("  %s\n", violation.c_str());
  std::fflush(stdout);
  return result;
}

int run_all(const std::vector<KnownRun>& runs) {
  int unexpected = 0;
  for (const KnownRun& known : runs) {
    const Result result = run(setting_of(known), kStatesMax);
    if (result.complete) continue;
    ++unexpected;
    std::printf("  NOT AS EXPECTED\n%s", result.trace.c_str());
  }
  std::printf("%zu runs, %d not as expected\n", runs.size(), unexpected);
  return unexpected == 0 ? kAsExpected : kUnexpected;
}

int run_faults() {
  if (!plant("none")) return usage();
  int missed = 0;
  for (const PlantedFault& fault : planted_faults()) {
    static_cast<void>(plant(fault.name));
    std::printf("%s in ", std::string(fault.name).c_str());
    const Result result = run(setting_of(fault.run), kStatesMax, false);
    if (!result.violations.empty()) continue;
    ++missed;
    std::puts("  NOT FOUND");
  }
  std::printf("%zu faults, %d not found\n", planted_faults().size(), missed);
  return missed == 0 ? kAsExpected : kUnexpected;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

// One WORD of the command line. False where it is none.
bool take(std::string_view word, Setting& setting, std::size_t& states_max) {
  const std::size_t equals = std::min(word.find('='), word.size() - 1);
  const std::string_view key = word.substr(0, equals);
  const std::string_view value = word.substr(equals + 1);
  if (key == "send") {
    setting.senders = value;
    return messages_of(value).has_value();
  }
  if (key == "crash") {
    setting.crashes = value;
    return value.find_first_not_of("ABC") == std::string_view::npos;
  }
  if (key == "lose") return read_number(value, setting.losses);
  if (key == "early") return read_number(value, setting.early);
  if (key == "max") return read_number(value, states_max);
  return key == "fault" && plant(value);
}

int run_one(int argc, char** argv) {
  const Scenario* const scenario = find_scenario(argv[1]);
  if (scenario == nullptr) return no_such_scenario(argv[1]);
  Setting setting{*scenario};
  std::size_t states_max = kStatesMax;
  for (int at = 2; at < argc; ++at) {
    if (!take(argv[at], setting, states_max)) return usage();
  }
  const Result result = run(setting, states_max);
  std::printf("%s", result.trace.c_str());
  if (!result.violations.empty()) return kUnexpected;
  return result.complete ? kAsExpected : kBound;
}

}  // namespace
}  // namespace hawser::heavy

int main(int argc, char** argv) {
  using namespace hawser::heavy;
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (argc == 2 && word == "--short") return run_all(short_runs());
  if (argc == 2 && word == "--all") return run_all(all_runs());
  if (argc == 2 && word == "--faults") return run_faults();
  return argc > 1 ? run_one(argc, argv) : usage();
}
