#include <algorithm>
#include <string>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/carriers.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/bench/stream_run.hpp"

namespace hawser::bench {
namespace {

/// What the rounds of one case came to.
struct Rounds {
  std::vector<double> messages_per_second;
  std::vector<double> ratios_to_zmq;
  std::vector<double> ratios_to_one_topic;
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
/// What takes turns within a round.
struct Case {
  System system = System::hawser;
  std::uint32_t topics = 1;
  TopicPick pick = TopicPick::round_robin;
  Rounds rounds;
};

std::vector<Case> cases_of(const ThroughputPlan& plan) {
  std::vector<Case> cases;
  for (const System system : plan.systems) {
    if (system != System::hawser) {
      cases.push_back({.system = system});
      continue;
    }
    for (const std::uint32_t topics : plan.topics) {
      for (const TopicPick pick : plan.picks) {
        cases.push_back({.system = system, .topics = topics, .pick = pick});
        if (topics == 1) break;  // There is nothing to pick.
      }
    }
  }
  return cases;
}

std::string title_of(const Case& of) {
  std::string title{to_string(of.system)};
  if (of.topics > 1) title += ", " + std::to_string(of.topics) + " topics, " + std::string{to_string(of.pick)};
  return title;
}

// Of this round.
double messages_per_second(const std::vector<Case>& cases, System system) {
  const auto is_wanted = [system](const Case& of) { return of.system == system && of.topics == 1; };
  const auto found = std::find_if(cases.begin(), cases.end(), is_wanted);
  return found == cases.end() ? 0 : found->rounds.messages_per_second.back();
}

void note_ratios(std::vector<Case>& cases) {
  const double zmq = messages_per_second(cases, System::zmq);
  const double one_topic = messages_per_second(cases, System::hawser);
  for (Case& of : cases) {
    const double own = of.rounds.messages_per_second.back();
    if (zmq > 0) of.rounds.ratios_to_zmq.push_back(own / zmq);
    if (one_topic > 0 && of.topics > 1) of.rounds.ratios_to_one_topic.push_back(own / one_topic);
  }
}

void report_json(const Case& of, const ThroughputFigure& figure, const ThroughputPlan& plan, Output& output) {
  const Rounds& rounds = of.rounds;
  json line{{"figure", "throughput"},
            {"system", of.system},
            {"topics", of.topics},
            {"payload_bytes", figure.payload_bytes},
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
            {"carrier", carrier_of(of.system)}};
  if (of.topics > 1) {
    line["pick"] = of.pick;
    line["ratio_to_one_topic"] = figure.ratio_to_one_topic;
  }
  output.figure(line);
}

ThroughputFigure report(const Case& of, std::size_t payload_bytes, const ThroughputPlan& plan, Output& output) {
  const Rounds& rounds = of.rounds;
  const ThroughputFigure figure{.system = of.system,
                                .topics = of.topics,
                                .pick = of.pick,
                                .payload_bytes = payload_bytes,
                                .messages_per_second = median(rounds.messages_per_second),
                                .ratio_to_zmq = median(rounds.ratios_to_zmq),
                                .ratio_to_one_topic = median(rounds.ratios_to_one_topic),
                                .wrong = rounds.sum.wrong()};
  report_json(of, figure, plan, output);
  std::string line = format(
      "  %-32s %6.0f k/s  %6.0f … %-6.0f  %5.2f %5.2f  %6llu %6llu   %7.0f %9.0f", title_of(of).c_str(),
      figure.messages_per_second / 1e3, least(rounds.messages_per_second) / 1e3,
      greatest(rounds.messages_per_second) / 1e3, figure.ratio_to_zmq, figure.ratio_to_one_topic,
      static_cast<unsigned long long>(rounds.sum.lost), static_cast<unsigned long long>(figure.wrong - rounds.sum.lost),
      median(rounds.sender_cpu_ns), median(rounds.receiver_cpu_ns));
  output.text(line);
  return figure;
}

Result<std::vector<Case>> run_rounds(const ThroughputPlan& plan, std::size_t payload_bytes, Output& output) {
  std::vector<Case> cases = cases_of(plan);
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (Case& of : cases) {
      output.progress(
          format("throughput of %zu B, round %u of %u: %s", payload_bytes, round, plan.rounds, title_of(of).c_str()));
      const auto run = run_stream({.system = of.system,
                                   .payload_bytes = payload_bytes,
                                   .receivers = plan.receivers,
                                   .topics = of.topics,
                                   .pick = of.pick,
                                   .seconds = plan.seconds});
      if (!run) return run.error();
      of.rounds.add(run.value());
    }
    note_ratios(cases);
  }
  return cases;
}

}  // namespace

Result<std::vector<ThroughputFigure>> measure_throughput(const ThroughputPlan& plan, Output& output) {
  std::vector<ThroughputFigure> figures;
  for (const std::size_t payload_bytes : plan.payload_bytes) {
    const auto cases = run_rounds(plan, payload_bytes, output);
    if (!cases) return cases.error();
    output.text(format("\nThroughput, %zu B, 1 sender to %u receivers, %u rounds of %g s", payload_bytes,
                       plan.receivers, plan.rounds, plan.seconds));
    output.text(
        "                                   median       lowest … highest ÷ zmq ÷ one    lost  other"
        "   CPU ns a message: sender, receiver");
    for (const Case& of : cases.value()) figures.push_back(report(of, payload_bytes, plan, output));
  }
  return figures;
}

}  // namespace hawser::bench
