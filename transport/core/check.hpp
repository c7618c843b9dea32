// HAWSER_CHECK: an assertion on the program itself, kept in release builds.
#pragma once

namespace hawser::detail {
/// Prints the failed condition and where it stands to standard error, then aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace hawser::detail

/// For errors of programming only; expected outcomes are a Result, bad bytes a decode error.
#define HAWSER_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::hawser::detail::check_failed(#condition, __FILE__, __LINE__))
