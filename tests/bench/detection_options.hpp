// The command line of `hawser-bench detection`.
#pragma once

#include <CLI/CLI.hpp>

#include "tests/bench/detection.hpp"

namespace hawser::bench {

/// Adds the options to the subcommand. `plan` must outlive `command`.
void add_detection_options(CLI::App& command, DetectionPlan& plan);

}  // namespace hawser::bench
