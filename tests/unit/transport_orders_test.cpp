// The orders in which messages are delivered, among whole nodes.
#include "tests/unit/transport_mesh.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;

bool is_data(const Hop& hop, char from, char to) {
  return hop.from == from && hop.to == to && hop.carries<wire::Data>();
}

TEST(Orders, ACausalAnswerWaitsForItsQuestion) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return is_data(hop, 'A', 'C'); });
  mesh.multicast('A', "question");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: question"); }));
  mesh.multicast('B', "answer", Order::causal);
  mesh.run_for(milliseconds{5});
  EXPECT_THAT(mesh.history('C'), IsEmpty());
  mesh.heal();
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('C'), ElementsAre("A: question", "B: answer"));
}

TEST(Orders, WhatDependsOnWhatNobodyLeftHasIsLostWithIt) {
  Mesh mesh;
  mesh.settle("ABCD");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return hop.from == 'A' && hop.to > 'B' && hop.carries<wire::Data>(); });
  mesh.multicast('A', "question");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: question"); }));
  mesh.multicast('B', "answer", Order::causal);
  mesh.multicast('B', "aside");
  mesh.run_for(2 * Mesh::kLatency);
  mesh.crash("AB");
  mesh.tell_exit('A', "CD");
  mesh.tell_exit('B', "CD");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("CD"); }));
  for (const char name : {'C', 'D'}) {
    EXPECT_TRUE(mesh.delivered(name, "B: aside"));
    EXPECT_FALSE(mesh.delivered(name, "B: answer"));
  }
}

// C answers what only it has been delivered, A's turn included, and both crash: only the answer has reached B and D.
void answer_what_nobody_left_has(Mesh& mesh) {
  mesh.settle("ABCD");
  mesh.drop_where([](const Hop& hop) { return hop.from == 'A' && hop.to != 'C' && hop.carries<wire::Data>(); });
  mesh.multicast('A', "question", Order::total);
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('C', "A: question"); }));
  mesh.multicast('C', "answer", Order::total);
  mesh.run_for(2 * Mesh::kLatency);
  mesh.crash("AC");
  mesh.tell_exit('A', "BD");
  mesh.tell_exit('C', "BD");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BD"); }));
}

TEST(Orders, ATotalAnswerIsLostWithItsQuestion) {
  Mesh mesh;
  answer_what_nobody_left_has(mesh);
  EXPECT_FALSE(mesh.delivered('B', "C: answer"));
  EXPECT_THAT(broken_heavy_properties(mesh), IsEmpty());
}

#if defined(HAWSER_FAULTS)

TEST(OrderFaults, WhoDeliversWhatPartedMembersHadNoTurnForBreaksCausality) {
  fault::active() = "total.leftovers_of_everybody";
  Mesh mesh;
  answer_what_nobody_left_has(mesh);
  fault::active().clear();
  EXPECT_THAT(broken_heavy_properties(mesh), testing::Contains("heavy: Reliable Causal"));
}

#endif

TEST(Orders, CausalMessagesGoOnInTheNextView) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.multicast('A', "one", Order::causal);
  mesh.settle("ABC");
  mesh.multicast('A', "two", Order::causal);
  mesh.multicast('C', "three", Order::causal);
  mesh.run_for(milliseconds{50});
  EXPECT_TRUE(mesh.delivered('B', "A: one"));
  EXPECT_FALSE(mesh.delivered('C', "A: one"));
  for (const char name : {'A', 'B', 'C'}) {
    EXPECT_TRUE(mesh.delivered(name, "A: two"));
    EXPECT_TRUE(mesh.delivered(name, "C: three"));
  }
}

TEST(Orders, ASafeMessageIsDeliveredWithoutWaitingForHeartbeats) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.multicast('B', "m", Order::safe);
  EXPECT_THAT(mesh.history('A'), IsEmpty());
  mesh.run_for(4 * Mesh::kLatency);
  for (const char name : {'A', 'B', 'C'}) EXPECT_THAT(mesh.history(name), ElementsAre("B: m (safe)"));
}

