#include "tests/sim/disk.hpp"

#include <gtest/gtest.h>

namespace hawser::sim {
namespace {

StoreRequest request(std::uint64_t ticket) { return {ticket, VotingState{{1}, 3, ticket, 0, {}, {}}}; }

TEST(SimDisk, CountsWritesThatFail) {
  Disk disk{{.fail_permille = 1000}, Rng{1}};
  disk.write(request(1), Instant{});
  EXPECT_TRUE(disk.finish().failed);
  EXPECT_EQ(disk.counts().failed, 1U);
  EXPECT_FALSE(disk.state().has_value());
}

TEST(SimDisk, CountsWritesThatTakeLong) {
  Disk quick{{}, Rng{1}};
  Disk slow{{.sync_min = 2 * kLongWrite, .slow_permille = 1000}, Rng{1}};
  for (Disk* disk : {&quick, &slow}) {
    disk->write(request(1), Instant{});
    disk->finish();
  }
  EXPECT_EQ(quick.counts().slow, 0U);
  EXPECT_EQ(slow.counts().slow, 1U);
}

// Whether a write that a crash cuts short is on the disk is left to chance.
TEST(SimDisk, CountsTheRestartsThatLostAWrite) {
  Disk disk{{}, Rng{1}};
  std::uint64_t lost = 0;
  for (std::uint64_t ticket = 1; ticket <= 100; ++ticket) {
    disk.write(request(ticket), Instant{});
    disk.on_crash();
    disk.on_start();
    if (!disk.state() || disk.state()->number != ticket) ++lost;
    EXPECT_EQ(disk.counts().restarts_lost, lost);
  }
  EXPECT_GT(lost, 0U);
  EXPECT_LT(lost, 100U);
}

TEST(SimDisk, WhoseWritesHadEndedHasLostNone) {
  Disk disk{{}, Rng{1}};
  disk.write(request(1), Instant{});
  disk.finish();
  disk.on_crash();
  disk.on_start();
  EXPECT_EQ(disk.counts().restarts_lost, 0U);
}

}  // namespace
}  // namespace hawser::sim
