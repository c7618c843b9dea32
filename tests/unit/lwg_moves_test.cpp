// Light-weight groups on several heavy-weight ones: which one carries them, and moving from one to another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/heavy_uses.hpp"
#include "tests/unit/lwg_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A and B in g, on a heavy-weight group that another group of theirs keeps from growing; C has asked to join g, which
// is about to move: everyone has applied that, and nobody has installed it.
void begin_move(LwgWorld& world, std::string_view nodes) {
  world.start(nodes);
  join_all(world, "AB", "pair");
  join_all(world, "AB", "g");
  world.forget();
  world.join('C', {"g"});
  world.order();
}

TEST(LwgPlacement, GroupsOfTheSameMembersShareOneHeavyWeightGroup) {
  LwgWorld world{exact()};
  world.start("ABC");
  for (const char* const name : {"g", "h", "i"}) join_all(world, "AB", name);
  EXPECT_EQ(world.carrier_id('A', "g"), world.carrier_id('A', "h"));
  EXPECT_EQ(world.carrier_id('B', "g"), world.carrier_id('B', "i"));
  EXPECT_EQ(world.carrier('A', "g"), "AB");
  EXPECT_EQ(world.heavies_of('C'), 0U);
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgPlacement, WhoIsInNoGroupHearsNoData) {
  LwgWorld world;
  world.start("ABC");
  join_all(world, "AB", "g");
  world.send('A', "g");
  world.settle();
  EXPECT_EQ(world.groups('C').counters().filtered, 0U);
  EXPECT_EQ(world.groups('B').counters().delivered, 1U);
}

TEST(LwgPlacement, EachHeavyWeightGroupCountsWhatItCarriesInVain) {
  LwgWorld world;
  world.start("AB");
  join_all(world, "AB", "g");
  join_all(world, "A", "h");
  const GroupId heavy = world.carrier_id('A', "g");
  ASSERT_EQ(world.carrier_id('A', "h"), heavy);  // B is an extra of h.
  for (const char* const name : {"g", "h", "h"}) world.send('A', name);
  world.settle();
  EXPECT_EQ(world.groups('A').heavies().find(heavy)->received, 3U);
  EXPECT_EQ(world.groups('A').heavies().find(heavy)->filtered, 0U);
  EXPECT_EQ(world.groups('B').heavies().find(heavy)->received, 3U);
  EXPECT_EQ(world.groups('B').heavies().find(heavy)->filtered, 2U);
}

