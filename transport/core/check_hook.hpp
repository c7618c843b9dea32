// What is still done when a check has failed, before the process aborts.
#pragma once

namespace hawser {

/// Gets the words of the failed check. The program is broken by then: it should save what it can, and nothing more.
using CheckHook = void (*)(const char* message) noexcept;

/// In place of the one before; nullptr for none. It is called once at most, also where it fails a check itself. Where
/// other threads fail checks meanwhile, the process does not abort before it has returned.
/// Threads: any.
void set_check_hook(CheckHook hook) noexcept;

namespace detail {
/// Returns when no hook is running any more; at once on a thread that runs one.
void run_check_hook(const char* message) noexcept;
}  // namespace detail

}  // namespace hawser
