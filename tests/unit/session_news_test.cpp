// What who comes back with a store, or from the side of a partition that gave way, brings along.
#include <string>
#include <vector>

#include "tests/unit/session_store_fixture.hpp"

namespace hawser::test {
namespace {

using ::testing::ElementsAre;

class SessionNews : public SessionStoreTest {
 protected:
  // C comes with what A has left, to B, which is in the topic meanwhile: until C has B's state, and B not yet C's news.
  void bring_what_a_has_left() {
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
    ASSERT_TRUE(world.session('C').has_state("t"));
  }
};

TEST_F(SessionNews, WhoComesBackBringsWhatTheOthersDoNotHave) {
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

TEST_F(SessionNews, WhatIsBroughtIsOnTheDiskUntilTheOthersHaveIt) {
  bring_what_a_has_left();
  const auto found = world.found('C').front().records;
  EXPECT_EQ(sim::records_of(disks['A'], "t").size(), found.size());
  EXPECT_FALSE(sim::forgotten_key(found, sim::records_of(disks['A'], "t")));
  world.settle();
  EXPECT_FALSE(sim::forgotten_key(found, sim::records_of(disks['A'], "t")));
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionNews, BothBringWhatTheyHaveAndItIsAddedOnce) {
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

TEST_F(SessionNews, InTotalOrderToo) {
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

TEST_F(SessionNews, TheSideThatGivesWayBringsWhatItHad) {
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

TEST_F(SessionNews, WhatNewsBringIsNoMessageSeen) { EXPECT_EQ(after_a_gap_under_news(), "gap partition 1"); }

TEST_F(SessionNews, ATopicThatAPatternBringsIsReadToo) {
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

// B has heard the last message, and nothing before it: positions do not tell that.
TEST_F(SessionNews, AStateThatWasLostCoversNothing) {
  start_with_stores("A");
  world.declare('A', "t", kRetained);
  world.settle();
  world.publish('A', "t", "1", "x");
  world.settle();
  let_it_write();
  world.add("B");
  world.change({"AB"});
  world.settle();
  world.subscribe('B', {"t"});
  world.settle_directory();
  world.publish('A', "t", "2", "y");
  world.settle_but('B', 'A');
  world.crash('A');
  world.change({"B"});
  world.settle();
  world.declare('B', "t", kRetained);
  world.settle();
  world.add_with_store('C', disks['A']);
  world.change({"BC"});
  world.settle();
  world.subscribe('C', {"t"});
  world.settle();
  EXPECT_TRUE(world.same_state("t"));
  const auto stored = sim::contents_of(sim::records_of(disks['A'], "t"), kUnbounded);
  EXPECT_GE(stored.values.size(), 1U);
  EXPECT_FALSE(sim::forgotten_key(world.found('C').front().records, sim::records_of(disks['A'], "t")));
}

TEST_F(SessionNews, WhoGivesWayLeavesOnlyWhenTheOthersHaveWhatItHad) {
  world.start("ABC");
  world.declare('A', "t", kRetained);
  for (const char node : std::string_view{"ABC"}) world.subscribe(node, {"t"});
  world.settle();
  world.change({"AB", "C"});
  world.settle();
  world.publish('C', "t", "of C", "c");
  world.settle();
  world.change({"ABC"});
  const auto has_given_way = [&] { return world.history('C', "t").back() == "gap partition"; };
  for (int i = 0; i < 1000 && !has_given_way(); ++i) {
    if (!world.step('C') && !world.step('A') && !world.step('B')) world.pass(std::chrono::milliseconds{20});
  }
  ASSERT_TRUE(has_given_way());
  world.leave('C');
  EXPECT_FALSE(world.session('C').left_all());
  world.settle();
  EXPECT_TRUE(world.session('C').left_all());
  world.forget();
  world.subscribe('A', {"t"});
  world.settle();
  EXPECT_THAT(world.history('A', "t"), testing::Contains(testing::HasSubstr("c=of C")));
}

#if defined(HAWSER_FAULTS)

class SessionNewsFaults : public SessionNews {
 protected:
  ~SessionNewsFaults() override { fault::active().clear(); }
};

TEST_F(SessionNewsFaults, NewsHideGaps) {
  fault::active() = "session_news_hide_gaps";
  EXPECT_EQ(after_a_gap_under_news(), "C3:3");
}

TEST_F(SessionNewsFaults, OverwrittenEarly) {
  fault::active() = "session_store_overwritten_early";
  bring_what_a_has_left();
  EXPECT_EQ(sim::records_of(disks['A'], "t").size(), 1U) << "the head only";
  world.settle();
}

#endif

}  // namespace
}  // namespace hawser::test
