#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/statistics.hpp"

namespace hawser::bench {
namespace {

struct Rounds {
  std::vector<double> views_ms;
  std::vector<double> synced_ms;
  std::vector<double> decided_ms;
  std::vector<double> repaired_ms;
  std::vector<double> datagrams;
  std::vector<double> bytes;
  std::uint64_t false_alarms = 0;

  void add(const GroupsRun& run) {
    views_ms.push_back(run.views_ms);
    synced_ms.push_back(run.synced_ms);
    decided_ms.push_back(run.decided_ms);
    repaired_ms.push_back(run.repaired_ms);
    datagrams.push_back(static_cast<double>(run.datagrams));
    bytes.push_back(static_cast<double>(run.bytes));
    false_alarms += run.false_alarms;
  }
};
using Case = std::pair<GroupEventKind, std::uint32_t>;  // With so many topics.

void add_spread(json& figure, const std::string& name, const std::vector<double>& values) {
  figure[name] = median(values);
  figure[name + "_min"] = least(values);
  figure[name + "_max"] = greatest(values);
}

std::string spread(const std::vector<double>& values) {
  return format("%9.2f %9.2f %9.2f", median(values), least(values), greatest(values));
}

void report_json(const Case& of, const Rounds& rounds, const GroupsPlan& plan, Output& output) {
  const auto& [event, topics] = of;
  json figure{{"figure", "groups"},
              {"event", event},
              {"topics", topics},
              {"members", kGroupMembers},
              {"rounds", plan.rounds},
              {"datagrams", median(rounds.datagrams)},
              {"bytes", median(rounds.bytes)},
              {"false_alarms", rounds.false_alarms}};
  add_spread(figure, "views_ms", rounds.views_ms);
  if (event == GroupEventKind::join) add_spread(figure, "synced_ms", rounds.synced_ms);
  if (event == GroupEventKind::kill) {
    add_spread(figure, "decided_ms", rounds.decided_ms);
    add_spread(figure, "repaired_ms", rounds.repaired_ms);
  }
  output.figure(figure);
}

GroupsFigure report(const Case& of, const Rounds& rounds, const GroupsPlan& plan, Output& output) {
  const auto& [event, topics] = of;
  report_json(of, rounds, plan, output);
  std::string line = format("  %6u  ", topics) + spread(rounds.views_ms);
  if (event == GroupEventKind::join) line += "  " + spread(rounds.synced_ms);
  if (event == GroupEventKind::kill)
    line += format("  %9.2f  ", median(rounds.decided_ms)) + spread(rounds.repaired_ms);
  line += format("  %9.0f %9.1f", median(rounds.datagrams), median(rounds.bytes) / 1e3);
  if (rounds.false_alarms > 0)
    line += format("  %llu false alarms", static_cast<unsigned long long>(rounds.false_alarms));
  output.text(line);
  return {event, topics, median(rounds.views_ms), median(rounds.repaired_ms)};
}

void report_heading(GroupEventKind event, const GroupsPlan& plan, Output& output) {
  const std::string rounds = format(", %u rounds; ms", plan.rounds);
  switch (event) {
    case GroupEventKind::join:
      output.text("\nThe fourth member joins all topics in one call" + rounds);
      output.text("  topics  all views:   lowest   highest     synced:   lowest   highest  datagrams        kB");
      return;
    case GroupEventKind::leave:
      output.text("\nOne of four members leaves all topics" + rounds);
      output.text("  topics  all views:   lowest   highest  datagrams        kB");
      return;
    case GroupEventKind::kill:
      output.text("\nOne of four members of all topics is killed" + rounds);
      output.text(
          "  topics  all views:   lowest   highest   decided:  repaired:   lowest   highest  datagrams        kB");
      return;
  }
}

}  // namespace

Result<std::vector<GroupsFigure>> measure_groups(const GroupsPlan& plan, Output& output) {
  std::map<Case, Rounds> rounds;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (const GroupEventKind event : plan.events) {
      for (const std::uint32_t topics : plan.topics) {
        output.progress(std::string{to_string(event)} +
                        format(" in %u topics, round %u of %u", topics, round, plan.rounds));
        // Another actor each time: the oldest member orders the directory, so its end is not like the others'.
        const auto run = run_groups(event, topics, (round - 1) % kGroupMembers);
        if (!run) return run.error();
        rounds[{event, topics}].add(run.value());
      }
    }
  }
  std::vector<GroupsFigure> figures;
  for (const GroupEventKind event : plan.events) {
    report_heading(event, plan, output);
    for (const std::uint32_t topics : plan.topics) {
      figures.push_back(report({event, topics}, rounds[{event, topics}], plan, output));
    }
  }
  return figures;
}

}  // namespace hawser::bench
