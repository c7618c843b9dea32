#include <algorithm>
#include <string>

#include "tests/bench/benchmarks.hpp"

namespace hawser::bench {
namespace {

// What the project wants of itself at this stage.
constexpr double kRatioToZmqMin = 1;
constexpr double kJoinMs_max = 2;
constexpr double kJoinMs_max_1000 = 10;
constexpr double kJoinMs_max_10000 = 100;
constexpr double kRepairMs_max = 30;
constexpr double kRepairGrowthMax = 3;
constexpr double kMembershipBytesMax = 1024;

template <typename Figures>
auto find_system(const Figures& figures, System system) {
  return std::find_if(figures.begin(), figures.end(), [&](const auto& figure) { return figure.system == system; });
}

void report_aim(Output& output, const std::string& aim, double value, bool met) {
  output.figure({{"figure", "aim"}, {"aim", aim}, {"value", value}, {"met", met}});
  output.text(format("  %-4s %8.2f  %s", met ? "met" : "NOT", value, aim.c_str()));
}

void report_throughput_aims(const std::vector<ThroughputFigure>& figures, Output& output) {
  for (const ThroughputFigure& figure : figures) {
    if (figure.system != System::hawser) continue;
    report_aim(output, "throughput / ZeroMQ's at " + std::to_string(figure.payload_bytes) + " B: 1 or more",
               figure.ratio_to_zmq, figure.ratio_to_zmq >= kRatioToZmqMin);
  }
}

void report_latency_aim(const std::vector<LatencyFigure>& figures, Output& output) {
  const double ratio = find_system(figures, System::hawser)->p50_us / find_system(figures, System::zmq)->p50_us;
  report_aim(output, "median latency / ZeroMQ's: below 1", ratio, ratio < 1);
}

const GroupsFigure& find_groups(const std::vector<GroupsFigure>& figures, GroupEventKind event, std::uint32_t topics) {
  return *std::find_if(figures.begin(), figures.end(),
                       [&](const GroupsFigure& figure) { return figure.event == event && figure.topics == topics; });
}

void report_below(Output& output, const std::string& what, double value, double max) {
  report_aim(output, what + format(": below %g ms", max), value, value < max);
}

void report_groups_aims(const std::vector<GroupsFigure>& figures, Output& output) {
  const auto join_ms = [&](std::uint32_t topics) {
    return find_groups(figures, GroupEventKind::join, topics).views_ms;
  };
  report_below(output, "one topic joined", join_ms(1), kJoinMs_max);
  report_below(output, "1000 topics joined", join_ms(1000), kJoinMs_max_1000);
  report_below(output, "10000 topics joined", join_ms(10000), kJoinMs_max_10000);
  const auto repaired_ms = [&](std::uint32_t topics) {
    return find_groups(figures, GroupEventKind::kill, topics).repaired_ms;
  };
  report_below(output, "10000 topics repaired", repaired_ms(10000), kRepairMs_max);
  const double growth = repaired_ms(1000) / repaired_ms(1);
  report_aim(output, "repair of 1000 topics / of one: 3 or less", growth, growth <= kRepairGrowthMax);
}

void report_memory_aims(const std::vector<MemoryFigure>& figures, Output& output) {
  for (const MemoryFigure& figure : figures) {
    report_aim(output,
               "resident bytes for each of " + std::to_string(figure.topics) + " topics of a node: 1024 or less",
               figure.resident_bytes, figure.resident_bytes <= kMembershipBytesMax);
  }
}

template <typename Figures>
std::uint64_t wrong_of_hawser(const Figures& figures) {
  std::uint64_t wrong = 0;
  for (const auto& figure : figures) wrong += figure.system == System::hawser ? figure.wrong : 0;
  return wrong;
}

}  // namespace

Status run_suite(Output& output) {
  describe_machine(output);
  const auto throughput = measure_throughput({}, output);
  if (!throughput) return throughput.error();
  const auto latency = measure_latency({}, output);
  if (!latency) return latency.error();
  const auto groups = measure_groups({}, output);
  if (!groups) return groups.error();
  const auto memory = measure_memory({}, output);
  if (!memory) return memory.error();

  output.text("\nAims");
  report_throughput_aims(throughput.value(), output);
  report_latency_aim(latency.value(), output);
  report_groups_aims(groups.value(), output);
  report_memory_aims(memory.value(), output);
  const std::uint64_t wrong = wrong_of_hawser(throughput.value()) + wrong_of_hawser(latency.value());
  report_aim(output, "messages that Hawser lost, doubled, reordered or damaged: 0", static_cast<double>(wrong),
             wrong == 0);
  if (wrong == 0) return Ok{};
  return Error{Errc::bad_data,
               std::to_string(wrong) + " of Hawser's messages were lost, doubled, reordered or damaged"};
}

}  // namespace hawser::bench
