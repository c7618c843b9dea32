#include <map>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/carriers.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/bench/stream_run.hpp"

namespace hawser::bench {
namespace {

constexpr double kNs_per_us = 1e3;

struct Rounds {
  std::vector<double> p50_us;
  std::vector<double> p90_us;
  std::vector<double> p99_us;
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

LatencyFigure report(System system, const Rounds& rounds, const LatencyPlan& plan, Output& output) {
  const LatencyFigure figure{.system = system,
                             .p50_us = median(rounds.p50_us),
                             .p90_us = median(rounds.p90_us),
                             .p99_us = median(rounds.p99_us),
                             .wrong = rounds.sum.wrong()};
  output.figure({{"figure", "latency"},
                 {"system", system},
                 {"payload_bytes", plan.payload_bytes},
                 {"receivers", plan.receivers},
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
                 {"damaged", rounds.sum.damaged},
                 {"carrier", carrier_of(system)}});
  output.text(format("  %-7s %7.1f %7.1f %7.1f   %5llu %6llu", to_string(system).data(), figure.p50_us, figure.p90_us,
                     figure.p99_us, static_cast<unsigned long long>(rounds.sum.lost),
                     static_cast<unsigned long long>(figure.wrong - rounds.sum.lost)));
  return figure;
}

}  // namespace

Result<std::vector<LatencyFigure>> measure_latency(const LatencyPlan& plan, Output& output) {
  std::map<System, Rounds> rounds;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (const System system : plan.systems) {
      output.progress(format("latency, round %u of %u: %s", round, plan.rounds, to_string(system).data()));
      auto run = run_stream({.system = system,
                             .payload_bytes = plan.payload_bytes,
                             .receivers = plan.receivers,
                             .seconds = plan.seconds,
                             .rate = plan.rate});
      if (!run) return run.error();
      rounds[system].add(std::move(run).value());
    }
  }
  output.text(format("\nOne-way latency, %zu B, %u messages a second, 1 sender to %u receivers, %u rounds of %g s",
                     plan.payload_bytes, plan.rate, plan.receivers, plan.rounds, plan.seconds));
  output.text("           p50 µs     p90     p99    lost  other");
  std::vector<LatencyFigure> figures;
  for (const System system : plan.systems) figures.push_back(report(system, rounds[system], plan, output));
  return figures;
}

}  // namespace hawser::bench
