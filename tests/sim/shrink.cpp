#include "tests/sim/shrink.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "tests/sim/report.hpp"
#include "tests/sim/runner.hpp"
#include "tests/sim/timeline.hpp"

namespace hawser::sim {
namespace {

class Shrinker {
 public:
  Shrinker(RunPlan plan, const std::function<bool(const RunPlan&)>& is_broken, std::ostream& out)
      : plan_(std::move(plan)), is_broken_(is_broken), out_(out) {}

  RunPlan shrink() {
    while (shorten()) {
    }
    while (drop_faults()) {
    }
    while (shorten() || thin_out()) {
    }
    return plan_;
  }

 private:
  // Whether it is still broken with `candidate`; keeps it if so.
  bool keeps_breaking(const RunPlan& candidate) {
    if (!is_broken_(candidate)) return false;
    plan_ = candidate;
    out_ << "still broken: " << plan_.faults.size() << " faults in "
         << std::chrono::duration<double>(plan_.length).count() << " s" << std::endl;
    return true;
  }

  bool shorten() {
    for (const int percent : {10, 30, 50, 70, 85, 95}) {
      RunPlan candidate = plan_;
      candidate.length = plan_.length * percent / 100;
      std::erase_if(candidate.faults,
                    [&](const Fault& fault) { return fault.at.time_since_epoch() > candidate.length; });
      if (keeps_breaking(candidate)) return true;
    }
    return false;
  }

  // Tries without halves, quarters, … single faults.
  bool drop_faults() {
    bool any = false;
    for (std::size_t size = std::max<std::size_t>(1, plan_.faults.size() / 2); size > 0; size /= 2) {
      for (std::size_t at = 0; at < plan_.faults.size();) {
        RunPlan candidate = plan_;
        const auto begin = candidate.faults.begin() + static_cast<std::ptrdiff_t>(at);
        candidate.faults.erase(begin,
                               begin + static_cast<std::ptrdiff_t>(std::min(size, candidate.faults.size() - at)));
        if (keeps_breaking(candidate)) {
          any = true;
        } else {
          at += size;
        }
      }
    }
    return any;
  }

  // Less traffic, a better network.
  bool thin_out() {
    bool any = false;
    const auto attempt = [&](auto change) {
      RunPlan candidate = plan_;
      change(candidate);
      any |= keeps_breaking(candidate);
    };
    if (plan_.workload.burst_max > 1) attempt([](RunPlan& p) { p.workload.burst_max /= 2; });
    if (plan_.workload.topics > 1) attempt([](RunPlan& p) { p.workload.topics /= 2; });
    if (plan_.workload.gap_max < 2s) attempt([](RunPlan& p) { p.workload.gap_max *= 2; });
    if (plan_.world.network.reorder_permille > 0) attempt([](RunPlan& p) { p.world.network.reorder_permille = 0; });
    if (plan_.world.network.duplicate_permille > 0) attempt([](RunPlan& p) { p.world.network.duplicate_permille = 0; });
    if (plan_.world.network.loop_back) attempt([](RunPlan& p) { p.world.network.loop_back = false; });
    return any;
  }

  RunPlan plan_;
  const std::function<bool(const RunPlan&)>& is_broken_;
  std::ostream& out_;
};

}  // namespace

RunPlan shrink(RunPlan plan, const std::function<bool(const RunPlan&)>& is_broken, std::ostream& out) {
  return Shrinker{std::move(plan), is_broken, out}.shrink();
}

int shrink_and_print(RunPlan plan, std::ostream& out) {
  const RunResult first = run(plan);
  if (first.violations.empty()) {
    out << "seed " << plan.seed << " breaks nothing\n";
    return 0;
  }
  const std::string property = first.violations.front().property;
  out << "seed " << plan.seed << " breaks " << property << "\n";
  const auto is_broken = [&](const RunPlan& candidate) {
    const RunResult result = run(candidate);
    return std::any_of(result.violations.begin(), result.violations.end(),
                       [&](const check::Violation& violation) { return violation.property == property; });
  };
  const RunPlan least = shrink(std::move(plan), is_broken, out);
  Timeline timeline{out, Timeline::Packets::shown};
  const RunResult result = run(least, &timeline);
  print_violations(result, "hawser-sim --first " + std::to_string(least.seed) + " --shrink", out);
  return 1;
}

}  // namespace hawser::sim
