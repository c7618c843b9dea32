// Nodes come, go, part and meet again: what each is told, and what it costs.
#include "tests/unit/transport_mesh.hpp"
#include "transport/vs/virtual_synchrony.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::uint64_t proposals(const Mesh& mesh, char name) { return mesh.counters(name).proposals_sent; }

// ---- Crashes ----

TEST(ViewChanges, ACrashSeenByTheKernelIsRepairedInAFewRoundTrips) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.crash("B");
  mesh.tell_exit('B', "AC");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("AC"); }, 3 * Mesh::kLatency));
  EXPECT_THAT(mesh.history('A'), ElementsAre("lost B", "view AC from AC"));
  EXPECT_THAT(mesh.history('C'), ElementsAre("lost B", "view AC from AC"));
}

TEST(ViewChanges, AChangeCostsOneProposalAMember) {
  Mesh mesh;
  mesh.settle("ABCDE");
  mesh.run_for(milliseconds{100});
  std::map<char, std::uint64_t> before;
  for (const char name : {'A', 'C', 'D', 'E'}) before[name] = proposals(mesh, name);
  mesh.crash("B");
  mesh.tell_exit('B', "ACDE");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ACDE"); }));
  mesh.run_for(milliseconds{100});
  for (const char name : {'A', 'C', 'D', 'E'}) EXPECT_EQ(proposals(mesh, name), before[name] + 1) << name;
}

TEST(ViewChanges, OneWitnessOfACrashIsEnough) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.crash("B");
  mesh.tell_exit('B', "C");
  EXPECT_TRUE(mesh.run_until([&] { return mesh.together("AC"); }, milliseconds{30}));
}

TEST(ViewChanges, ACrashThatNobodySawEndsInSilence) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.crash("B");
  EXPECT_TRUE(mesh.run_until([&] { return mesh.together("AC"); }, milliseconds{600}));
}

TEST(ViewChanges, AFarewellIsFollowedAtOnce) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.leave('A');
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BC"); }, milliseconds{5}));
  EXPECT_THAT(mesh.history('B'), ElementsAre("lost A", "view BC from BC"));
}

TEST(ViewChanges, TwoCrashesAtOnceAreOneChange) {
  Mesh mesh;
  mesh.settle("ABCDE");
  mesh.forget_history();
  mesh.crash("BD");
  for (const char gone : {'B', 'D'}) mesh.tell_exit(gone, "ACE");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ACE"); }));
  EXPECT_THAT(mesh.history('A'), ElementsAre("lost B", "lost D", "view ACE from ACE"));
}

TEST(ViewChanges, ACrashInTheMiddleOfAChangeIsTakenIn) {
  Mesh mesh;
  mesh.settle("ABCDE");
  mesh.forget_history();
  mesh.crash("E");
  mesh.tell_exit('E', "ABCD");
  mesh.crash("A");  // Its proposal is out, and its sync message.
  mesh.run_for(Mesh::kLatency / 2);
  mesh.tell_exit('A', "BCD");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BCD"); }));
  for (const char name : {'B', 'C', 'D'}) EXPECT_EQ(mesh.history(name).back(), "view BCD from BCD") << name;
}

// All have agreed with A, and wait for packets that only A could still send them. It is silence that ends this, which
// takes longer here than anybody's patience.
TEST(ViewChanges, ACrashWhileOthersWaitForItIsTakenIn) {
  NodeConfig config;
  config.silence_timeout = kCompletionPatience + milliseconds{100};
  Mesh mesh{config};
  mesh.settle("ABC");
  mesh.drop_where([](const Hop& hop) { return hop.from == 'A' && hop.carries<wire::Data>(); });
  mesh.multicast('A', "m");
  mesh.start("D");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.counters('B').start_changes == 2; }));
  mesh.run_for(3 * Mesh::kLatency);
  mesh.crash("A");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BCD"); }));
  EXPECT_FALSE(mesh.delivered('B', "A: m"));
  EXPECT_EQ(mesh.history('B').back().substr(0, 8), "view BCD");
}

// ---- What survivors have in common ----

