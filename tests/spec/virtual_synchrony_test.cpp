// Who moves on together has delivered the same messages, whatever breaks, and whenever.
#include <gtest/gtest.h>

#include "tests/sim/world.hpp"

namespace hawser::sim {
namespace {

TEST(VirtualSynchrony, SurvivorsAgreeOnAMessageWhoseSenderCrashed) {
  World world{{.nodes = 3, .seed = 7}};
  world.settle();  // Everyone is in {A, B, C}.

  world.cut("A", "C");  // C misses A's message,
  world.node("A").multicast("m");
  world.run_until_delivered("m", "B");
  world.crash("A");  // and A can no longer repair it.
  world.settle();

  EXPECT_EQ(world.node("B").history(), world.node("C").history());
  EXPECT_TRUE(world.node("C").delivered("m"));
  world.check_all();
}

TEST(VirtualSynchrony, TheOnlyHolderAmongManyPassesTheMessageOn) {
  World world{{.nodes = 5, .seed = 8}};
  world.settle();

  for (const char* deaf : {"B", "C", "D"}) world.cut("A", deaf);
  world.node("A").multicast("only E has it");
  world.run_until_delivered("only E has it", "E");
  world.crash("A");
  world.settle();

  for (const char* survivor : {"B", "C", "D", "E"}) EXPECT_TRUE(world.node(survivor).delivered("only E has it"));
  EXPECT_GT(world.node("E").counters().repairs_for_others, 0U);
  world.check_all();
}

TEST(VirtualSynchrony, AMessageThatNoSurvivorHasIsDeliveredToNone) {
  World world{{.nodes = 3, .seed = 9}};
  world.settle();

  world.cut("A", "B");
  world.cut("A", "C");
  world.node("A").multicast("unheard");
  world.crash("A");
  world.settle();

  EXPECT_FALSE(world.node("B").delivered("unheard"));
  EXPECT_EQ(world.node("B").history(), world.node("C").history());
  world.check_all();
}

TEST(VirtualSynchrony, TheHolderMayCrashInTheMiddleOfTheRepair) {
  World world{{.nodes = 5, .seed = 10, .nodes_per_host = 5, .exit_evidence = true}};
  world.settle();

  for (const char* deaf : {"B", "C", "D"}) world.cut("A", deaf);
  world.node("A").multicast("m");
  world.run_until_delivered("m", "E");
  world.crash("A");
  // E dies as soon as the others know that A has: perhaps it has repaired one of them, perhaps none.
  world.run_until([&] { return !world.node("E").failures().empty(); }, "E knows of A's end");
  world.crash("E");
  world.settle();

  EXPECT_EQ(world.node("B").history(), world.node("C").history());
  EXPECT_EQ(world.node("B").history(), world.node("D").history());
  EXPECT_EQ(world.node("B").view(), "BCD");
  world.check_all();
}

TEST(VirtualSynchrony, CascadedCrashesEndInOneViewOfTheSurvivors) {
  World world{{.nodes = 7, .seed = 11, .nodes_per_host = 7, .exit_evidence = true}};
  world.settle();

  for (const char* victim : {"A", "B", "C", "D"}) {
    world.node(victim).multicast(std::string{"last words of "} + victim);
    world.run_for(300us);  // Each strikes while the change before is still under way.
    world.crash(victim);
  }
  world.settle();

  EXPECT_EQ(world.node("E").view(), "EFG");
  EXPECT_EQ(world.node("E").history(), world.node("F").history());
  EXPECT_EQ(world.node("E").history(), world.node("G").history());
  world.check_all();
}

TEST(VirtualSynchrony, ACrashDuringAJoinHarmsNeitherTheJoinerNorTheOthers) {
  World world{{.nodes = 4, .seed = 12, .start_all = false, .nodes_per_host = 4, .exit_evidence = true}};
  for (const char* first : {"A", "B", "C"}) world.start(first);
  world.settle();

  world.start("D");
  world.run_until([&] { return world.at(1).amid_change(); }, "the join's view change begins");
  world.node("A").multicast("m");
  world.crash("A");
  world.settle();

  EXPECT_EQ(world.node("D").view(), "BCD");
  EXPECT_EQ(world.node("B").history(), world.node("C").history());
  world.check_all();
}

TEST(VirtualSynchrony, WhatIsSentDuringAViewChangeArrivesInTheNextView) {
  World world{{.nodes = 4, .seed = 13, .nodes_per_host = 4, .exit_evidence = true}};
  world.settle();

  world.crash("D");
  world.run_until([&] { return world.at(0).amid_change(); }, "the view change begins");
  world.node("A").multicast("sent while blocked");
  world.settle();

  for (const char* survivor : {"A", "B", "C"}) EXPECT_TRUE(world.node(survivor).delivered("sent while blocked"));
  world.check_all();
}

TEST(VirtualSynchrony, EachSendersMessagesArriveInItsOrderUnderLossAndReordering) {
  World world{
      {.nodes = 3, .seed = 14, .network = {.delay_max = 2ms, .reorder_permille = 200, .duplicate_permille = 100}}};
  world.settle();
  for (Site site = 0; site < 3; ++site) {
    world.network().set_loss(site, {.independent_permille = 300}, world.now());
  }

  std::vector<std::string> expected{"t: synced"};
  for (int i = 1; i <= 200; ++i) {
    world.node("A").multicast("number " + std::to_string(i));
    world.run_for(1ms);
    expected.push_back("t: number " + std::to_string(i));
  }
  world.settle();

  EXPECT_EQ(world.node("B").history(), expected);
  EXPECT_EQ(world.node("C").history(), expected);
  EXPECT_EQ(world.node("A").views().back(), "ABC");
  world.check_all();
}

}  // namespace
}  // namespace hawser::sim
