// Topics that outlive the nodes that are in them: on the disks of those that have a store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "pubsub-api/src/session/session_store.hpp"
#include "pubsub-api/src/session/store_layout.hpp"
#include "tests/unit/session_store_fixture.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST_F(SessionStoreTest, WhatMakesNoSenseIsLeftAlone) {
  disks['A'].write({{{}, {}, {{head_key("t"), "nonsense"}}}, true});
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.subscribe('A', {"t"});
  world.settle();
  EXPECT_THAT(world.answers('A', "t"), ElementsAre("fifo"));
  world.publish('A', "t", "1");
  world.settle();
  let_it_write();
  EXPECT_THAT(world.history('A', "t"), ElementsAre("store refused", "synced 0", "A1:1"));
  EXPECT_EQ(disks['A'].records().at(head_key("t")), "nonsense");
  EXPECT_EQ(records('A'), 1U);
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

#endif

}  // namespace
}  // namespace hawser::test