// A's last message reached B only, and A can no longer repair it.
TEST(ViewChanges, SurvivorsDeliverWhatOnlyOneOfThemHeld) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return hop.from == 'A' && hop.to == 'C' && hop.carries<wire::Data>(); });
  mesh.multicast('A', "m");
  mesh.run_for(2 * Mesh::kLatency);
  mesh.crash("A");
  mesh.tell_exit('A', "BC");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BC"); }, milliseconds{20}));
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: m", "lost A", "view BC from BC"));
  EXPECT_THAT(mesh.history('C'), ElementsAre("lost A", "A: m", "view BC from BC"));
  EXPECT_EQ(mesh.counters('B').repairs_for_others, 1U);
}

TEST(ViewChanges, SurvivorsOrderWhatTheSequencerDidNotGetTo) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return hop.from == 'A' && hop.carries<wire::Data>(); });
  mesh.multicast('C', "c", Order::total);
  mesh.multicast('B', "b", Order::total);
  mesh.run_for(2 * Mesh::kLatency);
  EXPECT_THAT(mesh.history('B'), IsEmpty());
  mesh.crash("A");
  mesh.tell_exit('A', "BC");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BC"); }));
  EXPECT_THAT(mesh.history('B'), ElementsAre("lost A", "B: b", "C: c", "view BC from BC"));
  EXPECT_EQ(mesh.history('C'), mesh.history('B'));
}

TEST(ViewChanges, AMessageOfWhichOnlyAPartWentOutStartsAnew) {
  NodeConfig config;
  config.receive_buffer_bytes = 20000;  // Credit for a few packets.
  Mesh mesh{config};
  mesh.settle("ABC");
  const std::string text(100000, 'x');
  mesh.drop_where([](const Hop& hop) { return hop.to == 'A' && hop.carries<wire::Ack>(); });
  mesh.multicast('A', text);
  mesh.run_for(2 * Mesh::kLatency);
  EXPECT_FALSE(mesh.delivered('B', "A: " + text));
  mesh.heal();
  mesh.crash("C");
  mesh.tell_exit('C', "AB");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("AB"); }, milliseconds{5}));
  mesh.forget_history();
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: " + text); }));
  EXPECT_THAT(mesh.history('B'), SizeIs(1));
  EXPECT_THAT(mesh.history('A'), ElementsAre("A: " + text));
}

TEST(ViewChanges, MessagesSentDuringAChangeComeInTheNextView) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.crash("C");
  mesh.tell_exit('C', "AB");
  mesh.multicast('A', "meanwhile");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: meanwhile"); }));
  EXPECT_THAT(mesh.history('A'), ElementsAre("lost C", "view AB from AB", "A: meanwhile"));
  EXPECT_THAT(mesh.history('B'), ElementsAre("lost C", "view AB from AB", "A: meanwhile"));
}

// B's view change takes longer, and A's messages of the next view are there first.
TEST(ViewChanges, MessagesOfAViewThatIsNotInstalledYetAreKept) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  int lost = 0;
  mesh.drop_where([&](const Hop& hop) { return hop.to == 'B' && hop.carries<wire::Sync>() && ++lost <= 2; });
  mesh.crash("C");
  mesh.tell_exit('C', "AB");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.history('A').size() == 2; }));
  mesh.multicast('A', "early");
  const auto received = mesh.counters('B').packets_repaired;
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: early"); }));
  EXPECT_THAT(mesh.history('B'), ElementsAre("lost C", "view AB from AB", "A: early"));
  EXPECT_EQ(mesh.counters('A').packets_repaired, received) << "nothing had to be sent again";
}

// ---- Partitions ----

TEST(ViewChanges, BothSidesOfAPartitionGoOnAndMergeAgain) {
  Mesh mesh;
  mesh.settle("ABCD");
  mesh.forget_history();
  const auto side = [](char name) { return name == 'A' || name == 'D'; };
  mesh.drop_where([&](const Hop& hop) { return side(hop.from) != side(hop.to); });
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("AD") && mesh.together("BC"); }));
  mesh.multicast('A', "left");
  mesh.multicast('B', "right");
  mesh.run_for(milliseconds{10});
  mesh.heal();
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABCD"); }));
  EXPECT_EQ(mesh.history('A').back(), "view ADBC from AD");
  EXPECT_EQ(mesh.history('B').back(), "view ADBC from BC");
  EXPECT_TRUE(mesh.delivered('D', "A: left"));
  EXPECT_FALSE(mesh.delivered('C', "A: left"));
}

