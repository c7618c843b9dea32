// Topics that outlive the nodes that are in them: on the disks of those that have a store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "pubsub-api/src/session/session_store.hpp"
#include "tests/sim/stored_contents.hpp"
#include "tests/unit/session_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TopicOptions kRetained{.durability = Durability::retained};
constexpr TopicOptions kRetainedLog{.history = {.messages = 3}, .durability = Durability::retained};

class SessionStoreTest : public testing::Test {
 protected:
  ~SessionStoreTest() override { EXPECT_THAT(world.violations(), IsEmpty()); }

  void start_with_stores(std::string_view nodes) {
    for (const char node : nodes) world.add_with_store(node, disks[node]);
    world.change({std::string{nodes}});
    world.settle();
  }
  // A node called `next` at the site of `before`, which crashes or has crashed.
  void restart(char before, char next) {
    if (world.live().find(before) != std::string::npos) world.crash(before);
    world.add_with_store(next, disks[next] = disks[before]);
    world.change({world.live()});
    world.settle();
  }
  // What is written now and then, is.
  void let_it_write() {
    for (int i = 0; i < 3; ++i) {
      world.pass(kStoreSyncInterval);
      world.settle();
    }
  }
  std::size_t records(char node) { return disks[node].records().size(); }
  // What A is told first once C goes on, which has published to B alone meanwhile; B's news have brought its last
  // value.
  std::string after_a_gap_under_news() {
    world.start("ABCD");
    world.declare('A', "t", kRetained);
    for (const char node : std::string_view{"ABC"}) world.subscribe(node, {"t"});
    world.settle();
    world.publish('C', "t", "1");
    world.settle();
    world.change({"AD", "BC"});
    world.settle();
    world.publish('C', "t", "2");
    world.settle();
    world.change({"ABCD"});
    world.settle();
    world.forget();
    world.publish('C', "t", "3");
    world.settle();
    return world.history('A', "t").front();
  }

  std::map<char, sim::TopicDisk> disks;
  SessionWorld world;
};

TEST_F(SessionStoreTest, WhatIsNotDeclaredIsNotStored) {
  start_with_stores("A");
  world.publish('A', "t", "1");
  world.settle();
  let_it_write();
  EXPECT_EQ(records('A'), 0U);
}

TEST_F(SessionStoreTest, TheLastValuesOutliveEveryNode) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "1", "x");
  world.publish('A', "t", "2", "y");
  world.publish('A', "t", "3", "x");
  world.settle();
  let_it_write();
  restart('A', 'B');
  world.subscribe('B', {"t"});
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A3:x=3", "state A2:y=2", "synced 2"));
}

TEST_F(SessionStoreTest, TheHistoryOutlivesEveryNode) {
  start_with_stores("A");
  world.declare('A', "t", kRetainedLog);
  world.settle();
  for (const char* text : {"1", "2", "3", "4", "5"}) world.publish('A', "t", text);
  world.settle();
  let_it_write();
  world.publish('A', "t", "6");
  world.settle();
  let_it_write();
  EXPECT_EQ(records('A'), 4U);
  restart('A', 'B');
  world.subscribe('B', {"t"}, Start::all());
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A4:4", "state A5:5", "state A6:6", "synced 3"));
}

TEST_F(SessionStoreTest, WhatComesAfterARestartCountsAsLater) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  for (int i = 0; i < 5; ++i) world.publish('A', "t", "before");
  world.settle();
  let_it_write();
  restart('A', 'B');
  world.publish('B', "t", "after");
  world.subscribe('B', {"t"});
  world.settle();
  let_it_write();
  restart('B', 'C');
  world.subscribe('C', {"t"});
  world.settle();
  EXPECT_THAT(world.history('C', "t"), ElementsAre("state B1:after", "synced 1"));
}

TEST_F(SessionStoreTest, TheTopicIsToldAgainWhatItWas) {
  start_with_stores("A");
  world.declare('A', "t", {.order = TopicOrder::total, .durability = Durability::retained});
  world.settle();
  let_it_write();
  restart('A', 'B');
  world.subscribe('B', {"t"});
  world.settle();
  world.add("C");
  world.change({"BC"});
  world.settle();
  world.declare('C', "t", {.order = TopicOrder::fifo});
  world.settle();
  EXPECT_THAT(world.answers('C', "t"), ElementsAre("total"));
}

