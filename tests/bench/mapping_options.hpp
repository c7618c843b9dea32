// The command line of `hawser-bench mapping`.
#pragma once

#include <CLI/CLI.hpp>

#include "tests/bench/mapping.hpp"

namespace hawser::bench {

/// Adds the options to the subcommand. `plan` must outlive `command`.
void add_mapping_options(CLI::App& command, MappingPlan& plan);

}  // namespace hawser::bench
