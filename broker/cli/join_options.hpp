// The options of a join, from the command line's.
#pragma once

#include "broker/cli/arguments.hpp"
#include "hawser/options.hpp"

namespace hawser::cli {

Options join_options(const BusArguments& arguments);

}  // namespace hawser::cli
