// What the simulator prints: a line a seed, violations, and what a block of seeds has met.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "tests/sim/runner.hpp"

namespace hawser::sim {

/// "seed 17  published 2031  …  digest 0123456789abcdef": the same for the same seed on any machine.
std::string seed_line(const RunResult& result);
/// Property, what, and the history around it, a few lines each.
void print_violations(const RunResult& result, const std::string& how_to_repeat, std::ostream& out);

/// What all seeds of one block came to.
class BlockReport {
 public:
  void add(const RunResult& result);

  /// What a block of at least kBlockMin seeds must have met and has not, or has met too often; empty where all is well.
  [[nodiscard]] std::vector<std::string> shortcomings() const;
  /// `wall`: from begin to end; `processor`: what all processes together used of processors.
  void print(std::chrono::duration<double> wall, std::chrono::duration<double> processor, std::ostream& out) const;
  [[nodiscard]] std::uint64_t broken() const { return broken_; }

  static constexpr std::uint64_t kBlockMin = 100;

 private:
  std::uint64_t seeds_ = 0;
  std::uint64_t broken_ = 0;  ///< seeds with a violation
  RunCounts total_;
  RunCounts seeds_with_;  ///< of each count: how many seeds had any
  std::uint64_t settle_ms_max_ = 0;
  Duration simulated_{};
};

}  // namespace hawser::sim