TEST(ViewChanges, AOneWayCutLeavesOutWhoIsNotHeard) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.drop_where([](const Hop& hop) { return hop.from == 'A' && hop.to == 'B'; });
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BC") && mesh.together("A"); }));
  mesh.multicast('A', "alone");
  EXPECT_TRUE(mesh.delivered('A', "A: alone"));
}

TEST(ViewChanges, ADeafNodeStandsAlone) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.drop_where([](const Hop& hop) { return hop.to == 'B'; });
  EXPECT_TRUE(mesh.run_until([&] { return mesh.together("AC") && mesh.together("B"); }));
  mesh.heal();
  EXPECT_TRUE(mesh.run_until([&] { return mesh.together("ABC"); }));
}

// B and C do not hear each other, and A hears both: one of them is left out and waits for A until the cut is mended.
TEST(ViewChanges, ACutBetweenTwoOfThreeLeavesOneOutUntilItIsMended) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.drop_where([](const Hop& hop) { return hop.from + hop.to == 'B' + 'C'; });
  mesh.run_for(seconds{3});
  mesh.multicast('A', "go on");
  mesh.run_for(milliseconds{100});
  EXPECT_TRUE(mesh.delivered('A', "A: go on"));
  mesh.heal();
  EXPECT_TRUE(mesh.run_until([&] { return mesh.together("ABC"); }));
}

// ---- Pauses ----

TEST(ViewChanges, APausedNodeFencesItselfAndComesBack) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.pause('B');
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("AC"); }));
  mesh.multicast('A', "without B");
  mesh.run_for(milliseconds{50});
  mesh.forget_history();
  mesh.resume('B');
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABC"); }));
  EXPECT_EQ(mesh.counters('B').self_fences, 1U);
  EXPECT_EQ(mesh.counters('A').self_fences, 0U);
  EXPECT_THAT(mesh.history('B'), testing::IsSupersetOf({"lost A", "lost C", "view B from B"}));
  EXPECT_EQ(mesh.history('B').back(), "view ACB from B");
  EXPECT_EQ(mesh.history('A').back(), "view ACB from AC");
  EXPECT_FALSE(mesh.delivered('B', "A: without B"));
}

TEST(ViewChanges, AShortPauseIsNoReasonToFence) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.pause('B');
  mesh.run_for(NodeConfig{}.silence_timeout * 3 / 4);
  mesh.multicast('A', "m");
  mesh.resume('B');
  mesh.run_for(milliseconds{100});
  EXPECT_EQ(mesh.counters('B').self_fences, 0U);
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: m"));
  EXPECT_TRUE(mesh.together("ABC"));
}

// ---- Overtaken ----

// B lacks a packet of A's when D comes, so it is still busy when A and C are in the view with D; then E comes. B
// finishes the view of A and C before it goes on, and all three count as moving together.
TEST(ViewChanges, AnOvertakenMemberFinishesTheViewThatOthersHaveInstalled) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.run_for(milliseconds{200});
  mesh.forget_history();
  bool cut = true;
  mesh.drop_where([&](const Hop& hop) { return cut && hop.to == 'B' && hop.carries<wire::Data>(); });
  mesh.multicast('A', "m");
  mesh.run_for(2 * Mesh::kLatency);
  mesh.start("D");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.view('A').members.size() == 4; }));
  mesh.start("E");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.counters('B').start_changes_overtaken > 0; }));
  cut = false;
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABCDE"); }));
  EXPECT_THAT(mesh.history('B'), testing::IsSupersetOf({"A: m", "view ABCD from ABC", "view ABCDE from ABCD"}));
  EXPECT_EQ(mesh.history('A'), mesh.history('B'));
  EXPECT_EQ(mesh.counters('B').views_completed, 1U);
}

// Probes go by unicast, and would keep them alive to each other for ever, while no proposal comes through.
TEST(ViewChanges, WhereMulticastPassesNoMoreTheyPart) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.drop_where([](const Hop& hop) { return hop.multicast && (hop.from == 'C' || hop.to == 'C'); });
  EXPECT_TRUE(mesh.run_until([&] { return mesh.together("AB") && mesh.together("C"); }, seconds{2}));
}

}  // namespace
}  // namespace hawser
