#include <algorithm>
#include <memory>
#include <utility>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/bench/stream_run.hpp"

namespace hawser::bench {
namespace {

/// What the rounds of one case came to.
struct Rounds {
  std::vector<double> messages_per_second;
  std::vector<double> ratios_to_zmq;
  std::vector<double> ratios_to_one_topic;
  std::vector<double> ratios_to_cpg;
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
struct Case {
  StreamCase of;
  Rounds rounds;
};

// Of this round; 0 where the system is not in it.
double messages_per_second(const std::vector<Case>& cases, System system) {
  const auto is_wanted = [system](const Case& one) { return one.of.system == system && one.of.topics == 1; };
  const auto found = std::find_if(cases.begin(), cases.end(), is_wanted);
  return found == cases.end() ? 0 : found->rounds.messages_per_second.back();
}

void note_ratios(std::vector<Case>& cases) {
  const double zmq = messages_per_second(cases, System::zmq);
  const double one_topic = messages_per_second(cases, System::hawser);
  const double cpg =
      std::max(messages_per_second(cases, System::cpg_udp), messages_per_second(cases, System::cpg_knet));
  for (Case& one : cases) {
    const double own = one.rounds.messages_per_second.back();
    if (zmq > 0) one.rounds.ratios_to_zmq.push_back(own / zmq);
    if (one_topic > 0 && one.of.topics > 1) one.rounds.ratios_to_one_topic.push_back(own / one_topic);
    if (cpg > 0) one.rounds.ratios_to_cpg.push_back(own / cpg);
  }
}

void report_json(const Case& one, const ThroughputFigure& figure, const ThroughputPlan& plan, Output& output) {
  const Rounds& rounds = one.rounds;
  json line{{"figure", "throughput"},
            {"payload_bytes", figure.payload_bytes},
            {"receivers", plan.receivers},
            {"hosts", plan.choice.hosts},
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
            {"receiver_cpu_ns_per_message", median(rounds.receiver_cpu_ns)}};
  line.update(one.of.identity());
  if (one.of.topics > 1) line["ratio_to_one_topic"] = figure.ratio_to_one_topic;
  if (!rounds.ratios_to_cpg.empty()) line["ratio_to_cpg"] = figure.ratio_to_cpg;
  output.figure(line);
}

ThroughputFigure report(const Case& one, std::size_t payload_bytes, const ThroughputPlan& plan, Output& output) {
  const Rounds& rounds = one.rounds;
  const ThroughputFigure figure{.of = one.of,
                                .payload_bytes = payload_bytes,
                                .messages_per_second = median(rounds.messages_per_second),
                                .ratio_to_zmq = median(rounds.ratios_to_zmq),
                                .ratio_to_one_topic = median(rounds.ratios_to_one_topic),
                                .ratio_to_cpg = median(rounds.ratios_to_cpg),
                                .wrong = rounds.sum.wrong()};
  report_json(one, figure, plan, output);
  output.text(format("  %-32s %6.0f k/s  %6.0f … %-6.0f  %5.2f %5.2f %5.2f  %6llu %6llu   %7.0f %9.0f",
                     one.of.title().c_str(), figure.messages_per_second / 1e3, least(rounds.messages_per_second) / 1e3,
                     greatest(rounds.messages_per_second) / 1e3, figure.ratio_to_zmq, figure.ratio_to_one_topic,
                     figure.ratio_to_cpg, static_cast<unsigned long long>(rounds.sum.lost),
                     static_cast<unsigned long long>(figure.wrong - rounds.sum.lost), median(rounds.sender_cpu_ns),
                     median(rounds.receiver_cpu_ns)));
  return figure;
}

/// Where it runs, and what takes turns there.
struct Ground {
  std::vector<StreamCase> cases;
  std::unique_ptr<hosts::Lab> lab;
};

Result<std::vector<Case>> run_rounds(const Ground& ground, const ThroughputPlan& plan, std::size_t payload_bytes,
                                     Output& output) {
  std::vector<Case> cases;
  for (const StreamCase& of : ground.cases) cases.push_back({.of = of});
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (Case& one : cases) {
      output.progress(
          format("throughput of %zu B, round %u of %u: %s", payload_bytes, round, plan.rounds, one.of.title().c_str()));
      StreamSpec spec = one.of.spec(plan.choice.hosts);
      spec.payload_bytes = payload_bytes;
      spec.receivers = plan.receivers;
      spec.seconds = plan.seconds;
      const auto run = run_stream(spec, ground.lab.get());
      if (!run) return run.error();
      one.rounds.add(run.value());
    }
    note_ratios(cases);
  }
  return cases;
}

}  // namespace

Result<std::vector<ThroughputFigure>> measure_throughput(const ThroughputPlan& plan, Output& output) {
  auto cases = cases_of(plan.choice, output);
  if (!cases) return cases.error();
  auto lab = place_for(plan.choice.hosts, plan.receivers + std::size_t{1});
  if (!lab) return lab.error();
  const Ground ground{std::move(cases).value(), std::move(lab).value()};
  std::vector<ThroughputFigure> figures;
  for (const std::size_t payload_bytes : plan.payload_bytes) {
    const auto done = run_rounds(ground, plan, payload_bytes, output);
    if (!done) return done.error();
    output.text(format("\nThroughput, %zu B, 1 sender to %u receivers%s, %u rounds of %g s", payload_bytes,
                       plan.receivers, place_in_words(plan.choice.hosts).c_str(), plan.rounds, plan.seconds));
    output.text(
        "                                   median       lowest … highest ÷ zmq ÷ one ÷ cpg    lost  other"
        "   CPU ns a message: sender, receiver");
    for (const Case& one : done.value()) figures.push_back(report(one, payload_bytes, plan, output));
  }
  return figures;
}

}  // namespace hawser::bench