TEST(Orders, ASafeMessageWaitsForTheLastMember) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return is_data(hop, 'B', 'C'); });
  mesh.multicast('B', "m", Order::safe);
  mesh.run_for(milliseconds{30});
  for (const char name : {'A', 'B', 'C'}) EXPECT_THAT(mesh.history(name), IsEmpty());
  mesh.heal();
  mesh.run_for(milliseconds{60});
  for (const char name : {'A', 'B', 'C'}) EXPECT_THAT(mesh.history(name), ElementsAre("B: m (safe)"));
}

TEST(Orders, WhoMissedAnAcknowledgementAsksForIt) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return hop.to == 'C' && hop.from == 'A' && hop.carries<wire::Ack>(); });
  mesh.multicast('B', "m", Order::safe);
  mesh.run_for(milliseconds{200});
  EXPECT_THAT(mesh.history('B'), ElementsAre("B: m (safe)"));
  EXPECT_THAT(mesh.history('C'), IsEmpty());
  mesh.heal();
  mesh.run_for(milliseconds{60});
  EXPECT_THAT(mesh.history('C'), ElementsAre("B: m (safe)"));
}

TEST(Orders, TotalAndSafeMessagesAreInOneOrder) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  for (const char name : {'A', 'B', 'C'}) {
    mesh.multicast(name, std::string{"safe "} + name, Order::safe);
    mesh.multicast(name, std::string{"total "} + name, Order::total);
  }
  mesh.run_for(milliseconds{60});
  EXPECT_EQ(mesh.history('A').size(), 6U);
  EXPECT_EQ(mesh.history('B'), mesh.history('A'));
  EXPECT_EQ(mesh.history('C'), mesh.history('A'));
}

TEST(Orders, AtTheEndOfTheViewASafeMessageIsDeliveredAsTotal) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return is_data(hop, 'B', 'C'); });
  mesh.multicast('B', "m", Order::safe);
  mesh.run_for(milliseconds{5});
  mesh.crash("C");
  mesh.tell_exit('C', "AB");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("AB"); }));
  EXPECT_THAT(mesh.history('A'), ElementsAre("lost C", "B: m", "view AB from AB"));
}

// C loses A and has said how far it goes on from here; then it hears more, and acknowledges, and is parted: what came
// after its sync message it never delivers.
TEST(Orders, WhatComesAfterAMembersSyncMessageIsNotSafeByItsAcknowledgement) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) {
    return hop.from == 'C' && (hop.carries<wire::Heartbeat>() || hop.carries<wire::Proposal>());
  });
  mesh.tell_exit('A', "C");
  const std::string first(40'000, '1');  // More than a quarter of the credit: acknowledged to the sender at once.
  mesh.multicast('B', first, Order::safe);
  mesh.run_for(4 * Mesh::kLatency);
  mesh.multicast('B', std::string(40'000, '2'), Order::safe);
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("AB") && mesh.view('C').members.size() == 1; }));
  EXPECT_FALSE(mesh.delivered('C', "B: " + first)) << "else it shows nothing";
  for (const char name : {'A', 'B'}) {
    EXPECT_FALSE(mesh.delivered(name, "B: " + first + " (safe)"));
    EXPECT_TRUE(mesh.delivered(name, "B: " + first));
  }
}

// B has the safe message and its turn, but not the one that has its turn before: parted now, it would never deliver it.
class SafeBehindTotal : public testing::Test {
 protected:
  static bool is_wrongly_safe() {
    Mesh mesh;
    mesh.settle("ABC");
    mesh.forget_history();
    mesh.drop_where([](const Hop& hop) { return hop.from == 'C' && hop.to == 'B' && hop.carries<wire::Data>(); });
    mesh.multicast('C', "m", Order::total);
    mesh.run_for(2 * Mesh::kLatency);
    mesh.multicast('A', "p", Order::safe);
    mesh.run_for(milliseconds{10});
    const bool safe = mesh.delivered('A', "A: p (safe)");
    mesh.drop_where([](const Hop& hop) { return hop.from == 'B' || hop.to == 'B'; });
    EXPECT_TRUE(mesh.run_until([&] { return mesh.together("AC") && mesh.view('B').members.size() == 1; }));
    EXPECT_FALSE(mesh.delivered('B', "A: p")) << "else it shows nothing";
    EXPECT_TRUE(mesh.delivered('C', "C: m"));
    return safe || mesh.delivered('C', "A: p (safe)");
  }
};

