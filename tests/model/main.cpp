// hawser-model: all states of small runs of the light groups' protocol. README.md says what that shows.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "tests/model/search.hpp"
#include "tests/model/suites.hpp"

namespace model {
namespace {

constexpr std::size_t states_max_default = 40'000'000;
constexpr int exit_as_expected = 0, exit_unexpected = 1, exit_usage = 2, exit_bound = 3;

int usage() {
  std::puts(
      "hawser-model --short | --all          the known runs; exit code 0 where each is as expected\n"
      "hawser-model SCENARIO [WORD ...]      one run; exit code 0: holds, 1: violation, 3: stopped at the bound\n"
      "  data=N crashes=N max=STATES         bounds; 1, 0 and 40 million without them\n"
      "  senders=X,Y                         sets of nodes as numbers (A 1, B 2, C 4): who sends on X, who on Y\n"
      "  lazy-self                           own messages are delivered later than they are sent\n"
      "  parted                              a crashed node may have passed a barrier alone before\n"
      "  a weakness                          one rule off\n\nScenarios:");
  for (const Scenario& s : scenarios()) {
    std::printf("  %-22s%s\n", std::string(s.name).c_str(), std::string(s.what).c_str());
  }
  std::puts("Weaknesses:");
  for (const WeaknessName& w : weaknesses()) {
    std::printf("  %-22s%s\n", std::string(w.name).c_str(), std::string(w.what).c_str());
  }
  return exit_usage;
}

bool set_weakness(Setting& setting, std::string_view name) {
  for (const WeaknessName& w : weaknesses()) {
    if (w.name != name) continue;
    setting.weak |= w.weakness;
    return true;
  }
  return false;
}

// Of several, apart by a space.
bool set_weaknesses(Setting& setting, std::string_view names) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    if (!set_weakness(setting, names.substr(0, end))) return false;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return true;
}

std::string describe(const Setting& setting) {
  std::string text = std::string(setting.scenario->name) + " data=" + std::to_string(setting.data) +
                     " crashes=" + std::to_string(setting.crashes);
  if (setting.senders != Setting{}.senders) {
    text += " senders=" + std::to_string(setting.senders[0]) + "," + std::to_string(setting.senders[1]);
  }
  if (setting.lazy_self) text += " lazy-self";
  if (setting.parted) text += " parted";
  for (const WeaknessName& w : weaknesses()) {
    if ((setting.weak & w.weakness) != 0) text += " " + std::string(w.name);
  }
  return text;
}

Result run(const Setting& setting, std::size_t states_max) {
  const auto start = std::chrono::steady_clock::now();
  Result result = search(Model(setting), states_max);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  std::printf("%s: %s%s; %zu states, %.1f s\n", describe(setting).c_str(),
              std::string(text_of(result.violation)).c_str(), result.complete ? "" : " so far, stopped at the bound",
              result.states, spent.count());
  std::fflush(stdout);
  return result;
}

int run_all(const std::vector<Run>& runs) {
  int unexpected = 0;
  for (const Run& known : runs) {
    Setting setting{.scenario = find_scenario(known.scenario),
                    .data = known.data,
                    .crashes = known.crashes,
                    .senders = known.senders,
                    .lazy_self = known.lazy_self,
                    .parted = known.parted};
    if (setting.scenario == nullptr || !set_weaknesses(setting, known.weakness)) {
      std::printf("unknown: %s %s\n", std::string(known.scenario).c_str(), std::string(known.weakness).c_str());
      ++unexpected;
      continue;
    }
    const Result result = run(setting, states_max_default);
    const bool failed = result.violation != Violation::none && result.violation != Violation::bound;
    const bool expected = known.weakness.empty() || known.needless ? !failed && result.complete : failed;
    if (expected) continue;
    ++unexpected;
    std::printf("  NOT AS EXPECTED\n%s", result.trace.c_str());
  }
  std::printf("%zu runs, %d not as expected\n", runs.size(), unexpected);
  return unexpected == 0 ? exit_as_expected : exit_unexpected;
}

bool number_after(std::string_view word, std::string_view key, std::size_t& number) {
  if (!word.starts_with(key)) return false;
  word.remove_prefix(key.size());
  return std::from_chars(word.data(), word.data() + word.size(), number).ec == std::errc{};
}

bool senders_after(std::string_view word, Setting& setting) {
  std::size_t first = 0, second = 0;
  const std::size_t comma = word.find(',');
  if (!number_after(word, "senders=", first) || comma == word.npos) return false;
  if (!number_after(word.substr(comma), ",", second)) return false;
  setting.senders = {static_cast<Mask>(first), static_cast<Mask>(second)};
  return true;
}

int run_one(int argc, char** argv) {
  Setting setting{.scenario = find_scenario(argv[1])};
  if (setting.scenario == nullptr) {
    std::printf("'%s' is no scenario.\n\n", argv[1]);
    return usage();
  }
  std::size_t states_max = states_max_default;
  for (int i = 2; i < argc; ++i) {
    const std::string_view word = argv[i];
    std::size_t number = 0;
    if (number_after(word, "data=", number) && number <= data_max) {
      setting.data = static_cast<int>(number);
    } else if (number_after(word, "crashes=", number) && number <= 2) {
      setting.crashes = static_cast<int>(number);
    } else if (number_after(word, "max=", number)) {
      states_max = number;
    } else if (word == "lazy-self") {
      setting.lazy_self = true;
    } else if (word == "parted") {
      setting.parted = true;
    } else if (!senders_after(word, setting) && !set_weakness(setting, word)) {
      return usage();
    }
  }
  const Result result = run(setting, states_max);
  std::printf("%s", result.trace.c_str());
  if (result.violation != Violation::none) return exit_unexpected;
  return result.complete ? exit_as_expected : exit_bound;
}

}  // namespace
}  // namespace model

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (argc == 2 && word == "--short") return model::run_all(model::short_runs());
  if (argc == 2 && word == "--all") return model::run_all(model::all_runs());
  return argc > 1 ? model::run_one(argc, argv) : model::usage();
}
