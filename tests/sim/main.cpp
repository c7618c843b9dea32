// hawser-sim: runs seeds, prints a line for each, and fails where a property was broken or a block met too little.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <sstream>
#include <thread>

#include "tests/sim/jobs.hpp"
#include "tests/sim/report.hpp"
#include "tests/sim/run_plan.hpp"
#include "tests/sim/runner.hpp"
#include "tests/sim/shrink.hpp"
#include "tests/sim/timeline.hpp"
#include "transport/core/fault.hpp"

namespace {

using namespace hawser;
using namespace hawser::sim;

struct Settings {
  SeedRange seeds;
  std::size_t nodes = 5;
  double minutes = 1;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  bool trace = false;
  bool packets = false;
  bool shrink = false;
};

RunPlan plan_of(const Settings& settings, std::uint64_t seed) {
  const auto length =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::ratio<60>>(settings.minutes));
  return make_run_plan(seed, settings.nodes, length);
}

std::string how_to_repeat(const Settings& settings, std::uint64_t seed) {
  std::ostringstream words;
  words << "hawser-sim --first " << seed << " --seeds 1 --nodes " << settings.nodes << " --minutes " << settings.minutes
        << " --trace";
  return words.str();
}

void parse(CLI::App& app, Settings& settings) {
  app.footer(
      "Example: hawser-sim --first 1 --seeds 300\n"
      "Prints one line a seed, the same on any machine. Exit code 1 where a property was broken, or where a block of "
      "at\n"
      "least 100 seeds has not met what makes it worth believing.");
  constexpr std::uint64_t kSeedsMax = std::uint64_t{1} << 62;
  app.add_option("--first", settings.seeds.first, "first seed")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{0}, kSeedsMax).description(""));
  app.add_option("--seeds", settings.seeds.count, "how many seeds")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, kSeedsMax).description(""));
  app.add_option("--nodes", settings.nodes, "nodes of each run")->capture_default_str()->check(CLI::Range(2, 100));
  app.add_option("--minutes", settings.minutes, "virtual minutes with faults, of each run")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 10000.0));
  app.add_option("--jobs", settings.jobs, "processes to share the work")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  app.add_flag("--trace", settings.trace, "print all that happened at the interfaces, in the order of time");
  app.add_flag("--packets", settings.packets, "as --trace, with every datagram and its frames");
#if defined(HAWSER_FAULTS)
  app.add_option("--plant", fault::active(), "switch on this planted fault");
#endif
  app.add_flag("--shrink", settings.shrink, "look for fewer faults and a shorter run that break the same property");
}

// Of this process and its children, user and system together.
std::chrono::duration<double> processor_time() {
  std::chrono::duration<double> sum{};
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& part : {usage.ru_utime, usage.ru_stime}) {
      sum += std::chrono::seconds{part.tv_sec} + std::chrono::microseconds{part.tv_usec};
    }
  }
  return sum;
}

int run_block(const Settings& settings) {
  BlockReport report;
  const auto begin = std::chrono::steady_clock::now();
  const auto run_seed = [&](std::uint64_t seed) {
    Timeline timeline{std::cout, settings.packets ? Timeline::Packets::shown : Timeline::Packets::hidden};
    return run(plan_of(settings, seed), settings.trace || settings.packets ? &timeline : nullptr);
  };
  const auto on_result = [&](const RunResult& result) {
    std::cout << seed_line(result) << "\n";
    print_violations(result, how_to_repeat(settings, result.seed), std::cout);
    std::cout.flush();
    report.add(result);
  };
  run_jobs(settings.seeds, settings.jobs, run_seed, on_result);
  report.print(std::chrono::steady_clock::now() - begin, processor_time(), std::cout);
  return report.broken() == 0 && report.shortcomings().empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs Hawser's machines in virtual time under seeded faults and checks every property."};
  Settings settings;
  parse(app, settings);
  CLI11_PARSE(app, argc, argv);
  if (settings.trace || settings.packets || settings.shrink) settings.jobs = 1;
  if (settings.shrink) return shrink_and_print(plan_of(settings, settings.seeds.first), std::cout);
  return run_block(settings);
}
