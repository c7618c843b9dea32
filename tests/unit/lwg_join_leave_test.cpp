// Light-weight groups: founding, joining and leaving, with messages under way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/lwg_world.hpp"

namespace hawser::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

TEST(LwgFounding, ANodeAloneFoundsADirectory) {
  LwgWorld world;
  world.start("A");
  EXPECT_TRUE(world.groups('A').directory_synced());
  world.join('A', {"g"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view A +A"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgFounding, TwoNodesThatStartTogetherFoundOneDirectory) {
  LwgWorld world;
  world.add("AB");
  world.join('A', {"g"});  // The wish is older than the directory.
  world.join('B', {"g"});
  world.change({"AB"});
  EXPECT_FALSE(world.groups('A').directory_synced());
  EXPECT_EQ(world.groups('A').directory_digest(), 0U);
  world.settle();
  EXPECT_TRUE(world.one_directory());
  EXPECT_EQ(world.view('A', "g"), "AB");
  EXPECT_EQ(world.view('B', "g"), "AB");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgFounding, AVoteOfAnOvertakenViewDoesNotCount) {
  LwgWorld world;
  world.add("AB");
  world.change({"A", "B"});
  world.enter_view('A');
  world.change({"AB"});  // A's vote of its first view waits, and goes out in this one.
  world.settle();
  EXPECT_TRUE(world.one_directory());
  world.join('A', {"g"});
  world.join('B', {"g"});
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "AB");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgJoin, EveryMemberInstallsTheViewWithTheNewcomer) {
  LwgWorld world;
  world.start("ABC");
  world.join('A', {"g"});
  world.settle();
  world.join('B', {"g"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view A +A", "view AB +B"));
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view AB +B"));
  EXPECT_THAT(world.history('C', "g"), IsEmpty());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgJoin, MessagesAreCutInEachSendersOwnStream) {
  LwgWorld world;
  world.start("ABC");
  world.join('A', {"g"});
  world.join('B', {"g"});
  world.settle();
  world.forget();

  world.join('C', {"g"});
  world.order("A");                    // A has marked the change,
  EXPECT_FALSE(world.send('A', "g"));  // so its next message waits for the view;
  EXPECT_TRUE(world.send('B', "g"));   // B has not, so its message is of the view without C.
  world.settle();
  EXPECT_TRUE(world.send('A', "g"));
  world.settle();

  EXPECT_THAT(world.history('A', "g"), ElementsAre("B1", "view ABC +C", "A1"));
  EXPECT_THAT(world.history('B', "g"), ElementsAre("B1", "view ABC +C", "A1"));
  EXPECT_THAT(world.history('C', "g"), ElementsAre("view ABC +C", "A1"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgJoin, AMessageThatComesBeforeItsViewWaitsForIt) {
  LwgWorld world;
  world.start("ABC");
  for (const char node : {'A', 'B', 'C'}) world.join(node, {"wide"});  // A heavy-weight group of all three.
  world.settle();
  world.join('A', {"g"});
  world.join('B', {"g"});
  world.settle();
  ASSERT_EQ(world.carrier('A', "g"), "ABC");
  world.forget();

  world.join('C', {"g"});
  world.order();
  world.hear('A', "ABC");  // A has all markers,
  ASSERT_TRUE(world.send('A', "g"));
  world.hear('B', "A");  // B hears the message
  world.hear('C', "A");  // and so does C, before the markers that bring the view.
  EXPECT_THAT(world.history('B', "g"), IsEmpty());
  world.settle();
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view ABC +C", "A1"));
  EXPECT_THAT(world.history('C', "g"), ElementsAre("view ABC +C", "A1"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgJoin, TwoNewcomersComeInOneAfterTheOther) {
  LwgWorld world;
  world.start("ABC");
  world.join('A', {"g"});
  world.settle();
  world.forget();
  world.join('B', {"g"});
  world.join('C', {"g"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AB +B", "view ABC +C"));
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view AB +B", "view ABC +C"));
  EXPECT_THAT(world.history('C', "g"), ElementsAre("view ABC +C"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgJoin, TwoNodesThatCreateOneNameMeetInOneGroup) {
  LwgWorld world;
  world.start("AB");
  world.join('A', {"g"});
  world.join('B', {"g"});  // Neither has heard of the other's operation.
  world.settle();
  ASSERT_NE(world.groups('A').view_of("g"), nullptr);
  EXPECT_EQ(world.groups('A').view_of("g")->group, world.groups('B').view_of("g")->group);
  EXPECT_EQ(world.view('A', "g"), "AB");
}

// Whoever comes in after it would not wait for that marker, and the others must not stand in another view than it.
TEST(LwgJoin, NobodyWaitsForTheMarkerOfAMemberThatHasLeft) {
  LwgWorld world;
  world.start("ABCD");
  for (const char node : {'A', 'B', 'C', 'D'}) world.join(node, {"wide"});
  for (const char node : {'A', 'B'}) world.join(node, {"g"});
  world.settle();
  world.heavy('B').refuse(true);  // B can't say its marker of C's join,
  world.join('C', {"g"});
  world.order();
  world.heavy('B').refuse(false);
  world.leave('B', {"g"});  // and leaves.
  world.heavy('B').refuse(true);
  world.order();
  world.join('D', {"g"});
  world.order();
  for (const char node : {'A', 'C', 'D'}) world.hear(node, "ACD");
  EXPECT_EQ(world.view('A', "g"), world.view('D', "g"));
  EXPECT_EQ(world.view('C', "g"), world.view('D', "g"));
  world.crash('B');
  world.change({"ACD"});
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgJoin, AskingAgainChangesNothing) {
  LwgWorld world;
  world.start("AB");
  world.join('A', {"g"});
  world.join('A', {"g"});
  world.settle();
  EXPECT_EQ(world.said('A', "requests"), 1U);
  world.join('A', {"g"});
  world.settle();
  EXPECT_EQ(world.said('A', "requests"), 1U);
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view A +A"));
}

TEST(LwgJoin, ThousandsOfGroupsAreOneRequestOneBatchAndOneMarkerAMember) {
  constexpr std::size_t kGroups = 1000;
  Strings names;
  for (std::size_t i = 0; i < kGroups; ++i) names.push_back("group." + std::to_string(i));
  LwgWorld world;
  world.start("ABC");
  world.join('A', names);
  world.settle();
  world.forget();
  world.join('B', names);
  world.settle();
  EXPECT_EQ(world.said('A', "operations"), 1U);
  EXPECT_EQ(world.said('A', "marker"), 1U);
  EXPECT_EQ(world.said('A', "requests"), 0U);
  EXPECT_EQ(world.said('B', "requests"), 1U);
  EXPECT_EQ(world.said('B', "marker"), 1U);
  EXPECT_EQ(world.view('A', "group.999"), "AB");
  EXPECT_EQ(world.view('B', "group.0"), "AB");
  EXPECT_EQ(world.heavies_of('B'), 1U);

  world.forget();
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_EQ(world.said('B', "marker") + world.said('B', "operations"), 0U);  // A crash takes no message.
  EXPECT_THAT(world.notes('B'), ElementsAre("repaired 1000"));
  EXPECT_EQ(world.view('B', "group.500"), "B");
  EXPECT_TRUE(world.one_directory());
}

TEST(LwgRole, APublisherThatSubscribesTooKeepsItsPlace) {
  LwgWorld world;
  world.start("AB");
  world.join('A', {"g"}, Role::publisher);
  world.settle();
  world.join('B', {"g"});
  world.settle();
  world.forget();
  world.join('A', {"g"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AB"));
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view AB"));
  EXPECT_EQ(world.groups('B').view_of("g")->members.front().role, Role::subscriber);
  world.join('A', {"g"}, Role::publisher);  // It is more than that already.
  world.settle();
  EXPECT_EQ(world.groups('B').view_of("g")->members.front().role, Role::subscriber);
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgLeave, ALeaverHearsEverythingUpToTheViewWithoutIt) {
  LwgWorld world;
  world.start("ABC");
  for (const char node : {'A', 'B', 'C'}) world.join(node, {"g"});
  world.settle();
  world.forget();
  world.leave('C', {"g"});
  ASSERT_TRUE(world.send('B', "g"));
  world.hear('C', "B");
  world.order();  // C is out at once where it hears of it.
  EXPECT_THAT(world.history('C', "g"), ElementsAre("B1", "left"));
  EXPECT_EQ(world.view('A', "g"), "ABC");
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("B1", "view AB"));
  EXPECT_FALSE(world.groups('C').can_send("g"));
  ASSERT_TRUE(world.send('A', "g"));
  EXPECT_THAT(world.violations(), IsEmpty());
  EXPECT_EQ(world.groups('C').counters().filtered, 1U);
  EXPECT_THAT(world.groups('C').filtered_by_name(), ElementsAre(std::pair<std::string, std::uint64_t>{"g", 1}));
}

TEST(LwgLeave, NobodyAsksToBeLetOutWhileItsMessagesAreOnTheWay) {
  LwgWorld world;
  world.start("ABC");
  for (const char node : {'A', 'B', 'C'}) world.join(node, {"g"});
  world.settle();
  world.forget();
  ASSERT_TRUE(world.send('C', "g"));
  world.leave('C', {"g"});
  world.hear('A', "C");
  world.hear('C', "C");
  world.pass(std::chrono::milliseconds{10});
  EXPECT_EQ(world.said('C', "requests"), 0U);  // B has not heard it.
  world.hear('B', "C");
  world.pass(std::chrono::milliseconds{10});
  EXPECT_EQ(world.said('C', "requests"), 1U);
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("C1", "view AB"));
  EXPECT_THAT(world.history('B', "g"), ElementsAre("C1", "view AB"));
  EXPECT_THAT(world.history('C', "g"), ElementsAre("C1", "left"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgLeave, WhoComesBackAtOnceIsANewcomer) {
  LwgWorld world;
  world.start("AB");
  for (const char node : {'A', 'B'}) world.join(node, {"g"});
  world.settle();
  world.forget();
  world.leave('B', {"g"});
  world.join('B', {"g"});  // The request is on the way: B waits until it is out.
  world.settle();
  EXPECT_THAT(world.history('B', "g"), ElementsAre("left", "view AB +B"));
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view A", "view AB +B"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgLeave, LeavingBeforeAnythingWasAskedForIsToldAtOnce) {
  LwgWorld world;
  world.add("A");
  world.join('A', {"g"});
  world.leave('A', {"g"});
  EXPECT_THAT(world.history('A', "g"), ElementsAre("left"));
  world.leave('A', {"g"});
  EXPECT_THAT(world.history('A', "g"), ElementsAre("left"));
}

TEST(LwgLeave, LeavingWhileTheJoinIsOnTheWayTakesEffectAfterIt) {
  LwgWorld world;
  world.start("AB");
  world.join('A', {"g"});
  world.join('B', {"g"});
  world.leave('B', {"g"});
  world.settle();
  EXPECT_THAT(world.history('B', "g"), ElementsAre("left"));  // Its turn to leave came before its first view.
  EXPECT_EQ(world.view('A', "g"), "A");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgLeave, AGroupWithoutMembersIsForgottenAndItsNameFreeForANewOne) {
  LwgWorld world;
  world.start("AB");
  const std::uint64_t empty = world.groups('A').directory_digest();
  world.join('A', {"g"});
  world.settle();
  const LightGroupId first = world.groups('A').view_of("g")->group;
  world.leave('A', {"g"});
  world.settle();
  world.pass(std::chrono::seconds{3});  // Its heavy-weight group goes later.
  world.settle();
  EXPECT_EQ(world.groups('B').directory_digest(), empty);
  world.join('B', {"g"});
  world.settle();
  EXPECT_NE(world.groups('B').view_of("g")->group, first);
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgSend, NobodyButMembersCanSend) {
  LwgWorld world;
  world.start("AB");
  EXPECT_FALSE(world.send('A', "g"));
  world.join('A', {"g"});
  EXPECT_FALSE(world.groups('A').can_send("g"));
  world.settle();
  EXPECT_TRUE(world.groups('A').can_send("g"));
  EXPECT_FALSE(world.groups('B').can_send("g"));
}

TEST(LwgSend, AFullSendQueueHoldsMarkersBackAndLosesNone) {
  LwgWorld world;
  world.start("AB");
  world.join('A', {"g"});
  world.settle();
  world.join('B', {"g"});
  world.heavy('A').refuse(true);
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "-");
  EXPECT_NE(world.groups('A').next_deadline(), kNever);
  world.heavy('A').refuse(false);
  world.pass(std::chrono::milliseconds{5});
  EXPECT_EQ(world.groups('A').next_deadline(), kNever);
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "AB");
  EXPECT_THAT(world.violations(), IsEmpty());
}

}  // namespace
}  // namespace hawser::test
