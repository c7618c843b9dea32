#include "tests/sim/run_plan.hpp"

#include <algorithm>

#include "tests/sim/hard_faults.hpp"

namespace hawser::sim {
namespace {

NetworkProfile draw_network(Rng& rng) {
  NetworkProfile network;
  if (rng.one_in(3)) {  // A LAN with a slow corner.
    network.delay_min = rng.between(Duration{20us}, Duration{500us});
    network.delay_max = network.delay_min + rng.between(Duration{50us}, Duration{5ms});
  }
  if (rng.one_in(2)) network.reorder_permille = static_cast<unsigned>(rng.below(100));
  if (rng.one_in(2)) network.duplicate_permille = static_cast<unsigned>(rng.below(50));
  network.loop_back = rng.one_in(4);
  network.unreachable_errors = rng.one_in(2);
  return network;
}

void draw_votes(WorldOptions& world, Rng& rng) {
  world.voters = true;
  world.disk.sync_max = rng.between(Duration{1ms}, Duration{30ms});
  if (rng.one_in(3)) world.disk.slow_permille = static_cast<unsigned>(rng.below(300));
  if (rng.one_in(4)) world.disk.fail_permille = static_cast<unsigned>(rng.below(50));
}

WorldOptions draw_world(std::uint64_t seed, std::size_t nodes, Rng& rng) {
  WorldOptions world;
  world.nodes = nodes;
  world.seed = rng.next() ^ seed;
  world.start_all = false;
  world.topics.clear();
  world.network = draw_network(rng);
  world.nodes_per_host = rng.between(1, 3);
  world.exit_evidence = world.nodes_per_host > 1 && rng.one_in(2);
  if (rng.one_in(3)) world.socket_buffer_bytes = rng.between(6'000, 60'000);
  world.datagram_cost = rng.between(Duration{1us}, rng.one_in(4) ? Duration{100us} : Duration{10us});
  world.keep_texts = false;
  if (rng.one_in(2)) draw_votes(world, rng);
  return world;
}

FaultPlan draw_faults(Duration length, Rng& rng) {
  FaultPlan plan;
  plan.length = length;
  plan.gap_max = rng.between(Duration{500ms}, Duration{5s});
  plan.amid_change_permille = static_cast<unsigned>(rng.below(600));
  for (unsigned* weight : {&plan.crash, &plan.leave, &plan.pause, &plan.cut, &plan.partition, &plan.loss}) {
    *weight = rng.one_in(3) ? 0 : static_cast<unsigned>(rng.between(1, 10));
  }
  if (rng.one_in(2)) plan.crash += 10;  // What matters most is met most.
  return plan;
}

WorkloadPlan draw_workload(Rng& rng) {
  WorkloadPlan workload;
  workload.topics = rng.between(1, 12);
  workload.gap_max = rng.between(Duration{20ms}, Duration{200ms});
  workload.burst_max = rng.one_in(4) ? 40 : 6;
  workload.keyed_permille = static_cast<unsigned>(rng.below(1001));
  workload.churn_permille = static_cast<unsigned>(rng.below(100));
  if (rng.one_in(4)) workload.payload_bytes_max = 60'000;
  return workload;
}

void add_hard_faults(RunPlan& plan, Rng rng) {
  std::vector<Fault> hard = make_hard_faults(plan.length, plan.world.nodes, rng);
  plan.faults.insert(plan.faults.end(), hard.begin(), hard.end());
  std::stable_sort(plan.faults.begin(), plan.faults.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
}

}  // namespace

RunPlan make_run_plan(std::uint64_t seed, std::size_t nodes, Duration length) {
  Rng rng{mix64(seed)};
  RunPlan plan;
  plan.seed = seed;
  plan.length = length;
  plan.world = draw_world(seed, nodes, rng);
  plan.workload = draw_workload(rng);
  if (seed % 4 == 1) plan.workload.pattern_permille = 300;
  if (seed % 4 == 3) plan.workload.pause_permille = 100;
  if (seed % 3 == 0) plan.workload.declare_permille = 100;
  if (seed % 3 == 0) plan.world.store_permille = 700;
  const FaultPlan faults = draw_faults(length, rng);
  plan.faults = make_fault_schedule(faults, nodes, rng.fork());
  if (seed % 2 == 0) add_hard_faults(plan, rng.fork());
  return plan;
}

}  // namespace hawser::sim
