#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "transport/core/check.hpp"
#include "transport/core/check_hook.hpp"

namespace hawser {
namespace {

std::atomic<bool> second_fails{false};

/// Has time enough for another thread to abort the process.
void save_slowly(const char* message) noexcept {
  std::thread{[] {
    second_fails = true;
    HAWSER_CHECK(second_fails == false);
  }}.detach();
  while (!second_fails) std::this_thread::yield();
  for (int i = 0; i < 100'000; ++i) std::this_thread::yield();
  std::fprintf(stderr, "all is saved: %s\n", message);
}

void fail_slowly(const char* message) noexcept { HAWSER_CHECK(message == nullptr); }

TEST(CheckDeathTest, ASecondThreadThatFailsDoesNotCutShortWhatTheFirstSaves) {
  set_check_hook(save_slowly);
  EXPECT_DEATH(HAWSER_CHECK(1 + 1 == 3), "all is saved: .*1 \\+ 1 == 3");
  set_check_hook(nullptr);
}

TEST(CheckDeathTest, AHookThatFailsACheckItselfEndsTheProcess) {
  set_check_hook(fail_slowly);
  EXPECT_DEATH(HAWSER_CHECK(1 + 1 == 3), "message == nullptr");
  set_check_hook(nullptr);
}

}  // namespace
}  // namespace hawser
