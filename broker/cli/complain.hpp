// Errors as the user sees them.
#pragma once

#include <string>

#include "hawser/result.hpp"

namespace hawser::cli {

/// Prints "hawser pub: message" to standard error and returns the exit code for it.
int complain(const std::string& command, const Error& error);

}  // namespace hawser::cli
