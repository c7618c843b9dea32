// The library's log: silent unless the environment asks for it.
#pragma once

#include <spdlog/logger.h>

namespace hawser {

/// The spdlog logger named "hawser". Where the application has registered one of that name before the first use, it is
/// that one. Otherwise HAWSER_LOG=LEVEL (trace, debug, info, warn, error, critical) sends it to standard error;
/// without, it goes nowhere. Never called per message. Threads: any.
spdlog::logger& log();

}  // namespace hawser
