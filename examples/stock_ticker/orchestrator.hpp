// Runs the whole demo: starts the child processes, lets the publisher go, starts the late ticker, kills one, collects.
#pragma once

#include "examples/stock_ticker/options.hpp"

namespace ticker {

/// Returns the exit code: 0 all holds, 1 something does not, 3 the feed cannot be used.
int run_demo(const DemoOptions& options);

}  // namespace ticker
