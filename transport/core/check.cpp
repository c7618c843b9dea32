#include "transport/core/check.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "transport/core/check_hook.hpp"

namespace hawser {
namespace {

std::atomic<CheckHook> the_hook{nullptr};
std::atomic<int> threads_at_the_hook{0};
thread_local bool is_at_the_hook = false;

}  // namespace

void set_check_hook(CheckHook hook) noexcept { the_hook.store(hook); }

namespace detail {

void run_check_hook(const char* message) noexcept {
  if (std::exchange(is_at_the_hook, true)) return;
  // Counted before it asks for the hook: whoever finds it taken finds its taker counted.
  ++threads_at_the_hook;
  if (const CheckHook hook = the_hook.exchange(nullptr)) hook(message);
  --threads_at_the_hook;
  threads_at_the_hook.notify_all();
  while (const int others = threads_at_the_hook.load()) threads_at_the_hook.wait(others);
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