TEST_F(SessionStoreTest, OnlyWhatHasChangedIsWritten) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  for (int i = 0; i < 100; ++i) world.publish('A', "t", "1", "key " + std::to_string(i));
  world.settle();
  let_it_write();
  disks['A'].crash_machine(disks['A'].unsynced());
  world.publish('A', "t", "2", "key 7");
  world.settle();
  EXPECT_EQ(disks['A'].unsynced(), 1U);
  EXPECT_EQ(records('A'), 101U);
}

TEST_F(SessionStoreTest, WhoLeavesHasStoredEverythingBefore) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "last");
  world.stall_store('A', true);
  world.leave('A');
  world.settle();
  EXPECT_FALSE(world.session('A').left_all());
  world.stall_store('A', false);
  world.settle();
  EXPECT_TRUE(world.session('A').left_all());
  disks['A'].crash_machine(0);
  restart('A', 'B');
  world.subscribe('B', {"t"});
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A1:last", "synced 1"));
}

TEST_F(SessionStoreTest, ACrashOfTheMachineCostsWhatWasNotSynced) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "synced");
  world.settle();
  let_it_write();
  ASSERT_EQ(disks['A'].unsynced(), 0U);
  world.publish('A', "t", "not synced");
  world.settle();
  disks['A'].crash_machine(0);
  restart('A', 'B');
  world.subscribe('B', {"t"});
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("state A1:synced", "synced 1"));
}

TEST_F(SessionStoreTest, WhoComesBackBringsWhatTheOthersDoNotHave) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "of A", "a");
  world.publish('A', "t", "old", "both");
  world.settle();
  let_it_write();
  world.crash('A');
  world.add("B");
  world.change({"B"});
  world.settle();
  world.declare('B', "t", kRetained);
  for (int i = 0; i < 5; ++i) world.publish('B', "t", "new", "both");
  world.subscribe('B', {"t"});
  world.settle();
  world.forget();
  restart('A', 'C');
  world.subscribe('C', {"t"});
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("gap partition", "#1 state A1:a=of A", "#1 synced 1"));
  EXPECT_THAT(world.history('C', "t"),
              ElementsAre("state B5:both=new", "synced 1", "gap partition", "#2 state A1:a=of A", "#2 synced 1"));
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionStoreTest, WhatIsBroughtIsOnTheDiskUntilTheOthersHaveIt) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "of A", "a");
  world.settle();
  let_it_write();
  world.crash('A');
  world.add("B");
  world.change({"B"});
  world.settle();
  world.declare('B', "t", kRetained);
  world.publish('B', "t", "of B", "b");
  world.settle();
  world.add_with_store('C', disks['A']);
  world.change({"BC"});
  world.settle();
  const sim::TopicDisk::Records before = disks['A'].records();
  world.subscribe('C', {"t"});
  while (!world.session('C').has_state("t") && world.step('C')) world.settle("B");
  ASSERT_TRUE(world.session('C').has_state("t"));
  EXPECT_EQ(disks['A'].records(), before);
  world.settle();
  EXPECT_EQ(disks['A'].records().size(), 3U);
}

TEST_F(SessionStoreTest, BothBringWhatTheyHaveAndItIsAddedOnce) {
  start_with_stores("AB");
  world.declare('A', "t", kRetainedLog);
  world.settle();
  world.subscribe('B', {"t"});
  for (const char* text : {"1", "2"}) world.publish('A', "t", text);
  world.settle();
  let_it_write();
  world.crash('A');
  world.crash('B');
  world.add("C");
  world.change({"C"});
  world.settle();
  world.declare('C', "t", kRetainedLog);
  world.settle();
  world.add_with_store('D', disks['A']);
  world.add_with_store('E', disks['B']);
  world.change({"CDE"});
  world.settle();
  for (const char node : std::string_view{"DE"}) world.subscribe(node, {"t"});
  world.settle();
  world.subscribe('C', {"t"}, Start::all());
  world.settle();
  EXPECT_THAT(world.history('C', "t"), ElementsAre("#4 state A1:1", "#4 state A2:2", "#4 synced 2"));
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionStoreTest, InTotalOrderToo) {
  constexpr TopicOptions kTotal{
      .order = TopicOrder::total, .history = {.messages = 5}, .durability = Durability::retained};
  start_with_stores("AB");
  world.declare('A', "t", kTotal);
  world.settle();
  world.subscribe('B', {"t"});
  world.settle();
  for (const char* text : {"1", "2"}) world.publish('A', "t", text);
  world.publish('B', "t", "3");
  world.settle();
  let_it_write();
  world.crash('A');
  world.publish('B', "t", "4");
  world.settle("B");
  let_it_write();
  restart('B', 'C');
  world.subscribe('C', {"t"}, Start::all());
  world.settle();
  world.add_with_store('D', disks['A']);
  world.change({"CD"});
  world.settle();
  world.publish('D', "t", "5");
  world.settle();
  EXPECT_TRUE(world.same_state("t"));
  EXPECT_EQ(world.history('C', "t").back(), "D1:5");
}

