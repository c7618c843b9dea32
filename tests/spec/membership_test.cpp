// Who is in the view: starts, ends, pauses, cuts and partitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/world.hpp"
#include "transport/membership/failure_detector.hpp"

namespace hawser::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Membership, NodesThatStartAtTheSameMomentFormOneView) {
  World world{{.nodes = 2, .seed = 1}};

  world.settle();

  EXPECT_THAT(world.node("A").views(), ElementsAre("AB"));
  EXPECT_THAT(world.node("B").views(), ElementsAre("AB"));
  world.check_all();
}

TEST(Membership, ANodeThatIsAloneFormsAViewOfItself) {
  World world{{.nodes = 1, .seed = 2}};

  world.settle();

  EXPECT_EQ(world.node("A").view(), "A");
  world.check_all();
}

TEST(Membership, TwentyNodesFindEachOther) {
  World world{{.nodes = 20, .seed = 3}};

  world.settle();

  EXPECT_EQ(world.node("A").view(), "ABCDEFGHIJKLMNOPQRST");
  world.check_all();
}

TEST(Membership, SixtyFourNodesSurviveTheCrashOfEight) {
  World world{{.nodes = 64, .seed = 64, .topics = {}}};
  world.settle();
  EXPECT_EQ(world.at(0).bus().control_view().members.size(), 64U);

  for (Site site = 0; site < 64; site += 8) world.crash(site);
  world.settle();
  EXPECT_EQ(world.at(1).bus().control_view().members.size(), 56U);
  world.check_all();
}

TEST(Membership, AHundredAndTwentyEightNodesSurviveACrash) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer makes minutes of it: sixty-four nodes show it the same code";
#endif
#endif
  World world{{.nodes = 128, .seed = 128, .topics = {}, .nodes_per_host = 128, .exit_evidence = true}};
  world.settle();
  EXPECT_EQ(world.at(0).bus().control_view().members.size(), 128U);

  world.crash(64);
  world.settle();
  EXPECT_EQ(world.at(0).bus().control_view().members.size(), 127U);
  world.check_all();
}

TEST(Membership, ACrashIsFoundBySilence) {
  World world{{.nodes = 3, .seed = 4}};
  world.settle();

  world.crash("C");
  world.settle();

  EXPECT_THAT(world.node("A").failures(), ElementsAre("C by silence"));
  EXPECT_EQ(world.node("A").view(), "AB");
  world.check_all();
}

TEST(Membership, ACrashOnTheSameHostIsFoundWithinMilliseconds) {
  World world{{.nodes = 3, .seed = 5, .nodes_per_host = 3, .exit_evidence = true}};
  world.settle();

  world.crash("C");
  world.run_for(20ms);

  EXPECT_THAT(world.node("A").failures(), ElementsAre("C by process exit"));
  EXPECT_EQ(world.node("A").view(), "AB");
  EXPECT_EQ(world.node("B").view(), "AB");
  world.settle();
  world.check_all();
}

TEST(Membership, ACrashedProcessOnALivingHostIsFoundByItsClosedPort) {
  World world{{.nodes = 4, .seed = 6, .network = {.unreachable_errors = true}}};
  world.settle();

  world.run_for(kLateRefusals);  // Until then they may be meant for another that had its port before.
  world.crash("C");
  world.run_for(NodeConfig{}.silence_timeout / 2);

  EXPECT_EQ(world.node("A").view(), "ABD");
  world.settle();
  world.check_all();
}

TEST(Membership, LeavingIsOrderly) {
  World world{{.nodes = 3, .seed = 7}};
  world.settle();

  world.node("C").multicast("farewell");
  world.leave("C");
  world.settle();

  EXPECT_FALSE(world.node("C").running());
  EXPECT_THAT(world.node("A").failures(), ElementsAre("C by departure"));
  EXPECT_TRUE(world.node("A").delivered("farewell"));
  EXPECT_TRUE(world.node("B").delivered("farewell"));
  EXPECT_EQ(world.node("A").counts().gaps, 0U);
  world.check_all();
}

