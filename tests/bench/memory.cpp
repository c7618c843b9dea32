#include <map>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/group_members.hpp"
#include "tests/bench/statistics.hpp"

namespace hawser::bench {
namespace {

struct MemoryRun {
  double resident_bytes = 0;
  double heap_bytes = 0;
};

Result<MemoryRun> run_memory(std::uint32_t topics) {
  GroupMembers members;
  if (auto started = members.start(topics); !started) return started.error();
  const auto before = members.figures();
  if (!before) return before.error();
  for (std::uint32_t i = 0; i < kGroupMembers; ++i) {
    if (auto joined = members.join(i); !joined) return joined.error();
  }
  members.settle();
  const auto after = members.figures();
  if (!after) return after.error();
  if (auto ended = members.end(); !ended) return ended.error();
  const double memberships = static_cast<double>(topics) * kGroupMembers;
  const auto each = [&](std::uint64_t from, std::uint64_t to) {
    return (static_cast<double>(to) - static_cast<double>(from)) / memberships;
  };
  return MemoryRun{each(before->resident_bytes, after->resident_bytes), each(before->heap_bytes, after->heap_bytes)};
}

MemoryFigure report(std::uint32_t topics, const std::vector<double>& resident, const std::vector<double>& heap,
                    Output& output) {
  const MemoryFigure figure{topics, median(resident), median(heap)};
  output.figure({{"figure", "memory"},
                 {"topics", topics},
                 {"members", kGroupMembers},
                 {"rounds", resident.size()},
                 {"resident_bytes_per_membership", figure.resident_bytes},
                 {"resident_bytes_per_membership_min", least(resident)},
                 {"resident_bytes_per_membership_max", greatest(resident)},
                 {"heap_bytes_per_membership", figure.heap_bytes}});
  output.text(format("  %6u  %9.0f %9.0f %9.0f  %9.0f", topics, figure.resident_bytes, least(resident),
                     greatest(resident), figure.heap_bytes));
  return figure;
}

}  // namespace

Result<std::vector<MemoryFigure>> measure_memory(const MemoryPlan& plan, Output& output) {
  std::map<std::uint32_t, std::vector<double>> resident;
  std::map<std::uint32_t, std::vector<double>> heap;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    for (const std::uint32_t topics : plan.topics) {
      output.progress(format("memory of %u topics, round %u of %u", topics, round, plan.rounds));
      const auto run = run_memory(topics);
      if (!run) return run.error();
      resident[topics].push_back(run->resident_bytes);
      heap[topics].push_back(run->heap_bytes);
    }
  }
  output.text(
      format("\nMemory of one membership, %u nodes in all topics, %u rounds; bytes", kGroupMembers, plan.rounds));
  output.text("  topics   resident    lowest   highest    in use");
  std::vector<MemoryFigure> figures;
  for (const std::uint32_t topics : plan.topics) {
    figures.push_back(report(topics, resident[topics], heap[topics], output));
  }
  return figures;
}

}  // namespace hawser::bench