TEST_F(SessionStoreTest, TheSideThatGivesWayBringsWhatItHad) {
  world.start("ABC");
  world.declare('A', "t", kRetained);
  for (const char node : std::string_view{"ABC"}) world.subscribe(node, {"t"});
  world.settle();
  world.change({"AB", "C"});
  world.settle();
  world.publish('C', "t", "of C", "c");
  world.publish('A', "t", "of A", "a");
  world.settle();
  world.change({"ABC"});
  world.settle();
  world.forget();
  world.subscribe('A', {"t"});
  world.settle();
  EXPECT_THAT(world.history('A', "t"), ElementsAre("#4 state A1:a=of A", "#4 state C1:c=of C", "#4 synced 2"));
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionStoreTest, WhatNewsBringIsNoMessageSeen) { EXPECT_EQ(after_a_gap_under_news(), "gap partition 1"); }

TEST_F(SessionStoreTest, ATopicThatAPatternBringsIsReadToo) {
  start_with_stores("A");
  world.declare('A', "x.t", kRetained);
  world.settle();
  world.publish('A', "x.t", "of A", "a");
  world.settle();
  let_it_write();
  restart('A', 'C');
  world.add("B");
  world.change({"CB"});
  world.settle();
  world.subscribe('C', {"x.>"});
  world.settle();
  world.declare('B', "x.t", kRetained);
  world.subscribe('B', {"x.t"});
  world.settle();
  EXPECT_TRUE(world.same_state("x.t"));
  EXPECT_THAT(world.history('B', "x.t"), testing::Contains("#2 state A1:a=of A"));
}

TEST_F(SessionStoreTest, AStoreThatFailsHoldsNothingUp) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.stall_store('A', true);
  world.subscribe('A', {"u"});
  world.settle();
  EXPECT_THAT(world.history('A', "u"), IsEmpty());
  world.fail_store('A');
  world.settle();
  EXPECT_THAT(world.history('A', "u"), ElementsAre("synced 0"));
  world.publish('A', "t", "1");
  world.settle();
  world.leave('A');
  world.settle();
  EXPECT_TRUE(world.session('A').left_all());
}

TEST_F(SessionStoreTest, ADeclarationThatIsRefusedStoresNothing) {
  start_with_stores("A");
  world.add("B");
  world.change({"AB"});
  world.settle();
  world.declare('B', "t", {});
  world.settle();
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "1");
  world.settle();
  let_it_write();
  EXPECT_EQ(records('A'), 0U);
}

#if defined(HAWSER_FAULTS)

class SessionStoreFaults : public SessionStoreTest {
 protected:
  ~SessionStoreFaults() override { fault::active().clear(); }
};

TEST_F(SessionStoreFaults, NeverSynced) {
  fault::active() = "session_store_never_synced";
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "1");
  world.leave('A');
  world.settle();
  ASSERT_TRUE(world.session('A').left_all());
  EXPECT_GT(disks['A'].unsynced(), 0U);
}

TEST_F(SessionStoreFaults, NewsHideGaps) {
  fault::active() = "session_news_hide_gaps";
  EXPECT_EQ(after_a_gap_under_news(), "C3:3");
}

TEST_F(SessionStoreFaults, StoredHistoryKept) {
  fault::active() = "session_stored_history_kept";
  start_with_stores("A");
  world.declare('A', "t", kRetainedLog);
  world.settle();
  for (const char* text : {"1", "2", "3", "4", "5"}) {
    world.publish('A', "t", text);
    world.settle();
    let_it_write();
  }
  EXPECT_GT(records('A'), 4U);
}

TEST_F(SessionStoreFaults, OverwrittenEarly) {
  fault::active() = "session_store_overwritten_early";
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "of A", "a");
  world.settle();
  let_it_write();
  world.crash('A');
  world.add("B");
  world.change({"B"});
  world.settle();
  world.declare('B', "t", kRetained);
  world.settle();
  world.add_with_store('C', disks['A']);
  world.change({"BC"});
  world.settle();
  world.subscribe('C', {"t"});
  while (!world.session('C').has_state("t") && world.step('C')) world.settle("B");
  EXPECT_EQ(sim::records_of(disks['A'], "t").size(), 1U) << "the head only";
  world.settle();
}

#endif

}  // namespace
}  // namespace hawser::test
