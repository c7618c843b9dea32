// Starts a thread of the library: named for debuggers, deaf to signals.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "transport/core/result.hpp"

namespace hawser {

/// `name` is cut to the 15 characters that Linux keeps. All signals are blocked, so that the application's handlers run
/// on the application's threads.
/// Errors: system  no thread could be started.
Result<std::thread> start_thread(std::string name, std::function<void()> body);

}  // namespace hawser
