// A run with a slow member, of real processes on loopback.
#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/bench/slow.hpp"
#include "tests/bench/stream_cases.hpp"
#include "tests/bench/stream_conductor.hpp"

namespace hawser::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kDutyRuns{1};
constexpr milliseconds kDutyStands{99};
constexpr std::uint32_t kProgress_ms = 5;

Clock::duration in_clock(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{seconds});
}

StreamSpec spec_of(const SlowPlan& plan, Slowness how) {
  const StreamCase of{.system = System::heavy, .order = plan.order, .sequencer = Sequencer::sender};
  StreamSpec spec = of.spec(plan.hosts);
  spec.payload_bytes = plan.payload_bytes;
  spec.receivers = plan.members - (how == Slowness::absent ? 2 : 1);
  spec.seconds = plan.seconds_before + plan.seconds;
  spec.domain = fresh_domain();
  spec.progress_ms = kProgress_ms;
  return spec;
}

void make_slow(Child& member, Slowness how, Clock::time_point until) {
  member.pause();
  if (how == Slowness::stopped) return std::this_thread::sleep_until(until);
  while (Clock::now() < until) {
    std::this_thread::sleep_for(kDutyStands);
    member.resume();
    std::this_thread::sleep_for(kDutyRuns);
    member.pause();
  }
}

}  // namespace

Result<SlowRun> run_slow(const SlowPlan& plan, Slowness how, const hosts::Lab* lab) {
  const StreamSpec spec = spec_of(plan, how);
  StreamConductor conductor{spec, lab};
  if (auto prepared = conductor.prepare(); !prepared) return prepared.error();
  const auto began = Clock::now();
  conductor.go();
  std::this_thread::sleep_until(began + in_clock(plan.seconds_before));
  const std::int64_t struck_ns = monotonic_ns();
  if (how == Slowness::stopped || how == Slowness::duty) {
    const std::size_t last = spec.receivers - std::size_t{1};
    make_slow(conductor.receiver(last), how, began + in_clock(spec.seconds));
    if (auto sent = conductor.wait_until_sent(); !sent) return sent.error();
    conductor.leave_out(last);
  } else if (auto sent = conductor.wait_until_sent(); !sent) {
    return sent.error();
  }
  if (auto collected = conductor.collect(); !collected) return collected.error();
  const StreamRun& run = conductor.results();
  SlowRun result;
  result.times = slow_times(run.progress, run.sender_diary, run.receiver_diaries, plan.members, struck_ns);
  result.rates = slow_rates(run.progress, result.times, struck_ns);
  result.counts = run.sum();
  if (auto ended = conductor.end(); !ended) return ended.error();
  return result;
}

}  // namespace hawser::bench
