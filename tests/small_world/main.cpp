// hawser-small-world: all states of small worlds of the product's own light-weight groups. README.md says what that
// shows.
#include <charconv>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

#include "tests/small_world/search.hpp"
#include "tests/small_world/suites.hpp"
#include "transport/core/fault.hpp"

namespace hawser::small {
namespace {

constexpr std::size_t kStatesMax = 40'000'000;
constexpr int kAsExpected = 0, kUnexpected = 1, kUsage = 2, kBound = 3;

void list_scenarios() {
  for (const Scenario& one : scenarios()) {
    std::printf("  %-22s%s\n", std::string(one.name).c_str(), std::string(one.what).c_str());
  }
}

int no_such_scenario(const char* name) {
  std::printf("'%s' is no scenario; hawser-small-world alone explains the rest. There are:\n", name);
  list_scenarios();
  return kUsage;
}

int usage() {
  std::puts(
      "hawser-small-world --short | --all   the known runs; exit code 0 where each holds\n"
      "hawser-small-world --faults          the planted faults; exit code 0 where each is found (builds with faults)\n"
      "hawser-small-world SCENARIO [WORD …] one run; exit code 0: holds, 1: violation, 3: stopped at the bound\n"
      "  \"send=Ag Bx\"                       A sends a message on g, B one on x\n"
      "  crash=ABC                          one of these may crash; '-': the control view may change with nobody lost\n"
      "  bulk                               all messages are long\n"
      "  total                              the groups are in total order\n"
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
  if (setting.messages == Messages::bulk) text += " bulk";
  if (setting.messages == Messages::total) text += " total";
  return text;
}

Result run(const Setting& setting, std::size_t states_max, bool wants_shortest = true) {
  const std::clock_t start = std::clock();
  Result result = search(setting, states_max, wants_shortest);
  const double spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const char* const how = !result.violations.empty() ? "VIOLATION" : result.complete ? "holds" : "stopped at the bound";
  std::printf(
      "%s: %s; %zu states, %zu transitions, %zu ends, depth %zu, %llu switches; %zu states of nodes, %.1f s of a "
      "processor\n",
      describe(setting).c_str(), how, result.states, result.transitions, result.finals, result.depth,
      static_cast<unsigned long long>(result.moves), result.node_states, spent);
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

bool after(std::string_view word, std::string_view key, std::string& value) {
  if (!word.starts_with(key)) return false;
  value = word.substr(key.size());
  return true;
}

int run_one(int argc, char** argv) {
  const Scenario* const scenario = find_scenario(argv[1]);
  if (scenario == nullptr) return no_such_scenario(argv[1]);
  Setting setting{*scenario, {}, {}};
  std::size_t states_max = kStatesMax;
  for (int at = 2; at < argc; ++at) {
    const std::string_view word = argv[at];
    std::string text;
    std::vector<Deed> sends;
    if (word == "bulk") {
      setting.messages = Messages::bulk;
    } else if (word == "total") {
      setting.messages = Messages::total;
    } else if (after(word, "send=", setting.senders)) {
      if (!add_senders(setting.senders, sends)) return usage();
    } else if (after(word, "crash=", setting.crashes)) {
      if (setting.crashes.find_first_not_of("ABC-") != std::string::npos) return usage();
    } else if (after(word, "max=", text)) {
      if (std::from_chars(text.data(), text.data() + text.size(), states_max).ec != std::errc{}) return usage();
    } else if (!after(word, "fault=", text) || !plant(text)) {
      return usage();
    }
  }
  const Result result = run(setting, states_max);
  std::printf("%s", result.trace.c_str());
  if (!result.violations.empty()) return kUnexpected;
  return result.complete ? kAsExpected : kBound;
}

}  // namespace
}  // namespace hawser::small

int main(int argc, char** argv) {
  using namespace hawser::small;
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (argc == 2 && word == "--short") return run_all(short_runs());
  if (argc == 2 && word == "--all") return run_all(all_runs());
  if (argc == 2 && word == "--faults") return run_faults();
  return argc > 1 ? run_one(argc, argv) : usage();
}
