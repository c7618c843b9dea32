#include <algorithm>
#include <map>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/group_members.hpp"
#include "tests/bench/statistics.hpp"

namespace hawser::bench {
namespace {

struct Growth {
  double resident_bytes = 0;
  double heap_bytes = 0;
};

/// Lets four members come to be in more and more topics.
class MemoryRun {
 public:
  Status start() {
    if (auto started = members_.start(MemoryPlan::kTopicsPerCall); !started) return started;
    const auto figures = members_.figures();
    if (!figures) return figures.error();
    none_ = *figures;
    return Ok{};
  }

  Status grow_to(std::uint32_t topics) {
    while (topics_ < topics) {
      members_.go_on_to_other_topics();
      for (std::uint32_t i = 0; i < kGroupMembers; ++i) {
        if (auto joined = members_.join(i); !joined) return joined.error();
      }
      topics_ += MemoryPlan::kTopicsPerCall;
    }
    members_.settle();
    return Ok{};
  }

  /// Since the start, for each member and topic.
  Result<Growth> growth() {
    const auto now = members_.figures();
    if (!now) return now.error();
    const auto each = [this](std::uint64_t from, std::uint64_t to) {
      return (static_cast<double>(to) - static_cast<double>(from)) / (double{kGroupMembers} * topics_);
    };
    return Growth{each(none_.resident_bytes, now->resident_bytes), each(none_.heap_bytes, now->heap_bytes)};
  }

  Status end() { return members_.end(); }

 private:
  GroupMembers members_;
  MemberFigures none_;
  std::uint32_t topics_ = 0;
};

struct Rounds {
  std::vector<double> resident_bytes;
  std::vector<double> heap_bytes;
};

Status run_memory(const std::vector<std::uint32_t>& topics, std::map<std::uint32_t, Rounds>& rounds) {
  MemoryRun run;
  if (auto started = run.start(); !started) return started;
  for (const std::uint32_t next : topics) {
    if (auto grown = run.grow_to(next); !grown) return grown;
    const auto growth = run.growth();
    if (!growth) return growth.error();
    rounds[next].resident_bytes.push_back(growth->resident_bytes);
    rounds[next].heap_bytes.push_back(growth->heap_bytes);
  }
  return run.end();
}

MemoryFigure report(std::uint32_t topics, const Rounds& rounds, Output& output) {
  const std::vector<double>& resident = rounds.resident_bytes;
  const MemoryFigure figure{topics, median(resident), median(rounds.heap_bytes)};
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
  std::vector<std::uint32_t> topics = plan.topics;
  std::sort(topics.begin(), topics.end());
  std::map<std::uint32_t, Rounds> rounds;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    output.progress(format("memory of up to %u topics, round %u of %u", topics.back(), round, plan.rounds));
    if (auto run = run_memory(topics, rounds); !run) return run.error();
  }
  output.text(
      format("\nMemory of one membership, %u nodes in all topics, %u rounds; bytes", kGroupMembers, plan.rounds));
  output.text("  topics   resident    lowest   highest     in use");
  std::vector<MemoryFigure> figures;
  for (const std::uint32_t number : topics) figures.push_back(report(number, rounds[number], output));
  return figures;
}

}  // namespace hawser::bench
