// The command line of `hawser-bench slow`.
#pragma once

#include <CLI/CLI.hpp>

#include "tests/bench/slow.hpp"

namespace hawser::bench {

/// Adds the options to the subcommand. `plan` must outlive `command`.
void add_slow_options(CLI::App& command, SlowPlan& plan);

}  // namespace hawser::bench
