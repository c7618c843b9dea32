#include "tests/sim/runner.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "tests/check/check_all.hpp"
#include "tests/sim/trace_digest.hpp"

namespace hawser::sim {
namespace {

// Bounds of virtual time for a world without faults.
constexpr Duration kSettlesWithin = 30s;
constexpr Duration kArrivesWithin = 10s;
// A silence under the last fault may be taken for a failure that long after it: four times the silence timeout, and
// more.
constexpr Duration kSilenceShowsWithin = 2s;

class Run {
 public:
  explicit Run(const RunPlan& plan)
      : plan_(plan),
        world_(plan.world),
        faults_(plan.faults, world_),
        workload_(plan.workload, Rng{mix64(plan.seed ^ 0x776f726bU)}) {}

  RunResult run(Observer* observer) {
    if (observer != nullptr) observer->on_begin(world_);
    std::string unsettled;
    try {
      storm();
      calm();
    } catch (const ScenarioFailed& failure) {
      unsettled = failure.what();
    }
    if (observer != nullptr) observer->on_end(world_, faults_);
    return conclude(unsettled);
  }

 private:
  // Safety: whatever happens here, no property may break.
  void storm() {
    const Instant end{plan_.length};
    while (world_.now() < end) {
      const Instant next = std::min({faults_.next_at(), workload_.next_at(), end});
      if (faults_.armed()) {
        world_.run_to(next, [&] { return faults_.awaited_has_come(); });
        faults_.strike_awaited();
      } else {
        world_.run_to(next);
      }
      if (faults_.next_at() <= world_.now()) faults_.apply_due();
      if (workload_.next_at() <= world_.now()) workload_.act(world_);
    }
  }

  // Liveness: no fault any more, so that all must come together, and everything arrive, within a bound.
  void calm() {
    faults_.stop();
    const Instant begin = world_.now();
    world_.settle(kSettlesWithin);
    settle_time_ = world_.now() - begin;
    world_.run_for(kSilenceShowsWithin);
    if (!world_.unsettled().empty()) {
      world_.settle(kSettlesWithin);
      settle_time_ = world_.now() - begin;
    }
    workload_.publish_everywhere(world_);
    try {
      world_.run_until([&] { return world_.undelivered().empty(); }, "what is sent in a calm world arrives",
                       kArrivesWithin);
    } catch (const ScenarioFailed& failure) {
      throw ScenarioFailed(failure.what() + ("; missing is " + world_.undelivered()));
    }
    world_.settle(kSettlesWithin);
  }

  RunResult conclude(const std::string& unsettled) {
    RunResult result;
    result.seed = plan_.seed;
    result.simulated = world_.now().time_since_epoch();
    world_.note_counters();
    result.counts = count_run(world_, faults_);
    result.counts.settle_ms =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(settle_time_).count());
    result.digest = world_.network().digest();
    for (const auto& process : world_.processes()) {
      for (const TraceEvent& event : process->events) result.digest = add_to_digest(result.digest, event);
    }
    for (Complaint& complaint : world_.complaints()) {
      result.violations.push_back({"bus: " + complaint.property, std::move(complaint.what), {}});
    }
    if (!unsettled.empty()) result.violations.push_back({"Termination", unsettled, {}});
    const std::string forgotten = unsettled.empty() ? world_.forgotten() : std::string{};
    if (!forgotten.empty()) result.violations.push_back({"store: Nothing Found Is Lost", forgotten, {}});
    check::History history = world_.take_history();
    history.settled = unsettled.empty();
    check::Findings findings = check::examine(history);
    add_coverage(findings.coverage, result.counts);
    std::move(findings.violations.begin(), findings.violations.end(), std::back_inserter(result.violations));
    return result;
  }

  const RunPlan& plan_;
  World world_;
  FaultDriver faults_;
  Workload workload_;
  Duration settle_time_{};
};

}  // namespace

RunResult run(const RunPlan& plan, Observer* observer) { return Run{plan}.run(observer); }

}  // namespace hawser::sim
