// Faults of clocks, of links that hold what they carry, and of many nodes at once: each strikes, and is no accident.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/sim/fault_driver.hpp"
#include "tests/sim/run_plan.hpp"
#include "tests/sim/runner.hpp"
#include "tests/sim/shrink.hpp"

namespace hawser::sim {
namespace {

using Kind = Fault::Kind;

/// Every kind of fault there is, twice a second, in no order that would make sense; who has gone comes back at once.
RunPlan plan_with_every_fault() {
  RunPlan plan = make_run_plan(2, 5, 12s);
  for (std::size_t kind = 0; kind <= static_cast<std::size_t>(Kind::drift); ++kind) {
    const auto number = static_cast<Site>(kind);
    Fault fault{.at = Instant{2s + number * 500ms}, .kind = static_cast<Kind>(kind), .site = number % 5U};
    fault.other = fault.kind == Kind::clog ? fault.site : (number + 1U) % 5U;  // of all that comes to it
    fault.components = {0, 1, 0, 1, 0};
    fault.amount = fault.kind == Kind::drift ? Fault::kDriftZero + 5'000 : 5;
    plan.faults.push_back(fault);
    plan.faults.push_back({.at = fault.at + 100ms, .kind = Kind::start, .site = fault.site});
  }
  std::stable_sort(plan.faults.begin(), plan.faults.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
  return plan;
}

TEST(HardFaults, ARunWithEveryFaultIsTheSameTwiceToTheLastBit) {
  const RunPlan plan = plan_with_every_fault();
  const RunResult once = run(plan);
  const RunResult again = run(plan);
  EXPECT_EQ(once.digest, again.digest);
  EXPECT_TRUE(once.violations.empty()) << once.violations.front().property << ": " << once.violations.front().what;
  EXPECT_GT(once.counts.clock_jumps, 0U);
  EXPECT_GT(once.counts.clock_drifts, 0U);
  EXPECT_GT(once.counts.held, 0U);
}

TEST(HardFaults, ShrinkingFindsTheTwoOfManyThatMatter) {
  const auto has = [](const RunPlan& plan, Kind kind) {
    return std::any_of(plan.faults.begin(), plan.faults.end(), [&](const Fault& f) { return f.kind == kind; });
  };
  std::ostringstream progress;
  const RunPlan least = shrink(
      plan_with_every_fault(), [&](const RunPlan& p) { return has(p, Kind::clog) && has(p, Kind::jump); }, progress);
  ASSERT_EQ(least.faults.size(), 2U);
  EXPECT_TRUE(has(least, Kind::clog) && has(least, Kind::jump));
}

TEST(HardFaults, WhatAClogHoldsComesAllAtOnceAndInOrder) {
  World world{{.nodes = 2}};
  world.settle();
  world.network().clog(0, 1);
  world.node("A").multicast("one");
  world.node("A").multicast("two");
  world.run_for(100ms);
  EXPECT_FALSE(world.node("B").delivered("one"));

  world.network().unclog(0, 1, world.now());
  world.run_until_delivered("two", "B");
  EXPECT_TRUE(world.node("B").delivered("one"));
  EXPECT_EQ(world.node("B").views().size(), world.node("A").views().size());
  world.check_all();
}

TEST(HardFaults, ANodeWhoseClockJumpsFarPartsAndComesBack) {
  World world{{.nodes = 3}};
  world.settle();
  world.jump_clock(2, 10s);
  world.run_until([&] { return world.node("C").counters().self_fences == 1; }, "C finds that it was away");
  world.settle();
  EXPECT_EQ(world.node("A").view(), "ABC");
  world.check_all();
}

TEST(HardFaults, ThreeNodesThatStartAtTheSameInstantFindOneView) {
  World world{{.nodes = 5, .start_all = false}};
  for (const auto* site : {"A", "B"}) world.start(site);
  world.settle();
  for (const auto* site : {"C", "D", "E"}) world.start(site);
  world.settle();
  EXPECT_EQ(world.node("E").view(), "ABCDE");
  world.check_all();
}

TEST(HardFaults, APartitionWaitsForTheFlushThatItIsMeantFor) {
  World world{{.nodes = 4}};
  world.settle();
  const Instant crash = world.now() + 10ms;
  FaultDriver faults{
      {Fault{.at = crash, .kind = Kind::crash, .site = 3},
       Fault{.at = crash, .kind = Kind::partition, .components = {0, 0, 1, 1}, .amid = Fault::Amid::flush}},
      world};
  world.run_to(crash);
  faults.apply_due();
  EXPECT_EQ(faults.struck(Kind::partition), 0U);
  world.run_until([&] { return faults.awaited_has_come(); }, "somebody deals with D's loss");
  faults.strike_awaited();
  EXPECT_EQ(faults.partitions_amid(Fault::Amid::flush), 1U);
  EXPECT_FALSE(world.network().passes(0, 2));

  faults.stop();
  world.settle();
  world.check_all();
}

TEST(HardFaults, AMergeIsSeenWhenTwoSidesComeTogetherAndNotBefore) {
  World world{{.nodes = 4}};
  world.settle();
  EXPECT_FALSE(world.amid_merge());
  world.partition({{"A", "B"}, {"C", "D"}});
  world.run_for(3s);
  EXPECT_FALSE(world.amid_merge());
  world.heal();
  world.run_until([&] { return world.amid_merge(); }, "two sides are in the middle of a merge");
  world.settle();
  EXPECT_FALSE(world.amid_merge());
  world.check_all();
}

}  // namespace
}  // namespace hawser::sim
