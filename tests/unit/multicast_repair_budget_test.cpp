#include "transport/multicast/repair_budget.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using std::chrono::milliseconds;

TEST(RepairBudget, RepairsHaveAShareOfTheCredit) {
  RepairBudget budget;
  EXPECT_TRUE(budget.take(400, 1000, kStart));
  EXPECT_FALSE(budget.take(400, 1000, kStart));
  EXPECT_TRUE(budget.take(100, 1000, kStart + milliseconds{2}));
  EXPECT_FALSE(budget.take(1, 1000, kStart + milliseconds{2}));
}

TEST(RepairBudget, TheShareIsThereAgainAfterAWhile) {
  RepairBudget budget;
  EXPECT_TRUE(budget.take(500, 1000, kStart));
  EXPECT_FALSE(budget.take(500, 1000, kStart + kRepairInterval - milliseconds{1}));
  EXPECT_TRUE(budget.take(500, 1000, kStart + kRepairInterval));
  EXPECT_FALSE(budget.take(500, 1000, kStart + kRepairInterval));
}

TEST(RepairBudget, OnePacketMayAlwaysGo) {
  RepairBudget budget;
  EXPECT_TRUE(budget.take(64'000, 1000, kStart));
  EXPECT_FALSE(budget.take(1, 1000, kStart));
}

}  // namespace
}  // namespace hawser
