#include <algorithm>
#include <memory>
#include <utility>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/bench/stream_run.hpp"

namespace hawser::bench {
namespace {

constexpr double kNs_per_us = 1e3;

struct Rounds {
  std::vector<double> p50_us;
  std::vector<double> p90_us;
  std::vector<double> p99_us;
  std::vector<double> p50_ratios_to_cpg;
  std::vector<double> p99_ratios_to_cpg;
  std::uint64_t samples = 0;
  StreamCounts sum;

  void add(StreamRun run) {
    const auto percentile_us = [&](double percent) {
      return static_cast<double>(percentile(run.latencies_ns, percent)) / kNs_per_us;
    };
    p50_us.push_back(percentile_us(50));
    p90_us.push_back(percentile_us(90));
    p99_us.push_back(percentile_us(99));
    samples += run.latencies_ns.size();
    sum += run.sum();
  }
};
struct Case {
  StreamCase of;
  Rounds rounds;
};

// The better of Corosync's in this round; 0 where it is not in it.
double cpg_us(const std::vector<Case>& cases, std::vector<double> Rounds::* percentiles_us) {
  double best_us = 0;
  for (const Case& one : cases) {
    if (!is_cpg(one.of.system)) continue;
    const double us = (one.rounds.*percentiles_us).back();
    best_us = best_us == 0 ? us : std::min(best_us, us);
  }
  return best_us;
}

void note_ratios(std::vector<Case>& cases) {
  const double p50_us = cpg_us(cases, &Rounds::p50_us);
  const double p99_us = cpg_us(cases, &Rounds::p99_us);
  if (p50_us == 0) return;
  for (Case& one : cases) {
    one.rounds.p50_ratios_to_cpg.push_back(one.rounds.p50_us.back() / p50_us);
    one.rounds.p99_ratios_to_cpg.push_back(one.rounds.p99_us.back() / p99_us);
  }
}

void report_json(const LatencyFigure& figure, const Rounds& rounds, const LatencyPlan& plan, Output& output) {
  json line{{"figure", "latency"},
            {"payload_bytes", plan.payload_bytes},
            {"receivers", plan.receivers},
            {"hosts", plan.choice.hosts},
            {"rate_per_second", plan.rate},
            {"rounds", plan.rounds},
            {"seconds", plan.seconds},
            {"samples", rounds.samples},
            {"p50_us", figure.p50_us},
            {"p90_us", figure.p90_us},
            {"p99_us", figure.p99_us},
            {"lost", rounds.sum.lost},
            {"duplicated", rounds.sum.duplicated},
            {"reordered", rounds.sum.reordered},
            {"damaged", rounds.sum.damaged}};
  line.update(figure.of.identity());
  if (!rounds.p50_ratios_to_cpg.empty()) {
    line["p50_ratio_to_cpg"] = figure.p50_ratio_to_cpg;
    line["p99_ratio_to_cpg"] = figure.p99_ratio_to_cpg;
  }
  output.figure(line);
}

LatencyFigure report(const Case& one, const LatencyPlan& plan, Output& output) {
  const Rounds& rounds = one.rounds;
  const LatencyFigure figure{.of = one.of,
                             .p50_us = median(rounds.p50_us),
                             .p90_us = median(rounds.p90_us),
                             .p99_us = median(rounds.p99_us),
                             .p50_ratio_to_cpg = median(rounds.p50_ratios_to_cpg),
                             .p99_ratio_to_cpg = median(rounds.p99_ratios_to_cpg),
                             .wrong = rounds.sum.wrong()};
  report_json(figure, rounds, plan, output);
  output.text(format("  %-28s %7.1f %7.1f %7.1f   %8.2f %8.2f   %5llu %6llu", one.of.title().c_str(), figure.p50_us,
                     figure.p90_us, figure.p99_us, figure.p50_ratio_to_cpg, figure.p99_ratio_to_cpg,
                     static_cast<unsigned long long>(rounds.sum.lost),
                     static_cast<unsigned long long>(figure.wrong - rounds.sum.lost)));
  return figure;
}

Result<std::vector<Case>> run_rounds(const LatencyPlan& plan, Output& output) {
  const auto chosen = cases_of(plan.choice, output);
  if (!chosen) return chosen.error();
  const auto lab = place_for(plan.choice.hosts, plan.receivers + std::size_t{1});
  if (!lab) return lab.error();
  std::vector<Case> cases;
  for (const StreamCase& of : chosen.value()) cases.push_back({.of = of});
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (Case& one : cases) {
      output.progress(format("latency, round %u of %u: %s", round, plan.rounds, one.of.title().c_str()));
      StreamSpec spec = one.of.spec(plan.choice.hosts);
      spec.payload_bytes = plan.payload_bytes;
      spec.receivers = plan.receivers;
      spec.seconds = plan.seconds;
      spec.rate = plan.rate;
      auto run = run_stream(spec, lab->get());
      if (!run) return run.error();
      one.rounds.add(std::move(run).value());
    }
    note_ratios(cases);
  }
  return cases;
}

}  // namespace

Result<std::vector<LatencyFigure>> measure_latency(const LatencyPlan& plan, Output& output) {
  const auto cases = run_rounds(plan, output);
  if (!cases) return cases.error();
  output.text(format("\nOne-way latency, %zu B, %u messages a second, 1 sender to %u receivers%s, %u rounds of %g s",
                     plan.payload_bytes, plan.rate, plan.receivers, place_in_words(plan.choice.hosts).c_str(),
                     plan.rounds, plan.seconds));
  output.text("                                p50 µs     p90     p99   p50 ÷ cpg p99 ÷ cpg  lost  other");
  std::vector<LatencyFigure> figures;
  for (const Case& one : cases.value()) figures.push_back(report(one, plan, output));
  return figures;
}

}  // namespace hawser::bench
