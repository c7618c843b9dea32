// What both roles have in common: how they join, and how they answer.
#pragma once

#include <chrono>

#include "examples/stock_ticker/line_pipe.hpp"
#include "examples/stock_ticker/options.hpp"
#include "hawser/options.hpp"
#include "hawser/result.hpp"

namespace ticker {

/// How often a role reports how far it is.
constexpr std::chrono::milliseconds kReportInterval{100};
/// How long a role waits for the others when it flushes or leaves.
constexpr std::chrono::milliseconds kPatience{10000};

/// Writes one line to the orchestrator. A role whose orchestrator is gone finds out by the end of its input.
void tell(const Report& report);

/// Tells the error and returns the exit code to end with.
int tell_failure(const std::string& what);

/// Options to join with; the bus's events are told to the orchestrator.
hawser::Options bus_options(const DemoOptions& options);

}  // namespace ticker