TEST_F(SafeBehindTotal, WaitsForAllThatHasItsTurnBefore) { EXPECT_FALSE(is_wrongly_safe()); }

#if defined(HAWSER_FAULTS)

class SafeBehindTotalFaults : public SafeBehindTotal {
 protected:
  void TearDown() override { fault::active().clear(); }
};

TEST_F(SafeBehindTotalFaults, IsSafeThoughOneMemberWillNotDeliverIt) {
  fault::active() = "safe.not_after_what_all_have";
  EXPECT_TRUE(is_wrongly_safe());
}

#endif

// ---- Messages that end a view ----

constexpr GroupId kGroup{7};

class GroupBroadcasts : public testing::Test {
 protected:
  void arrange(std::string_view members) {
    mesh.settle("ABC");
    mesh.arrange('A', kGroup, "", members);
    mesh.run_for(milliseconds{50});
    mesh.forget_history();
  }
  Mesh mesh;
};

TEST_F(GroupBroadcasts, AreTheLastOfTheirViewEverywhere) {
  arrange("ABC");
  mesh.multicast_in(kGroup, 'A', "before");
  mesh.multicast_in(kGroup, 'B', "cut", Order::gbcast);
  mesh.multicast_in(kGroup, 'C', "meanwhile");
  mesh.run_for(milliseconds{50});
  mesh.multicast_in(kGroup, 'A', "after");
  mesh.run_for(milliseconds{50});
  for (const char name : {'A', 'B', 'C'}) {
    const auto& history = mesh.history(name);
    ASSERT_EQ(history.size(), 5U);
    const auto cut = std::find(history.begin(), history.end(), "g7 B: cut (last)");
    ASSERT_NE(cut, history.end());
    EXPECT_EQ(*std::next(cut), "g7 view ABC from ABC");
    EXPECT_EQ(history.back(), "g7 A: after");
  }
}

TEST_F(GroupBroadcasts, AreForMembersOnly) {
  arrange("AB");
  mesh.multicast_in(kGroup, 'B', "cut", Order::gbcast);
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('A'), ElementsAre("g7 B: cut (last)", "g7 view AB from AB"));
  EXPECT_THAT(mesh.history('C'), IsEmpty());
}

TEST_F(GroupBroadcasts, EndTheViewAlsoWhenACrashOvertakesThem) {
  arrange("ABC");
  mesh.drop_where([](const Hop& hop) { return is_data(hop, 'C', 'A') || is_data(hop, 'C', 'B'); });
  mesh.multicast_in(kGroup, 'B', "cut", Order::gbcast);
  mesh.run_for(milliseconds{5});
  mesh.crash("C");
  mesh.tell_exit('C', "AB");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("AB"); }));
  mesh.run_for(milliseconds{50});
  for (const char name : {'A', 'B'}) EXPECT_TRUE(mesh.delivered(name, "g7 B: cut (last)"));
}

TEST_F(GroupBroadcasts, OfSomebodyAloneAreStableAtOnce) {
  mesh.settle("A");
  mesh.arrange('A', kGroup, "", "A");
  mesh.run_for(milliseconds{50});
  mesh.forget_history();
  mesh.multicast_in(kGroup, 'A', "cut", Order::gbcast);
  mesh.run_for(milliseconds{1});
  EXPECT_THAT(mesh.history('A'), ElementsAre("g7 A: cut (last)", "g7 view A from A"));
  const HeavyGroup* group = mesh.node('A').groups().find(kGroup);
  EXPECT_EQ(group->stable(), group->accepted());
}

TEST_F(GroupBroadcasts, AreRefusedInTheControlGroup) {
  mesh.settle("AB");
  const Status refused = mesh.try_multicast('A', "cut", Order::gbcast);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace hawser
