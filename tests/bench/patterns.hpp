// Matching topics and patterns, without a network: what a topic that comes, and a pattern that comes, costs.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/output.hpp"

namespace hawser::bench {

struct PatternsPlan {
  std::vector<std::uint32_t> counts{100, 1'000, 10'000, 100'000};  ///< of patterns, and of topics
  std::uint32_t rounds = 3;
  std::uint64_t seed = 1;
};

/// Adds the options to the subcommand. `plan` must outlive `command`.
void add_patterns_options(CLI::App& command, PatternsPlan& plan);

/// Two figures for each count: one topic against so many patterns, and one pattern against so many topics.
Status measure_patterns(const PatternsPlan& plan, Output& output);

}  // namespace hawser::bench
