// The demo's last lines, and whether it holds.
#pragma once

#include <string>
#include <vector>

#include "examples/stock_ticker/demo_state.hpp"

namespace ticker {

/// What does not hold, one sentence each; empty = the demo is good.
std::vector<std::string> find_failures(const DemoState& state);

/// The figures: published, each ticker, the late joiner, the crash.
std::vector<std::string> summary_lines(const DemoState& state);

/// The slowest survivor's times; nothing where a survivor did not notice or repair.
struct CrashTimes {
  Clock::duration detected{};  ///< from the kill to the knowledge of it
  Clock::duration repaired{};  ///< from the knowledge to the last topic's repair
};
std::optional<CrashTimes> crash_times(const DemoState& state);

}  // namespace ticker
