#include "transport/core/check.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "transport/core/check_hook.hpp"

namespace hawser {
namespace {

std::atomic<CheckHook> the_hook{nullptr};

}  // namespace

void set_check_hook(CheckHook hook) noexcept { the_hook.store(hook); }

namespace detail {

void run_check_hook(const char* message) noexcept {
  if (const CheckHook hook = the_hook.exchange(nullptr)) hook(message);
}

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::array<char, 512> message{};
  std::snprintf(message.data(), message.size(), "%s:%d: HAWSER_CHECK failed: %s", file, line, condition);
  std::fprintf(stderr, "%s\n", message.data());
  run_check_hook(message.data());
  std::abort();
}

}  // namespace detail
}  // namespace hawser
