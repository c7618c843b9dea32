// Leaving a light-weight group, or a heavy-weight one, that has carried messages before a move: everybody must have
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lwg_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

// A, B and C in g, which D has left. So it has moved to where only they are; C and A know that, and B lacks all that C
// has sent on the group before: a message and a marker.
void move_without(LwgWorld& world) {
  world.start("ABCD");
  join_all(world, "ABCD", "all");
  join_all(world, "ABC", "trio");
  join_all(world, "ABCD", "g");
  world.forget();
  EXPECT_TRUE(world.send('C', "g"));
  world.leave('D', {"g"});
  world.order();
  world.hear('C', "ABC");
  world.hear('A', "ABC");
  world.hear('B', "AB");
  EXPECT_EQ(world.carrier_id('C', "g"), world.carrier_id('C', "trio"));
  EXPECT_EQ(world.carrier_id('B', "g"), world.carrier_id('B', "all"));
}

// C's last message has arrived when it wants out.
void leave_after_a_message_on_the_new_group(LwgWorld& world) {
  move_without(world);
  EXPECT_TRUE(world.send('C', "g"));
  for (const char node : {'A', 'B', 'C'}) world.hear(node, "C", world.carrier_id('C', "g"));
  world.leave('C', {"g"});
  world.order();
}

// Nothing of C's rides on the former group any more, and it might be out of that when it wants out of g.
void leave_after_leaving_the_old_group(LwgWorld& world) {
  move_without(world);
  world.leave('C', {"all"});
  world.order();
  world.pass(std::chrono::seconds{3});
  world.order();
  for (const char node : {'A', 'B', 'C'}) world.move_on(node);
  world.leave('C', {"g"});
  world.order();
}

TEST(LwgLeaveAfterAMove, WaitsUntilEverybodyHasWhatWasSentBeforeTheMove) {
  LwgWorld world{exact()};
  leave_after_a_message_on_the_new_group(world);
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "AB");
  EXPECT_THAT(world.history('B', "g"), testing::IsSupersetOf({"C1", "C2"}));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgLeaveAfterAMove, AHeavyWeightGroupIsLeftOnlyWhenAllThatWasSentThereHasArrived) {
  LwgWorld world{exact()};
  leave_after_leaving_the_old_group(world);
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "AB");
  EXPECT_THAT(world.history('B', "g"), Contains("C1"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgLeaveAfterAMove, WhatWasGivenBackIsWaitedForOnlyWhereItGoesOut) {
  LwgWorld world{exact()};
  world.start("ABCD");
  join_all(world, "ABCD", "all");
  join_all(world, "ABC", "trio");
  join_all(world, "ABCD", "g");
  world.leave('D', {"g"});
  world.order("A");
  world.change({"ABCD"});
  ASSERT_TRUE(world.send('C', "g"));  // Accepted on the old group; goes out on the new one.
  world.settle();
  ASSERT_EQ(world.carrier_id('C', "g"), world.carrier_id('C', "trio"));
  world.leave('C', {"g"});
  world.settle();
  EXPECT_EQ(world.view('C', "g"), "-");
  EXPECT_THAT(world.violations(), IsEmpty());
}

#if defined(HAWSER_FAULTS)

struct LwgMoveFaults : testing::Test {
  ~LwgMoveFaults() override { fault::active().clear(); }
  LwgWorld world{exact()};
};

TEST_F(LwgMoveFaults, FormerCarriersForgottenBreakVirtualSynchrony) {
  fault::active() = "lwg_former_carriers_forgotten";
  leave_after_a_message_on_the_new_group(world);
  EXPECT_THAT(world.violations(), Contains(StartsWith("virtual synchrony")));
}

TEST_F(LwgMoveFaults, AHeavyWeightGroupLeftBeforeItIsStableBreaksVirtualSynchrony) {
  fault::active() = "lwg_heavy_group_left_before_it_is_stable";
  leave_after_leaving_the_old_group(world);
  EXPECT_THAT(world.violations(), Contains(StartsWith("virtual synchrony")));
}

#endif

}  // namespace
}  // namespace hawser::test
