#include "tests/bench/view_change.hpp"

#include <map>
#include <string>
#include <utility>

#include "tests/bench/statistics.hpp"

namespace hawser::bench {
namespace {

using Case = std::pair<ViewChangeCause, std::uint32_t>;  // with so many members

struct Rounds {
  std::vector<double> ms;
  std::vector<double> datagrams;
  std::vector<double> bytes;
  std::vector<double> view_datagrams;

  void add(const ViewChangeRun& run) {
    ms.push_back(run.last_view_ms);
    datagrams.push_back(static_cast<double>(run.datagrams));
    bytes.push_back(static_cast<double>(run.bytes));
    view_datagrams.push_back(static_cast<double>(run.view_datagrams));
  }
};

void report(const Case& of, const Rounds& rounds, const ViewChangePlan& plan, Output& output) {
  const auto& [cause, members] = of;
  json figure{{"figure", "view-change"},
              {"cause", cause},
              {"members", members},
              {"simulated", plan.simulated},
              {"rounds", plan.rounds},
              {"last_view_ms", median(rounds.ms)},
              {"last_view_ms_min", least(rounds.ms)},
              {"last_view_ms_max", greatest(rounds.ms)},
              {"datagrams", median(rounds.datagrams)},
              {"bytes", median(rounds.bytes)}};
  std::string line = format("  %-6s %4u  %9.2f %9.2f %9.2f  %9.0f %9.1f", std::string{to_string(cause)}.c_str(),
                            members, median(rounds.ms), least(rounds.ms), greatest(rounds.ms), median(rounds.datagrams),
                            median(rounds.bytes) / 1e3);
  if (plan.simulated) {
    figure["view_datagrams"] = median(rounds.view_datagrams);
    line += format("  %9.0f", median(rounds.view_datagrams));
  }
  output.figure(figure);
  output.text(line);
}

}  // namespace

std::string_view to_string(ViewChangeCause cause) {
  switch (cause) {
    case ViewChangeCause::crash: return "crash";
    case ViewChangeCause::leave: return "leave";
    case ViewChangeCause::join: return "join";
    case ViewChangeCause::merge: return "merge";
  }
  return "?";
}

Status measure_view_changes(const ViewChangePlan& plan, Output& output) {
  std::map<Case, Rounds> rounds;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (const ViewChangeCause cause : plan.causes) {
      for (const std::uint32_t members : plan.members) {
        output.progress(std::string{to_string(cause)} +
                        format(" of %u members, round %u of %u", members, round, plan.rounds));
        const auto run = plan.simulated ? simulate_view_change(cause, members, round) : run_view_change(cause, members);
        if (!run) return run.error();
        rounds[{cause, members}].add(run.value());
      }
    }
  }
  output.text(format("\nFrom an event to the last member's view, %u rounds; ms%s", plan.rounds,
                     plan.simulated ? " of virtual time" : ""));
  output.text(std::string{"  cause   members    ms:    lowest   highest  datagrams        kB"} +
              (plan.simulated ? "  on views" : ""));
  for (const ViewChangeCause cause : plan.causes) {
    for (const std::uint32_t members : plan.members) report({cause, members}, rounds[{cause, members}], plan, output);
  }
  return Ok{};
}

}  // namespace hawser::bench
