#include <algorithm>
#include <string>

#include "tests/bench/benchmarks.hpp"

namespace hawser::bench {
namespace {

// What the project wants of itself at this stage.
constexpr double kRatioToZmqMin = 1;
constexpr double kRepairMs_max = 20;
constexpr double kRepairGrowthMax = 5;

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

void report_kill_aims(const std::vector<KillFigure>& figures, Output& output) {
  const KillFigure& few = figures.front();
  const KillFigure& many = figures.back();
  const std::string topics = std::to_string(many.topics);
  report_aim(output, topics + " topics repaired: below 20 ms", many.repair_ms, many.repair_ms < kRepairMs_max);
  const double growth = many.repair_ms / few.repair_ms;
  report_aim(output, "time(" + topics + " topics) / time(" + std::to_string(few.topics) + "): below 5", growth,
             growth < kRepairGrowthMax);
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
  const auto kill = measure_kill({}, output);
  if (!kill) return kill.error();

  output.text("\nAims");
  report_throughput_aims(throughput.value(), output);
  report_latency_aim(latency.value(), output);
  report_kill_aims(kill.value(), output);
  const std::uint64_t wrong = wrong_of_hawser(throughput.value()) + wrong_of_hawser(latency.value());
  report_aim(output, "messages that Hawser lost, doubled, reordered or damaged: 0", static_cast<double>(wrong),
             wrong == 0);
  if (wrong == 0) return Ok{};
  return Error{Errc::bad_data,
               std::to_string(wrong) + " of Hawser's messages were lost, doubled, reordered or damaged"};
}

}  // namespace hawser::bench
