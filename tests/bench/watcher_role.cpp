// The processes of a detection run: nodes that tell what they go through, and those that take their time.
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/bench/heavy_node.hpp"
#include "tests/bench/roles.hpp"

namespace hawser::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Strikes go on for as long as the bench was told; without it the pipe closes.
constexpr std::chrono::hours kOrderPatience{24};
constexpr std::chrono::milliseconds kSpin{5};

HeavyNodeSpec node_spec(const WatcherSpec& spec, JsonChannel& bench) {
  return {.domain = spec.domain,
          .interface = spec.interface,
          .members = spec.members,
          .silence_timeout = std::chrono::milliseconds{spec.silence_ms},
          .heartbeat_interval = std::chrono::microseconds{spec.heartbeat_us},
          .impairment = spec.impairment,
          .on_entry = [&bench](const DiaryEntry& entry) { bench.send({{"word", "noted"}, {"entry", entry}}); }};
}

}  // namespace

Status run_watcher(const WatcherSpec& spec, JsonChannel& bench) {
  auto node = HeavyNode::join(node_spec(spec, bench), kPatience);
  if (!node) return node.error();
  bench.send({{"word", "opened"}, {"node", to_string((*node)->self())}});
  for (;;) {
    const auto order = bench.receive(kOrderPatience);
    if (!order) return order.error();
    if (order->at("word") == "end") return Ok{};
    bench.send({{"word", "sum"}, {"self_fences", (*node)->counters().self_fences}});
  }
}

Status run_stress(std::uint32_t index, JsonChannel& bench) {
  cpu_set_t own;
  CPU_ZERO(&own);
  CPU_SET(index % std::max(1U, std::thread::hardware_concurrency()), &own);
  ::sched_setaffinity(0, sizeof own, &own);  // Where that is refused it goes where the kernel lets it.
  for (;;) {
    for (const auto until = Clock::now() + kSpin; Clock::now() < until;) {
    }
    const auto order = bench.receive(std::chrono::milliseconds{0});
    if (order || order.error().code != Errc::timeout) return Ok{};  // Any word ends it, and the bench's end.
  }
}

}  // namespace hawser::bench
