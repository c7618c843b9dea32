#include "transport/membership/quarantine.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;

TEST(Quarantine, EndsByItself) {
  Quarantine quarantine;
  EXPECT_TRUE(quarantine.admit(node_id('A'), kStart));
  EXPECT_TRUE(quarantine.contains(node_id('A'), kStart + kQuarantine - milliseconds{1}));
  EXPECT_FALSE(quarantine.contains(node_id('A'), kStart + kQuarantine));
  EXPECT_FALSE(quarantine.contains(node_id('B'), kStart));
}

TEST(Quarantine, TakesOneAtATime) {
  Quarantine quarantine;
  EXPECT_TRUE(quarantine.admit(node_id('A'), kStart));
  EXPECT_FALSE(quarantine.admit(node_id('B'), kStart + kEvictionDistanceMin - milliseconds{1}));
  EXPECT_FALSE(quarantine.contains(node_id('B'), kStart + kEvictionDistanceMin));
  EXPECT_TRUE(quarantine.admit(node_id('B'), kStart + kEvictionDistanceMin));
}

TEST(Quarantine, IsLongerEachTime) {
  Quarantine quarantine;
  Time now = kStart;
  for (const Duration length : {kQuarantine, 2 * kQuarantine, 4 * kQuarantine}) {
    EXPECT_TRUE(quarantine.admit(node_id('A'), now));
    EXPECT_TRUE(quarantine.contains(node_id('A'), now + length - milliseconds{1}));
    now += length;
    EXPECT_FALSE(quarantine.contains(node_id('A'), now));
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(quarantine.admit(node_id('A'), now));
    now += kQuarantineMax;
    EXPECT_FALSE(quarantine.contains(node_id('A'), now)) << "no longer than that";
  }
}

TEST(Quarantine, IsShortAgainAfterGoodConduct) {
  Quarantine quarantine;
  EXPECT_TRUE(quarantine.admit(node_id('A'), kStart));
  EXPECT_TRUE(quarantine.admit(node_id('A'), kStart + kQuarantine));
  const Time later = kStart + 3 * kQuarantine + kQuarantineMax;
  EXPECT_TRUE(quarantine.admit(node_id('A'), later));
  EXPECT_FALSE(quarantine.contains(node_id('A'), later + kQuarantine));
}

}  // namespace
}  // namespace hawser
