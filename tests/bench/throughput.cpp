#include <map>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/carriers.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/bench/stream_run.hpp"

namespace hawser::bench {
namespace {

/// What the rounds of one system came to.
struct Rounds {
  std::vector<double> messages_per_second;
  std::vector<double> ratios_to_zmq;
  std::vector<double> sender_cpu_ns;
  std::vector<double> receiver_cpu_ns;
  std::uint64_t sent = 0;
  std::uint64_t packets_repaired = 0;
  StreamCounts sum;

  void add(const StreamRun& run) {
    messages_per_second.push_back(run.slowest_messages_per_second());
    sender_cpu_ns.push_back(run.sender_cpu_ns);
    receiver_cpu_ns.push_back(run.receiver_cpu_ns);
    sent += run.sent;
    packets_repaired += run.packets_repaired;
    sum += run.sum();
  }
};
using RoundsOf = std::map<System, Rounds>;

void note_ratios(RoundsOf& rounds) {
  const auto zmq = rounds.find(System::zmq);
  if (zmq == rounds.end() || zmq->second.messages_per_second.back() <= 0) return;
  const double zmq_messages_per_second = zmq->second.messages_per_second.back();
  for (auto& [system, of] : rounds) of.ratios_to_zmq.push_back(of.messages_per_second.back() / zmq_messages_per_second);
}

ThroughputFigure report(System system, std::size_t payload_bytes, const Rounds& rounds, const ThroughputPlan& plan,
                        Output& output) {
  const ThroughputFigure figure{.system = system,
                                .payload_bytes = payload_bytes,
                                .messages_per_second = median(rounds.messages_per_second),
                                .ratio_to_zmq = median(rounds.ratios_to_zmq),
                                .wrong = rounds.sum.wrong()};
  output.figure({{"figure", "throughput"},
                 {"system", system},
                 {"payload_bytes", payload_bytes},
                 {"receivers", plan.receivers},
                 {"rounds", plan.rounds},
                 {"seconds", plan.seconds},
                 {"messages_per_second", figure.messages_per_second},
                 {"messages_per_second_min", least(rounds.messages_per_second)},
                 {"messages_per_second_max", greatest(rounds.messages_per_second)},
                 {"ratio_to_zmq", figure.ratio_to_zmq},
                 {"sent", rounds.sent},
                 {"lost", rounds.sum.lost},
                 {"duplicated", rounds.sum.duplicated},
                 {"reordered", rounds.sum.reordered},
                 {"damaged", rounds.sum.damaged},
                 {"packets_repaired", rounds.packets_repaired},
                 {"sender_cpu_ns_per_message", median(rounds.sender_cpu_ns)},
                 {"receiver_cpu_ns_per_message", median(rounds.receiver_cpu_ns)},
                 {"carrier", carrier_of(system)}});
  output.text(format("  %-7s %9.0f k/s  %9.0f … %-9.0f %5.2f  %6llu %6llu   %7.0f %9.0f", to_string(system).data(),
                     figure.messages_per_second / 1e3, least(rounds.messages_per_second) / 1e3,
                     greatest(rounds.messages_per_second) / 1e3, figure.ratio_to_zmq,
                     static_cast<unsigned long long>(rounds.sum.lost),
                     static_cast<unsigned long long>(figure.wrong - rounds.sum.lost), median(rounds.sender_cpu_ns),
                     median(rounds.receiver_cpu_ns)));
  return figure;
}

Result<RoundsOf> run_rounds(const ThroughputPlan& plan, std::size_t payload_bytes, Output& output) {
  RoundsOf rounds;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (const System system : plan.systems) {
      output.progress(format("throughput of %zu B, round %u of %u: %s", payload_bytes, round, plan.rounds,
                             to_string(system).data()));
      const auto run = run_stream(
          {.system = system, .payload_bytes = payload_bytes, .receivers = plan.receivers, .seconds = plan.seconds});
      if (!run) return run.error();
      rounds[system].add(run.value());
    }
    note_ratios(rounds);
  }
  return rounds;
}

}  // namespace

Result<std::vector<ThroughputFigure>> measure_throughput(const ThroughputPlan& plan, Output& output) {
  std::vector<ThroughputFigure> figures;
  for (const std::size_t payload_bytes : plan.payload_bytes) {
    const auto rounds = run_rounds(plan, payload_bytes, output);
    if (!rounds) return rounds.error();
    output.text(format("\nThroughput, %zu B, 1 sender to %u receivers, %u rounds of %g s", payload_bytes,
                       plan.receivers, plan.rounds, plan.seconds));
    output.text("           median       lowest … highest   ÷ zmq    lost  other   CPU ns a message: sender, receiver");
    for (const System system : plan.systems) {
      figures.push_back(report(system, payload_bytes, rounds.value().at(system), plan, output));
    }
  }
  return figures;
}

}  // namespace hawser::bench