TEST(Membership, ARestartedNodeComesBackAsANewOne) {
  World world{{.nodes = 3, .seed = 8}};
  world.settle();
  const NodeId before = world.at(2).process().node;

  world.crash("C");
  world.start("C");  // At the same port, before anyone has noticed.
  world.settle();

  EXPECT_NE(world.at(2).process().node, before);
  EXPECT_EQ(world.at(2).process().node.endpoint, before.endpoint);
  EXPECT_EQ(world.node("A").view(), "ABC");
  world.check_all();
}

TEST(Membership, ARestartedNodeMayTakeAnotherPort) {
  World world{{.nodes = 3, .seed = 9}};
  world.settle();

  world.crash("C");
  world.start("C", 5);
  world.settle();

  EXPECT_EQ(world.node("A").view(), "ABC");
  world.check_all();
}

TEST(Membership, APausedNodeIsExcludedAndComesBack) {
  World world{{.nodes = 3, .seed = 10}};
  world.settle();

  world.pause("C");
  world.run_until([&] { return world.node("A").view() == "AB"; }, "A and B go on alone");
  world.node("A").multicast("while C slept");
  world.run_for(2s);
  world.resume("C");
  world.settle();

  EXPECT_EQ(world.node("C").view(), "ABC");
  EXPECT_EQ(world.node("C").counters().self_fences, 1U);
  world.node("A").multicast("good morning");
  world.run_until_delivered("good morning", "C");
  world.check_all();
}

TEST(Membership, AShortPauseExcludesNobody) {
  World world{{.nodes = 3, .seed = 11}};
  world.settle();

  world.pause("C");
  world.run_for(150ms);
  world.resume("C");
  world.run_for(1s);

  EXPECT_THAT(world.node("A").failures(), IsEmpty());
  EXPECT_THAT(world.node("A").views(), ElementsAre("ABC"));
  world.settle();
  world.check_all();
}

TEST(Membership, AOneWayCutSettlesInViewsWhoseMembersHearEachOther) {
  World world{{.nodes = 3, .seed = 12}};
  world.settle();

  world.cut("A", "B");  // B does not hear A; both hear C.
  world.run_for(5s);

  const std::string of_a = world.node("A").view();
  const std::string of_b = world.node("B").view();
  EXPECT_EQ(of_a.find('B'), std::string::npos) << of_a;
  EXPECT_EQ(of_b.find('A'), std::string::npos) << of_b;
  const std::size_t views = world.node("C").views().size();
  world.run_for(5s);
  EXPECT_EQ(world.node("C").views().size(), views) << "the views go on changing";

  world.mend("A", "B");
  world.settle();
  EXPECT_EQ(world.node("A").view(), "ABC");
  world.check_all();
}

TEST(Membership, APartitionSplitsTheViewAndAMergeJoinsIt) {
  World world{{.nodes = 5, .seed = 13}};
  world.settle();

  world.partition({{"A", "B"}, {"C", "D", "E"}});
  world.run_for(3s);
  EXPECT_EQ(world.node("A").view(), "AB");
  EXPECT_EQ(world.node("D").view(), "CDE");

  world.heal();
  world.settle();
  EXPECT_EQ(world.node("A").view(), "ABCDE");
  world.check_all();
}

TEST(Membership, NobodyIsExcludedForLossOfThirtyPercent) {
  World world{{.nodes = 5, .seed = 14}};
  world.settle();
  for (Site site = 0; site < 5; ++site) {
    world.network().set_loss(site, {.independent_permille = 300}, world.now());
  }

  world.run_for(60s);

  for (const char* name : {"A", "B", "C", "D", "E"}) EXPECT_THAT(world.node(name).failures(), IsEmpty());
  world.heal();
  world.settle();
  world.check_all();
}

TEST(Membership, WhoeverIsFoundDeadWronglyComesBack) {
  World world{{.nodes = 3, .seed = 15}};
  world.settle();

  world.partition({{"A", "B"}, {"C"}});
  world.run_until([&] { return world.node("A").view() == "AB"; }, "C is excluded");
  world.heal();
  world.settle();

  EXPECT_THAT(world.node("A").views(), Contains("AB"));
  EXPECT_EQ(world.node("A").view(), "ABC");
  world.check_all();
}

}  // namespace
}  // namespace hawser::sim
