// What may not be done before a move is known, or is installed: to be let out of where it went, and to mark what is
// behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lwg/directory.hpp"
#include "tests/unit/lwg_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

// C wants out of the heavy-weight group of A, B and C, on which nothing rides. Before A, who decides, hears that, g
// moves there, and away again. So C will owe a marker there, once it has the first move behind it.
void ask_out_before_two_moves(LwgWorld& world) {
  world.start("ABCD");
  join_all(world, "ABCD", "all");
  join_all(world, "ABC", "trio");
  join_all(world, "ABCD", "g");
  const GroupId trios = world.carrier_id('C', "trio");
  for (const char node : {'A', 'B', 'C'}) world.leave(node, {"trio"});
  world.settle();
  world.pass(std::chrono::seconds{3});

  world.leave('D', {"g"});
  world.hear('A', "D", kControlGroup);
  world.order("D");
  ASSERT_TRUE(world.deliver_total('A'));
  const Directory& directory = world.groups('A').directory();
  ASSERT_EQ(directory.find(*directory.id_of("g"))->heavy, trios);
  world.join('D', {"g"});
  world.hear('A', "D", kControlGroup);
  world.hear('A', "C", kControlGroup);
  world.order("BCD");
  world.order();
  world.move_on('C');
}

TEST(LwgBehindAMove, WhoAskedToBeLetOutBeforeItKnewOfTheMoveStaysToMarkTheNext) {
  LwgWorld world{exact()};
  ask_out_before_two_moves(world);
  EXPECT_THAT(world.violations(), IsEmpty());
}

// g moves from the pair's heavy-weight group to the trio's, since C joins it; then something changes in the trio. A has
// not heard on the old group that B is ready for the move, and never will: B crashes. C is in the new group only.
void lose_the_mark_before_a_move(LwgWorld& world) {
  world.start("ABC");
  join_all(world, "AB", "pair");
  join_all(world, "AB", "g");
  world.join('B', {"trio"}, Role::publisher);
  join_all(world, "AC", "trio");
  const GroupId pairs = world.carrier_id('A', "pair");
  const GroupId trios = world.carrier_id('A', "trio");
  ASSERT_EQ(world.carrier_id('A', "g"), pairs);
  world.join('C', {"g"});
  world.order();
  world.join('B', {"trio"});
  world.order();

  world.hear('B', "AB", pairs);
  for (const char node : {'A', 'B', 'C'}) {
    for (int round = 0; round < 3; ++round) world.hear(node, "ABC", trios);
  }
  world.hear('A', "BC", trios);
  world.hear('C', "B", trios);
  world.crash('B');
  world.change({"AC"});
}

TEST(LwgBehindAMove, WhatIsBehindItIsMarkedWhenItIsInstalled) {
  LwgWorld world{exact()};
  lose_the_mark_before_a_move(world);
  EXPECT_EQ(world.view('C', "g"), "-");  // without A's mark
  EXPECT_THAT(world.violations(), IsEmpty());
}

#if defined(HAWSER_FAULTS)

struct LwgBehindAMoveFaults : testing::Test {
  ~LwgBehindAMoveFaults() override { fault::active().clear(); }
  LwgWorld world{exact()};
};

TEST_F(LwgBehindAMoveFaults, AReleaseThatIsNotCheckedLeavesTheOthersWaitingForAMarker) {
  fault::active() = "lwg_release_not_checked";
  ask_out_before_two_moves(world);
  EXPECT_THAT(world.violations(), Contains(StartsWith("liveness")));
}

TEST_F(LwgBehindAMoveFaults, AMarkerThatCoversWhatWaitsBreaksTheTransitionalSet) {
  fault::active() = "lwg_marker_covers_what_waits";
  lose_the_mark_before_a_move(world);
  EXPECT_THAT(world.violations(), Contains(StartsWith("transitional set")));
}

#endif

}  // namespace
}  // namespace hawser::test
