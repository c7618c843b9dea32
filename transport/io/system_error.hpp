// Errors of system calls as Errors of ours.
#pragma once

#include <string>
#include <string_view>

#include "transport/core/result.hpp"

namespace hawser {

/// Errc::system: "`what`: No buffer space available", with the words of the current errno.
Error system_error(std::string_view what);

}  // namespace hawser
