#include <map>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/kill_run.hpp"
#include "tests/bench/statistics.hpp"

namespace hawser::bench {
namespace {

struct Rounds {
  std::vector<double> join_ms;
  std::vector<double> detect_ms;
  std::vector<double> repair_ms;
  std::uint64_t false_alarms = 0;

  void add(const KillRun& run) {
    join_ms.push_back(run.join_ms);
    detect_ms.push_back(run.detect_ms);
    repair_ms.push_back(run.repair_ms);
    false_alarms += run.false_alarms;
  }
};

KillFigure report(std::uint32_t topics, const Rounds& rounds, const KillPlan& plan, Output& output) {
  const KillFigure figure{.topics = topics,
                          .detect_ms = median(rounds.detect_ms),
                          .repair_ms = median(rounds.repair_ms),
                          .repair_ms_max = greatest(rounds.repair_ms)};
  output.figure({{"figure", "kill"},
                 {"topics", topics},
                 {"members", kKillMembers},
                 {"rounds", plan.rounds},
                 {"join_ms", median(rounds.join_ms)},
                 {"detect_ms", figure.detect_ms},
                 {"detect_ms_max", greatest(rounds.detect_ms)},
                 {"repair_ms", figure.repair_ms},
                 {"repair_ms_max", figure.repair_ms_max},
                 {"false_alarms", rounds.false_alarms}});
  output.text(format("  %6u   %9.2f   %7.2f %7.2f   %7.2f %7.2f   %6llu", topics, median(rounds.join_ms),
                     figure.detect_ms, greatest(rounds.detect_ms), figure.repair_ms, figure.repair_ms_max,
                     static_cast<unsigned long long>(rounds.false_alarms)));
  return figure;
}

}  // namespace

Result<std::vector<KillFigure>> measure_kill(const KillPlan& plan, Output& output) {
  std::map<std::uint32_t, Rounds> rounds;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (const std::uint32_t topics : plan.topics) {
      output.progress(format("kill in %u topics, round %u of %u", topics, round, plan.rounds));
      // Another victim each time: the oldest member orders the directory, so its death is not like the others'.
      const auto run = run_kill(topics, (round - 1) % kKillMembers);
      if (!run) return run.error();
      rounds[topics].add(run.value());
    }
  }
  output.text(format("\nOne of %u members of all topics killed, %u rounds; ms", kKillMembers, plan.rounds));
  output.text("  topics   all joined   detected     max   repaired    max   false alarms");
  std::vector<KillFigure> figures;
  for (const std::uint32_t topics : plan.topics) figures.push_back(report(topics, rounds[topics], plan, output));
  return figures;
}

}  // namespace hawser::bench
