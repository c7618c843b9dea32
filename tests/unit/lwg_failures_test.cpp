// Light-weight groups: crashes, partitions and merges, also in the middle of something else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/lwg_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// `nodes` in one view, all of them in g.
void start_in_g(LwgWorld& world, std::string_view nodes) {
  world.start(nodes);
  for (const char node : nodes) {
    world.join(node, {"g"});
    world.settle();
  }
  world.forget();
}

TEST(LwgCrash, SurvivorsRepairTheirGroupsWithoutAMessage) {
  LwgWorld world;
  start_in_g(world, "ABC");
  world.crash('C');
  world.change({"AB"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AB"));
  EXPECT_THAT(world.notes('A'), ElementsAre("repaired 1"));
  EXPECT_EQ(world.said('A', "marker") + world.said('A', "operations") + world.said('A', "requests"), 0U);
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgCrash, GroupsThatTheCrashedWasNotInKeepTheirView) {
  LwgWorld world;
  world.start("ABC");
  world.join('A', {"g"});
  world.join('B', {"g"});
  world.settle();
  const LightView before = *world.groups('A').view_of("g");
  world.crash('C');
  world.change({"AB"});
  world.settle();
  EXPECT_EQ(*world.groups('A').view_of("g"), before);
  EXPECT_THAT(world.notes('A'), IsEmpty());
}

TEST(LwgCrash, APendingChangeIsInstalledTogetherWithTheDepartureOfTheCrashed) {
  LwgWorld world;
  start_in_g(world, "ABC");
  world.add("D");
  world.change({"ABCD"});
  world.settle();
  world.join('D', {"g"});
  world.settle("ABD");  // C does not mark it, nor ever will.
  EXPECT_EQ(world.view('A', "g"), "ABC");
  world.crash('C');
  world.change({"ABD"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view ABD +D"));
  EXPECT_THAT(world.history('D', "g"), ElementsAre("view ABD +D"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgCrash, AJoinerThatDiesBeforeItsMarkerHoldsNobodyUp) {
  LwgWorld world;
  world.start("ABC");
  world.join('A', {"g"});
  world.join('B', {"g"});
  world.settle();
  world.forget();
  world.join('C', {"g"});
  world.settle("AB");
  EXPECT_EQ(world.view('A', "g"), "AB");
  EXPECT_FALSE(world.send('A', "g"));
  world.crash('C');
  world.change({"AB"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AB"));  // The era has moved on.
  EXPECT_TRUE(world.send('A', "g"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

// A has sent in a view of g, and B, who hears that, does not get there before A and D, whose marker it lacks, are gone.
void crash_with_an_early_message(LwgWorld& world) {
  start_in_g(world, "ABCD");
  world.leave('C', {"g"});
  world.order();
  world.hear('A', "ABD");
  EXPECT_EQ(world.view('A', "g"), "ABD");
  EXPECT_TRUE(world.send('A', "g"));
  world.hear('B', "A");
  world.crash('A');
  world.crash('D');
  world.change({"BC"});
  world.settle();
}

TEST(LwgCrash, AnEarlyMessageOfACrashedSenderIsDropped) {
  LwgWorld world;
  crash_with_an_early_message(world);
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view B"));
  EXPECT_EQ(world.groups('B').counters().dropped, 1U);
  EXPECT_THAT(world.violations(), IsEmpty());
}

#if defined(HAWSER_FAULTS)

// It could be delivered nowhere, and would be kept for ever.
TEST(LwgCrash, AnEarlyMessageOfACrashedSenderIsKeptByAPlantedFault) {
  fault::active() = "lwg_early_messages_kept_at_view";
  LwgWorld world;
  crash_with_an_early_message(world);
  fault::active().clear();
  EXPECT_EQ(world.groups('B').counters().dropped, 0U);
}

#endif

TEST(LwgPartition, BothSidesGoOn) {
  LwgWorld world;
  start_in_g(world, "ABCD");
  world.change({"AB", "CD"});
  world.settle();
  EXPECT_TRUE(world.send('A', "g"));
  EXPECT_TRUE(world.send('C', "g"));
  world.settle();
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view AB", "A1"));
  EXPECT_THAT(world.history('D', "g"), ElementsAre("view CD", "C1"));
}

TEST(LwgMerge, TheBiggerLineageSurvivesAndTheOthersComeInAsJoiners) {
  LwgWorld world;
  start_in_g(world, "ABCDE");
  world.change({"AB", "CDE"});
  world.settle();
  world.join('A', {"only.here"});
  world.settle();
  world.forget();
  world.change({"ABCDE"});
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("merged", "view CDEA +A", "view CDEAB +B"));
  EXPECT_THAT(world.notes('A'), ElementsAre("lineage lost"));
  EXPECT_THAT(world.history('A', "only.here"), ElementsAre("merged", "view A +A"));
  EXPECT_THAT(world.history('C', "g"), ElementsAre("view CDEA +A", "view CDEAB +B"));
  EXPECT_THAT(world.notes('C'), IsEmpty());
  EXPECT_TRUE(world.one_directory());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, OfEqualLineagesTheOneWithTheLowestNodeSurvives) {
  LwgWorld world;
  start_in_g(world, "ABCD");
  world.change({"AD", "BC"});
  world.settle();
  world.forget();
  world.change({"ABCD"});
  world.settle();
  EXPECT_THAT(world.notes('A'), IsEmpty());
  EXPECT_THAT(world.notes('D'), IsEmpty());
  EXPECT_THAT(world.notes('B'), ElementsAre("lineage lost"));
  EXPECT_EQ(world.view('C', "g"), "ADBC");
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, NodesThatFoundedAloneBecomeOneLineage) {
  LwgWorld world;
  world.add("AB");
  world.change({"A", "B"});
  world.join('A', {"g"});
  world.join('B', {"g"});
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "B");
  world.change({"AB"});
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "AB");
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view B +B", "merged", "view AB +B"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, ANodeThatWasLeavingIsOut) {
  LwgWorld world;
  start_in_g(world, "ABC");
  world.change({"AB", "C"});
  world.settle();
  world.forget();
  world.change({"ABC"});
  world.leave('C', {"g"});  // Nothing is asked for while lineages are voted on.
  world.settle();
  EXPECT_THAT(world.history('C', "g"), ElementsAre("left"));
  EXPECT_THAT(world.notes('C'), ElementsAre("lineage lost"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, TheVoteIsTakenAnewWhereTheViewChangesBeforeTheDirectoryIsHere) {
  LwgWorld world;
  start_in_g(world, "AB");
  world.add("CD");
  world.join('C', {"g"});
  world.change({"ABC", "D"});
  for (const char node : {'A', 'B', 'C', 'D'}) world.enter_view(node);
  for (const char node : {'A', 'B', 'C'}) {
    for (int vote = 0; vote < 3; ++vote) ASSERT_TRUE(world.deliver_total(node));
  }
  EXPECT_FALSE(world.groups('C').directory_synced());
  world.change({"ABCD"});  // A has sent the directory, but nobody has it yet: it counts for nothing in this view.
  world.settle();
  EXPECT_EQ(world.view('C', "g"), "ABC");
  EXPECT_TRUE(world.one_directory());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, AnotherDonatesWhereTheDonorDies) {
  LwgWorld world;
  start_in_g(world, "AB");
  world.add("C");
  world.join('C', {"g"});
  world.change({"ABC"});
  for (const char node : {'A', 'B', 'C'}) {
    world.enter_view(node);
  }
  for (int vote = 0; vote < 3; ++vote) ASSERT_TRUE(world.deliver_total('C'));
  world.crash('A');  // The donor would have been A.
  world.change({"BC"});
  world.settle();
  EXPECT_EQ(world.view('C', "g"), "BC");
  EXPECT_TRUE(world.one_directory());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, AnEmptyDirectoryIsFoundedWhereEveryOwnerDies) {
  LwgWorld world;
  start_in_g(world, "A");
  world.add("BC");
  world.join('B', {"g"});
  world.change({"ABC"});
  for (const char node : {'A', 'B', 'C'}) world.enter_view(node);
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_EQ(world.view('B', "g"), "B");
  EXPECT_TRUE(world.one_directory());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, TwoSidesNeverGiveOneIdToDifferentViews) {
  LwgWorld world;
  start_in_g(world, "ABCD");
  world.change({"AB", "CD"});
  world.settle();
  // B and D die while A and C meet. Each side has a repair to make in the same control view, of the same group and era.
  world.crash('B');
  world.crash('D');
  world.change({"AC"});
  world.enter_view('A');
  world.enter_view('C');
  EXPECT_EQ(world.view('A', "g"), "A");
  EXPECT_EQ(world.view('C', "g"), "C");
  EXPECT_NE(world.groups('A').view_of("g")->heavy_view, world.groups('C').view_of("g")->heavy_view);
  EXPECT_THAT(world.violations(), IsEmpty());
  EXPECT_EQ(world.view('A', "g"), "AC");
}

TEST(LwgMerge, TwoSidesThatMetWithoutAVoteDoNotEither) {
  LwgWorld world;
  start_in_g(world, "ABCD");
  world.change({"AB", "CD"});
  world.settle();
  world.change({"ABCD"});
  for (const char node : {'A', 'B', 'C', 'D'}) world.enter_view(node);
  world.change({"AC", "BD"});  // A and C come from the same view now, and still have nothing in common.
  for (const char node : {'A', 'B', 'C', 'D'}) world.enter_view(node);
  EXPECT_EQ(world.view('A', "g"), "A");
  EXPECT_EQ(world.view('C', "g"), "C");
  EXPECT_NE(world.groups('A').view_of("g")->heavy_view, world.groups('C').view_of("g")->heavy_view);
  world.change({"ABCD"});
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, ARepairDoesNotWaitForTheVote) {
  LwgWorld world;
  start_in_g(world, "ABC");
  world.add("D");
  world.crash('C');
  world.change({"ABD"});
  for (const char node : {'A', 'B', 'D'}) world.enter_view(node);
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AB"));
  EXPECT_TRUE(world.send('B', "g"));
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view AB", "B1"));
  EXPECT_THAT(world.history('B', "g"), ElementsAre("view AB", "B1"));
  EXPECT_THAT(world.notes('B'), ElementsAre("repaired 1"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(LwgMerge, MessagesOfTheOtherLineageReachNobodyHere) {
  LwgWorld world;
  start_in_g(world, "ABC");
  world.change({"AB", "C"});
  world.settle();
  world.forget();
  world.change({"ABC"});
  ASSERT_TRUE(world.send('C', "g"));  // Goes out in the view to come, before C's side gives way.
  world.settle();
  EXPECT_THAT(world.history('A', "g"), ElementsAre("view ABC +C"));
  EXPECT_THAT(world.history('C', "g"), testing::Contains("merged"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

// Two nodes with the same previous view need not be of one lineage: they may have met in it before any vote was in.
TEST(LwgMerge, NodesThatMetWithoutAVoteStayOfTwoLineages) {
  LwgWorld world;
  start_in_g(world, "ABC");
  world.change({"AB", "C"});
  world.settle();
  world.join('A', {"a"});
  world.join('C', {"c"});
  world.settle();
  world.add("D");
  world.change({"ABC", "D"});
  for (const char node : {'A', 'B', 'C', 'D'}) world.enter_view(node);
  world.change({"ABCD"});
  world.settle();
  EXPECT_TRUE(world.one_directory());
  EXPECT_EQ(world.view('C', "c"), "C");
  EXPECT_THAT(world.notes('C'), testing::Contains("lineage lost"));
  EXPECT_THAT(world.violations(), IsEmpty());
}

}  // namespace
}  // namespace hawser::test
