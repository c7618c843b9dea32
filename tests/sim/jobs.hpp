// Runs seeds in several processes at once; each seed's result comes in the order of seeds.
#pragma once

#include <cstdint>
#include <functional>

#include "tests/sim/runner.hpp"

namespace hawser::sim {

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
};

/// Calls `on_result` for each seed of the range, in order, with what `run_seed` returned. A seed whose process dies (a
/// failed check, a signal) comes as a violation of "No Crash", and the seeds after it run all the same.
/// With one job everything runs in this process, and such a death is its own.
void run_jobs(SeedRange seeds, unsigned jobs, const std::function<RunResult(std::uint64_t seed)>& run_seed,
              const std::function<void(const RunResult&)>& on_result);

}  // namespace hawser::sim
