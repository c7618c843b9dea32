#include "tests/bench/detection.hpp"

#include <algorithm>
#include <map>

#include "tests/bench/statistics.hpp"

namespace hawser::bench {
namespace {

constexpr double kNs_per_ms = 1e6;
// What the project wants of itself.
constexpr double kSilentAim_ms = 300;
constexpr double kKilledAim_ms = 20;
// Suspicions beyond these are counted only.
constexpr std::size_t kSuspicionsTold = 20;

struct Percentiles {
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
};
void to_json(nlohmann::json& to, const Percentiles& from) {
  to = {{"p50_ms", from.p50_ms}, {"p99_ms", from.p99_ms}, {"max_ms", from.max_ms}};
}

Percentiles percentiles(std::vector<std::int64_t> ns) {
  const auto ms = [&](double percent) { return static_cast<double>(percentile(ns, percent)) / kNs_per_ms; };
  return {ms(50), ms(99), ms(100)};
}

std::map<std::string, std::size_t> by_cause(const std::vector<Suspicion>& suspicions) {
  std::map<std::string, std::size_t> causes;
  for (const Suspicion& suspicion : suspicions) ++causes[suspicion.cause];
  return causes;
}

json in_json(const DetectionTimes& times, StrikeKind kind) {
  json all{{"strikes", times.strikes},           {"missed", times.missed},
           {"each", percentiles(times.each_ns)}, {"first", percentiles(times.first_ns)},
           {"last", percentiles(times.last_ns)}, {"last_view", percentiles(times.last_view_ns)}};
  if (kind == StrikeKind::killed) all["same_host"] = percentiles(times.same_host_ns);
  return all;
}

json in_json(const std::vector<Suspicion>& suspicions, std::int64_t began_ns) {
  json all = json::array();
  for (std::size_t i = 0; i < suspicions.size() && i < kSuspicionsTold; ++i) {
    const Suspicion& one = suspicions[i];
    all.push_back({{"by", one.by},
                   {"of", one.of},
                   {"cause", one.cause},
                   {"at_s", static_cast<double>(one.at_ns - began_ns) / 1e9}});
  }
  return all;
}

struct DetectionFigures {
  DetectionTimes silent;
  DetectionTimes killed;
  DetectionTimes alone;
  std::vector<Suspicion> suspicions;
};

void report_json(const DetectionPlan& plan, const DetectionRun& run, const DetectionFigures& figures, Output& output) {
  const double silent_ms = percentiles(figures.silent.each_ns).p99_ms;
  const double killed_ms =
      std::max(percentiles(figures.killed.same_host_ns).p99_ms, percentiles(figures.alone.first_ns).p99_ms);
  output.figure({{"figure", "detection"},
                 {"minutes", plan.minutes},
                 {"members", plan.members},
                 {"stress", plan.stress},
                 {"loss", plan.loss},
                 {"silence_ms", plan.silence_ms},
                 {"heartbeat_ms", heartbeat_ms_of(plan)},
                 {"quiet_seconds", {plan.quiet_seconds_min, plan.quiet_seconds_max}},
                 {"seed", plan.seed},
                 {"seconds", static_cast<double>(run.ended_ns - run.began_ns) / 1e9},
                 {"strikes", run.strikes.size()},
                 {"silent", in_json(figures.silent, StrikeKind::silent)},
                 {"killed", in_json(figures.killed, StrikeKind::killed)},
                 {"killed_alone", in_json(figures.alone, StrikeKind::alone)},
                 {"false_suspicions", figures.suspicions.size()},
                 {"causes", by_cause(figures.suspicions)},
                 {"suspicions", in_json(figures.suspicions, run.began_ns)},
                 {"self_fences", run.self_fences},
                 {"silent_aim_met", silent_ms <= kSilentAim_ms},
                 {"killed_aim_met", killed_ms <= kKilledAim_ms},
                 {"suspicion_aim_met", figures.suspicions.empty()}});
}

void report_line(const std::string& what, const std::vector<std::int64_t>& ns, Output& output) {
  const Percentiles of = percentiles(ns);
  output.text(format("  %-34s %6zu  %8.1f %8.1f %8.1f", what.c_str(), ns.size(), of.p50_ms, of.p99_ms, of.max_ms));
}

void report_text(const DetectionPlan& plan, const DetectionRun& run, const DetectionFigures& figures, Output& output) {
  output.text(
      format("\nFrom a failure until members know, %u members, %u busy processes, loss %s, silence %u ms, "
             "heartbeats %g ms, %.0f s",
             plan.members, plan.stress, plan.loss.c_str(), plan.silence_ms, heartbeat_ms_of(plan),
             static_cast<double>(run.ended_ns - run.began_ns) / 1e9));
  output.text("                                      times    ms: p50      p99      max");
  report_line("silent host, each survivor", figures.silent.each_ns, output);
  report_line("silent host, first survivor", figures.silent.first_ns, output);
  report_line("silent host, last survivor", figures.silent.last_ns, output);
  report_line("silent host, last view", figures.silent.last_view_ns, output);
  report_line("killed process, same host", figures.killed.same_host_ns, output);
  report_line("killed process, first survivor", figures.killed.first_ns, output);
  report_line("killed process, last survivor", figures.killed.last_ns, output);
  report_line("killed process, last view", figures.killed.last_view_ns, output);
  report_line("killed alone, each survivor", figures.alone.each_ns, output);
  report_line("killed alone, first survivor", figures.alone.first_ns, output);
  report_line("killed alone, last view", figures.alone.last_view_ns, output);
  std::string causes;
  for (const auto& [cause, times] : by_cause(figures.suspicions)) {
    causes += (causes.empty() ? " (" : ", ") + cause + " " + std::to_string(times);
  }
  output.text(format("  %zu false suspicions%s; %u never told; %llu pauses of a whole silence timeout",
                     figures.suspicions.size(), causes.empty() ? "" : (causes + ")").c_str(),
                     figures.silent.missed + figures.killed.missed + figures.alone.missed,
                     static_cast<unsigned long long>(run.self_fences)));
}

}  // namespace

Status measure_detection(const DetectionPlan& plan, Output& output) {
  const auto lab = hosts::Lab::create(plan.members - 1);
  if (!lab) {
    output.figure({{"figure", "left out"}, {"what", "detection"}, {"why", lab.error().message}});
    output.text("detection is left out, since no hosts can be made here: " + lab.error().message);
    return Ok{};
  }
  const auto run = run_detection(plan, **lab, output);
  if (!run) return run.error();
  const DetectionFigures figures{detection_times(StrikeKind::silent, run->strikes, run->watches),
                                 detection_times(StrikeKind::killed, run->strikes, run->watches),
                                 detection_times(StrikeKind::alone, run->strikes, run->watches),
                                 false_suspicions(run->strikes, run->watches, run->began_ns)};
  report_json(plan, run.value(), figures, output);
  report_text(plan, run.value(), figures, output);
  const std::size_t noticed =
      figures.silent.first_ns.size() + figures.killed.first_ns.size() + figures.alone.first_ns.size();
  if (noticed == run->strikes.size()) return Ok{};
  return Error{Errc::timeout, format("of %zu strikes %zu were noticed by somebody", run->strikes.size(), noticed)};
}

}  // namespace hawser::bench