TEST(LwgPlacement, AJoinGrowsTheHeavyWeightGroupWhereEverythingOnItBearsThat) {
  LwgWorld world;
  world.start("ABC");
  join_all(world, "AB", "g");
  const GroupId before = world.carrier_id('A', "g");
  world.forget();
  world.join('C', {"g"});
  world.settle();
  EXPECT_EQ(world.carrier_id('A', "g"), before);
  EXPECT_EQ(world.carrier('C', "g"), "ABC");
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view ABC +C"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgPlacement, AJoinMovesTheGroupWhereNothingElseFits) {
  LwgWorld world{exact()};
  world.start("ABC");
  join_all(world, "AB", "g");
  join_all(world, "AB", "h");
  const GroupId before = world.carrier_id('A', "g");
  world.forget();
  world.join('C', {"g"});
  world.settle();
  EXPECT_NE(world.carrier_id('A', "g"), before);
  EXPECT_EQ(world.carrier('A', "g"), "ABC");
  EXPECT_EQ(world.carrier('A', "h"), "AB");
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AB moved", "view ABC +C"));
  EXPECT_THAT(world.history('C', "g"), ElementsAre("view ABC +C"));
  EXPECT_EQ(world.groups('C').counters().moves, 0U);
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgPlacement, AHeavyWeightGroupThatNobodyNeedsIsLeftAfterTheGrace) {
  LwgWorld world{exact()};
  world.start("ABC");
  join_all(world, "AB", "pair");
  join_all(world, "ABC", "g");
  EXPECT_EQ(world.heavies_of('A'), 3U);  // Of A alone, of A and B, and of all.
  world.pass(std::chrono::seconds{1});
  world.settle();
  EXPECT_EQ(world.heavies_of('A'), 3U);
  world.pass(std::chrono::seconds{2});
  world.settle();
  EXPECT_EQ(world.heavies_of('A'), 2U);
  EXPECT_EQ(world.heavies_of('B'), 2U);
  EXPECT_EQ(world.groups('C').directory().heavies().size(), 2U);
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMarkerRule, OneMarkerAnswersABatchForAllGroupsOnAHeavyWeightGroup) {
  LwgWorld world;
  world.start("ABC");
  const std::vector<std::string> names{"g", "h", "i"};
  for (const char node : {'A', 'B'}) world.join(node, names);
  world.settle();
  world.forget();
  world.join('C', names);
  world.settle();
  for (const char node : {'A', 'B', 'C'}) EXPECT_EQ(world.said(node, "marker"), 1U) << node;
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMarkerRule, WhatIsBehindAMoveIsMarkedOnlyOnceThatIsInstalled) {
  LwgWorld world{exact()};
  begin_move(world, "ABC");
  EXPECT_EQ(world.said('A', "marker"), 1U);  // the move, on the old group
  EXPECT_EQ(world.said('C', "marker"), 1U);  // its own coming, on the new one
  world.hear('A', "AB");
  EXPECT_EQ(world.said('A', "marker"), 2U);  // The move is installed here: C's coming, on the new group.
  EXPECT_EQ(world.said('B', "marker"), 1U);
  EXPECT_EQ(world.view('C', "g"), "-");
  world.settle();
  EXPECT_EQ(world.view('C', "g"), "ABC");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMove, AMessageOnTheNewGroupWaitsForTheMarkersOnTheOldOne) {
  LwgWorld world{exact()};
  world.start("ABC");
  join_all(world, "ABC", "all");
  join_all(world, "AB", "pair");
  join_all(world, "ABC", "g");
  world.forget();
  world.leave('C', {"g"});  // g moves to the group of A and B.
  world.order();
  world.hear('A', "AB");  // A has all markers,
  world.hear('A', "AB");
  ASSERT_EQ(world.carrier_id('A', "g"), world.carrier_id('A', "pair"));
  ASSERT_TRUE(world.send('A', "g"));
  world.hear('B', "A");  // B lacks its own.
  EXPECT_THAT(world.history('B', "g"), IsEmpty());
  world.hear('B', "B");
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view AB", "view AB moved", "A1"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMove, UnderLoadNothingIsLostDoubledOrReordered) {
  LwgWorld world{exact()};
  world.start("ABC");
  join_all(world, "AB", "g");
  world.forget();
  std::uint64_t sent = 0;
  const auto send = [&] { sent += world.send('A', "g") ? 1 : 0; };
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5; ++i) send();
    world.join('C', {"g"});
    send();
    world.order();
    send();
    world.hear('B', "A");
    world.settle();
    send();
    world.leave('C', {"g"});
    world.order();
    send();
    world.settle();
  }
  EXPECT_GT(sent, 20U);
  std::vector<std::string> heard;
  for (const std::string& event : world.history('B', "g")) {
    if (event.front() == 'A') heard.push_back(event);
  }
  ASSERT_EQ(heard.size(), sent);
  for (std::size_t i = 0; i < heard.size(); ++i)
    EXPECT_EQ(heard[i].substr(0, heard[i].find('-')), "A" + std::to_string(i + 1));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMove, ACrashInTheMiddleOfItInstallsItAtOnce) {
  LwgWorld world{exact()};
  begin_move(world, "ABC");
  world.crash('B');
  world.change({"AC"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AC +C moved"));
  EXPECT_THAT(world.history('C', "g"), ElementsAre("view AC +C"));
  EXPECT_TRUE(world.send('A', "g"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMove, AJoinInTheMiddleOfItComesBehindIt) {
  LwgWorld world{exact()};
  begin_move(world, "ABCD");
  world.join('D', {"g"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AB moved", "view ABC +C", "view ABCD +D"));
  EXPECT_THAT(world.history('D', "g"), ElementsAre("view ABCD +D"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMove, ALeaveInTheMiddleOfItComesBehindIt) {
  LwgWorld world{exact()};
  begin_move(world, "ABC");
  world.leave('B', {"g"});
  world.settle();
  EXPECT_EQ(world.view('A', "g"), "AC");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMove, BothSidesOfAPartitionInTheMiddleOfItGoOn) {
  LwgWorld world{exact()};
  begin_move(world, "ABC");
  world.change({"A", "BC"});
  world.settle();
  EXPECT_EQ(world.view('A', "g"), "A");
  EXPECT_EQ(world.view('B', "g"), "BC");
  EXPECT_TRUE(world.send('A', "g"));
  EXPECT_TRUE(world.send('C', "g"));
  world.change({"ABC"});
  world.settle();
  EXPECT_EQ(world.view('A', "g"), "BCA");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMove, WhatTheChangingViewHandsBackGoesOutOnceOnThePresentCarrier) {
  LwgWorld world{exact()};
  world.start("ABC");
  join_all(world, "AB", "g");
  world.forget();
  world.join('C', {"g"});
  world.order("A");  // A, which coordinates, has given its word; B has not heard of the move,
  world.change({"ABC"});
  ASSERT_TRUE(world.send('B', "g"));  // and what it sends does not go out any more.
  world.settle();
  EXPECT_EQ(world.said('B', "data"), 2U);
  EXPECT_EQ(world.carrier('B', "g"), "ABC");
  for (const char node : {'A', 'B'}) {
    const auto history = world.history(node, "g");
    EXPECT_EQ(std::count(history.begin(), history.end(), "B1"), 1) << node;
  }
  EXPECT_THAT(world.violations(), IsEmpty());
}

// The numbers of what it had sent where it was before mean nothing there when it comes back.
TEST(LwgMove, WhoComesBackToAHeavyWeightGroupCanLeaveWhatItSentOnThereBefore) {
  LwgWorld world{exact()};
  world.start("ABC");
  join_all(world, "BA", "pair");
  join_all(world, "BA", "g");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.send('A', "g"));
  world.settle();
  const GroupId carrier = world.carrier_id('A', "g");
  join_all(world, "C", "g");  // g moves away,
  world.leave('A', {"pair"});
  world.settle();
  world.pass(std::chrono::seconds{3});  // A is let out,
  world.settle();
  join_all(world, "A", "pair");  // and comes back.
  ASSERT_EQ(world.carrier_id('A', "pair"), carrier);
  ASSERT_NE(world.carrier_id('A', "g"), carrier);
  world.leave('A', {"g"});
  world.settle();
  EXPECT_EQ(world.view('A', "g"), "-");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgCoordination, RequestsLostWithTheViewAreAskedAgain) {
  LwgWorld world;
  world.start("ABC");
  world.join('B', {"g"});
  world.crash('A');  // The coordinator never answers.
  world.change({"BC"});
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "B");
  EXPECT_EQ(world.said('B', "requests"), 2U);
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgCoordination, ThePlanOfACoordinatorThatDiedIsMadeAnew) {
  LwgWorld world{exact()};
  world.start("ABC");
  join_all(world, "BC", "g");
  world.join('A', {"h"});
  world.settle();
  world.forget();
  world.leave('C', {"g"});
  world.join('C', {"h"});
  world.order("A");  // A says what is to be done, and nobody hears it.
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "B");
  EXPECT_EQ(world.view('C', "h"), "C");
  EXPECT_THAT(world.violations(), IsEmpty());
}

#if defined(HAWSER_FAULTS)

struct LwgCarrierFaults : testing::Test {
  ~LwgCarrierFaults() override { fault::active().clear(); }
};

// C, for whom it moved, is not in the old one.
TEST_F(LwgCarrierFaults, WhoSendsOnTheOldGroupAfterAMoveIsNotHeardByAll) {
  fault::active() = "lwg_sent_on_the_old_group";
  LwgWorld world{exact()};
  world.start("ABC");
  join_all(world, "AB", "pair");
  join_all(world, "AB", "g");
  world.send('A', "g");
  join_all(world, "C", "g");
  world.send('A', "g");
  EXPECT_THAT(world.violations(), testing::Contains(testing::StartsWith("virtual synchrony")));
}

#endif

}  // namespace
}  // namespace hawser::test
