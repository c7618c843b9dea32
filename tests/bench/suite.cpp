#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/mapping.hpp"
#include "tests/bench/wrong_messages.hpp"

namespace hawser::bench {
namespace {

// What the project wants of itself at this stage.
constexpr double kRatioToZmqMin = 1;
constexpr double kRatioToOneTopicMin = 0.85;
struct TimeAim {
  GroupEventKind event;
  std::uint32_t topics;
  double limit_ms;
};
constexpr std::array kTimeAims{TimeAim{GroupEventKind::join, 1, 2}, TimeAim{GroupEventKind::join, 1000, 10},
                               TimeAim{GroupEventKind::join, 10000, 100}, TimeAim{GroupEventKind::kill, 10000, 30}};
constexpr double kRepairGrowthMax = 3;
constexpr double kMembershipBytesMax = 1024;
constexpr double kPlacementMicrosecondsMax = 20;

template <typename Figures>
auto find_system(const Figures& figures, System system) {
  return std::find_if(figures.begin(), figures.end(), [&](const auto& figure) { return figure.of.system == system; });
}

/// `more`: what the chart needs to draw it.
void report_aim(Output& output, const std::string& aim, double value, bool met, const json& more = json::object()) {
  json figure{{"figure", "aim"}, {"aim", aim}, {"value", value}, {"met", met}};
  figure.update(more);
  output.figure(figure);
  output.text(format("  %-4s %8.2f  %s", met ? "met" : "NOT", value, aim.c_str()));
}

void report_throughput_aims(const std::vector<ThroughputFigure>& figures, Output& output) {
  for (const ThroughputFigure& figure : figures) {
    if (figure.of.system != System::hawser) continue;
    report_aim(output, "throughput / ZeroMQ's at " + std::to_string(figure.payload_bytes) + " B: 1 or more",
               figure.ratio_to_zmq, figure.ratio_to_zmq >= kRatioToZmqMin);
  }
}

void report_topics_aims(const std::vector<ThroughputFigure>& figures, Output& output) {
  for (const ThroughputFigure& figure : figures) {
    if (figure.of.topics == 1) continue;
    const std::string topics = std::to_string(figure.of.topics) + " topics, " + std::string{to_string(figure.of.pick)};
    report_aim(output, "throughput of " + topics + " / of one: 0.85 or more", figure.ratio_to_one_topic,
               figure.ratio_to_one_topic >= kRatioToOneTopicMin);
  }
}

void report_latency_aim(const std::vector<LatencyFigure>& figures, Output& output) {
  const double ratio = find_system(figures, System::hawser)->p50_us / find_system(figures, System::zmq)->p50_us;
  report_aim(output, "median latency / ZeroMQ's: below 1", ratio, ratio < 1);
}

// Of a join until the views are there; of a kill from the decision.
double ms_of(const std::vector<GroupsFigure>& figures, GroupEventKind event, std::uint32_t topics) {
  const auto figure = std::find_if(figures.begin(), figures.end(),
                                   [&](const GroupsFigure& one) { return one.event == event && one.topics == topics; });
  return event == GroupEventKind::kill ? figure->repaired_ms : figure->views_ms;
}

void report_groups_aims(const std::vector<GroupsFigure>& figures, Output& output) {
  for (const auto& [event, topics, limit_ms] : kTimeAims) {
    const double ms = ms_of(figures, event, topics);
    const std::string aim =
        format("%s, %u topics: below %g ms", event == GroupEventKind::kill ? "repair" : "join", topics, limit_ms);
    report_aim(output, aim, ms, ms < limit_ms, {{"event", event}, {"topics", topics}, {"limit_ms", limit_ms}});
  }
  const double growth = ms_of(figures, GroupEventKind::kill, 1000) / ms_of(figures, GroupEventKind::kill, 1);
  report_aim(output, "repair, 1000 topics / one topic: 3 or less", growth, growth <= kRepairGrowthMax);
}

void report_memory_aims(const std::vector<MemoryFigure>& figures, Output& output) {
  for (const MemoryFigure& figure : figures) {
    report_aim(output,
               "resident bytes for each of " + std::to_string(figure.topics) + " topics of a node: 1024 or less",
               figure.resident_bytes, figure.resident_bytes <= kMembershipBytesMax);
  }
}

struct PlacementTime {
  LoadKind load;
  double p99_us;
};

// Of fifty nodes' 100,000 topics.
Result<std::vector<PlacementTime>> measure_placements(Output& output) {
  std::vector<PlacementTime> times;
  for (const LoadKind load : {LoadKind::identical, LoadKind::community, LoadKind::uniform, LoadKind::zipf}) {
    MappingPlan plan;
    plan.shape.kind = load;
    const auto figures = measure_mapping(plan, output);
    if (!figures) return figures.error();
    times.push_back({load, figures.value().back().p99_us});
  }
  return times;
}

void report_placement_aims(const std::vector<PlacementTime>& times, Output& output) {
  for (const auto& [load, p99_us] : times) {
    report_aim(output, "placing one of 100000 topics, " + std::string{name_of(load)} + ": 99 % within 20 us", p99_us,
               p99_us <= kPlacementMicrosecondsMax);
  }
}

}  // namespace

Status run_suite(Output& output) {
  describe_machine(output);
  const auto throughput = measure_throughput({}, output);
  if (!throughput) return throughput.error();
  const auto topics = measure_throughput({.choice = {.systems = {System::hawser},
                                                     .topics = {1, 10000},
                                                     .picks = {TopicPick::round_robin, TopicPick::zipf}},
                                          .payload_bytes = {64}},
                                         output);
  if (!topics) return topics.error();
  const auto latency = measure_latency({}, output);
  if (!latency) return latency.error();
  const auto groups = measure_groups({}, output);
  if (!groups) return groups.error();
  const auto memory = measure_memory({}, output);
  if (!memory) return memory.error();
  const auto placements = measure_placements(output);
  if (!placements) return placements.error();

  output.text("\nAims");
  report_throughput_aims(throughput.value(), output);
  report_topics_aims(topics.value(), output);
  report_latency_aim(latency.value(), output);
  report_groups_aims(groups.value(), output);
  report_memory_aims(memory.value(), output);
  report_placement_aims(placements.value(), output);
  const std::uint64_t wrong =
      wrong_of_hawser(throughput.value()) + wrong_of_hawser(topics.value()) + wrong_of_hawser(latency.value());
  report_aim(output, "messages that Hawser lost, doubled, reordered or damaged: 0", static_cast<double>(wrong),
             wrong == 0);
  return nothing_is_wrong(wrong);
}

}  // namespace hawser::bench
