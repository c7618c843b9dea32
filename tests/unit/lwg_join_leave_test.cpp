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
  world.deliver_totals('A');           // A has marked the change,
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
  world.join('A', {"g"});
  world.join('B', {"g"});
  world.settle();
  world.forget();

  world.join('C', {"g"});
  for (const char node : {'A', 'B', 'C'}) world.deliver_totals(node);
  for (const char sender : {'A', 'B', 'C'}) world.deliver_fifo('A', sender);  // A has all markers,
  ASSERT_TRUE(world.send('A', "g"));
  world.deliver_fifo('B', 'A');
  world.deliver_fifo('B', 'A');  // B hears the message
  world.deliver_fifo('C', 'A');
  world.deliver_fifo('C', 'A');  // and so does C, before the markers that bring the view.
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

TEST(LwgJoin, ANewcomerWaitsForTheMarkerOfAMemberThatIsOnItsWayOut) {
  LwgWorld world;
  world.start("ABCD");
  for (const char node : {'A', 'B', 'D'}) world.join(node, {"g"});
  world.settle();
  world.leave('B', {"g"});
  for (const char node : {'A', 'C', 'D'}) world.deliver_totals(node);
  world.join('C', {"g"});
  for (const char node : {'A', 'C', 'D'}) world.deliver_totals(node);
  for (const char node : {'A', 'C', 'D'}) {
    while (world.deliver_fifo(node, 'A') || world.deliver_fifo(node, 'C') || world.deliver_fifo(node, 'D')) {
    }
  }
  // C has heard from all that it joins. But A and D still wait for B's word, and if C went ahead, the three would stand
  // in different views when D crashes now.
  EXPECT_EQ(world.view('C', "g"), "-");
  world.crash('D');
  world.change({"ABC"});
  world.settle();
  EXPECT_THAT(world.history('C', "g"), ElementsAre("view AC +C"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgJoin, AskingAgainChangesNothing) {
  LwgWorld world;
  world.start("AB");
  world.join('A', {"g"});
  world.join('A', {"g"});
  world.settle();
  const std::uint64_t sent = world.heavy('A').accepted();
  world.join('A', {"g"});
  world.settle();
  EXPECT_EQ(world.heavy('A').accepted(), sent);
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view A +A"));
}

TEST(LwgJoin, ThousandsOfGroupsAreOneOperationAndOneMarkerAMember) {
  constexpr std::size_t kGroups = 10'000;
  Strings names;
  for (std::size_t i = 0; i < kGroups; ++i) names.push_back("group." + std::to_string(i));
  LwgWorld world;
  world.start("ABC");
  world.join('A', names);
  world.settle();
  const std::uint64_t of_a = world.heavy('A').accepted();
  const std::uint64_t of_b = world.heavy('B').accepted();
  world.join('B', names);
  world.settle();
  EXPECT_EQ(world.heavy('A').accepted() - of_a, 1U);  // its marker
  EXPECT_EQ(world.heavy('B').accepted() - of_b, 2U);  // its operation and its marker
  EXPECT_EQ(world.view('A', "group.9999"), "AB");
  EXPECT_EQ(world.view('B', "group.0"), "AB");

  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_EQ(world.heavy('B').accepted() - of_b, 2U);  // A crash takes no message.
  EXPECT_THAT(world.notes('B'), ElementsAre("repaired 10000"));
  EXPECT_EQ(world.view('B', "group.5000"), "B");
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
  world.deliver_totals('A');
  ASSERT_TRUE(world.send('B', "g"));  // B has not applied it yet.
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("B1", "view AB"));
  EXPECT_THAT(world.history('C', "g"), ElementsAre("B1", "left"));
  EXPECT_FALSE(world.groups('C').can_send("g"));
  ASSERT_TRUE(world.send('A', "g"));
  EXPECT_THAT(world.violations(), IsEmpty());
  EXPECT_EQ(world.groups('C').counters().filtered, 1U);
  EXPECT_THAT(world.groups('C').filtered_by_name(), ElementsAre(std::pair<std::string, std::uint64_t>{"g", 1}));
}

TEST(LwgLeave, WhoComesBackAtOnceIsANewcomer) {
  LwgWorld world;
  world.start("AB");
  for (const char node : {'A', 'B'}) world.join(node, {"g"});
  world.settle();
  world.forget();
  world.leave('B', {"g"});
  world.join('B', {"g"});  // `remove` is on the way: B waits until it is out.
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
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view AB +B", "left"));
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
  world.heavy('A').refuse(true);
  world.join('B', {"g"});
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "-");
  EXPECT_NE(world.groups('A').next_deadline(), kNever);
  world.heavy('A').refuse(false);
  world.tick('A');
  EXPECT_EQ(world.groups('A').next_deadline(), kNever);
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "AB");
  EXPECT_THAT(world.violations(), IsEmpty());
}

}  // namespace
}  // namespace hawser::test
