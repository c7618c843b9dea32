// The command line of the stream benchmarks: which systems, in what order of messages, where.
#pragma once

#include <CLI/CLI.hpp>

#include "tests/bench/stream_cases.hpp"

namespace hawser::bench {

/// Adds the options to the subcommand; the command's callback is taken. `choice` must outlive `command`.
void add_stream_options(CLI::App& command, StreamChoice& choice);

/// Order classes by name, of all that there are: several, or one.
void add_order_option(CLI::App& command, std::vector<Order>& orders);
void add_order_option(CLI::App& command, Order& order);

}  // namespace hawser::bench
