// Who comes back to a topic with most of its state is sent the rest alone.
#include <string>
#include <string_view>

#include "pubsub-api/src/session/store_layout.hpp"
#include "tests/unit/session_store_fixture.hpp"

namespace hawser::test {
namespace {

using ::testing::ElementsAre;

constexpr TopicOptions kRetainedTotal{.order = TopicOrder::total, .durability = Durability::retained};
constexpr TopicOptions kRetainedTotalLog{
    .order = TopicOrder::total, .history = {.messages = 5}, .durability = Durability::retained};

class SessionDifference : public SessionStoreTest {
 protected:
  /// All have stores, and have stored `count` messages of A, each with its own key.
  void store_at(std::string_view nodes, const TopicOptions& options, int count) {
    start_with_stores(nodes);
    world.declare('A', "t", options);
    world.settle();
    for (const char node : nodes) world.subscribe(node, {"t"});
    world.settle();
    for (int i = 0; i < count; ++i) world.publish('A', "t", "old", key(i));
    world.settle();
    let_it_write();
  }
  static std::string key(int number) { return "k" + std::to_string(number); }
  void change_some(int count, int first = 0) {
    for (int i = first; i < first + count; ++i) world.publish('A', "t", "new", key(i));
    world.settle();
  }
  /// A node called `next` with what `before` has left, not in anybody's view yet.
  void come(char next, char before) { world.add_with_store(next, disks[next] = disks[before]); }
  /// As come(), and in the topic but for its store, which does nothing.
  void come_with_a_stalled_store(char next, char before) {
    come(next, before);
    world.stall_store(next, true);
    world.change({world.live()});
    world.settle();
    join({&next, 1});
  }
  void join(std::string_view nodes) {
    for (const char node : nodes) world.subscribe(node, {"t"});
    world.settle();
  }
  void crash(char node) {
    world.crash(node);
    world.change({world.live()});
    world.settle();
  }
  /// C with what B has left, which has heard of "k1" in its last view, and not of "k0" after it.
  void come_back_in_total_order() {
    store_at("AB", kRetainedTotal, 10);
    world.add("D");
    world.change({"ABD"});
    world.settle();
    join("D");
    world.publish('A', "t", "later", "k1");
    world.settle();
    let_it_write();
    crash('B');
    change_some(1);
    restart('B', 'C');
    join("C");
  }
  /// E has less of the state than F, and both await it from D, after A, which has told them nothing, is gone.
  void await_one_state() {
    store_at("ABCD", kRetained, 20);
    crash('C');
    change_some(2);
    let_it_write();
    crash('B');
    change_some(4, 10);
    come('E', 'C');
    come('F', 'B');
    world.change({"ADEF"});
    world.settle();
    for (const char node : std::string_view{"EF"}) world.subscribe(node, {"t"});
    world.settle_directory();
    for (const char node : std::string_view{"FE"}) world.settle({&node, 1});
    world.crash('A');
    world.change({"DEF"});
    world.settle();
  }
  /// F with what D has left, which was with C while A and B were parted from them. C's message stands behind the old
  /// ones there; with A and B, which C's news told it, before them.
  void come_back_from_another_side() {
    store_at("ABCDE", kRetainedTotalLog, 2);
    world.change({"AB", "CDE"});
    world.settle();
    for (const char* text : {"of A", "later"}) world.publish('A', "t", text, "k");
    world.publish('C', "t", "of C", "k");
    world.settle();
    world.crash('E');
    world.change({"AB", "CD"});
    world.settle();
    let_it_write();
    world.crash('D');
    world.change({"ABC"});
    world.settle();
    come('F', 'D');
    world.change({"ABCF"});
    world.settle();
    join("F");
  }
};

TEST_F(SessionDifference, OnlyWhatIsNewIsSentAndStored) {
  store_at("AB", kRetained, 100);
  crash('B');
  change_some(3);
  restart('B', 'C');
  const std::size_t before = disks['C'].puts();
  join("C");
  let_it_write();
  EXPECT_EQ(world.received('C', "t"), 3U);
  EXPECT_EQ(world.history('C', "t").size(), 101U) << "all of the state is handed over";
  EXPECT_TRUE(world.same_state("t"));
  EXPECT_LT(disks['C'].puts() - before, 10U);
  EXPECT_EQ(disks['C'].records().size(), disks['A'].records().size());
}

// B awaits A's state of a cut before that.
TEST_F(SessionDifference, WhoJoinsWhileTheTopicIsDeclaredSharesItsPast) {
  start_with_stores("AB");
  world.publish('A', "t", "old", "first");
  world.settle();
  world.subscribe('B', {"t"});
  world.settle_directory();
  world.declare('A', "t", kRetained);
  world.settle();
  for (int i = 0; i < 20; ++i) world.publish('A', "t", "old", key(i));
  world.settle();
  let_it_write();
  crash('B');
  change_some(1);
  restart('B', 'C');
  world.forget();
  join("C");
  EXPECT_EQ(world.received('C', "t"), 1U);
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionDifference, TheHistoryIsCutAtBothEnds) {
  store_at("AB", kRetainedLog, 3);
  crash('B');
  change_some(2);
  restart('B', 'C');
  world.subscribe('C', {"t"}, Start::all());
  world.settle();
  EXPECT_EQ(world.received('C', "t"), 2U);
  EXPECT_THAT(world.history('C', "t"),
              ElementsAre("state A3:k2=old", "state A4:k0=new", "state A5:k1=new", "synced 3"));
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionDifference, InTotalOrderItIsFromTheLastViewThatBothWereIn) {
  come_back_in_total_order();
  EXPECT_EQ(world.received('C', "t"), 2U) << "k1 came in the view that B has not seen the end of";
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionDifference, AHistoryInTotalOrderKeepsItsOrder) {
  store_at("AB", kRetainedTotalLog, 4);
  world.add("D");
  world.change({"ABD"});
  world.settle();
  join("D");
  let_it_write();
  crash('B');
  change_some(2);
  restart('B', 'C');
  world.subscribe('C', {"t"}, Start::all());
  world.settle();
  EXPECT_EQ(world.received('C', "t"), 2U);
  EXPECT_THAT(world.history('C', "t"), ElementsAre("state A2:k1=old", "state A3:k2=old", "state A4:k3=old",
                                                   "state A5:k0=new", "state A6:k1=new", "synced 5"));
}

TEST_F(SessionDifference, WhoeverAwaitsTheSameStateHasWhatIsLeftOut) {
  await_one_state();
  EXPECT_EQ(world.received('E', "t"), 6U);
  EXPECT_EQ(world.received('F', "t"), 6U);
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionDifference, WhoHasNothingIsSentEverything) {
  store_at("AB", kRetained, 20);
  crash('B');
  change_some(1);
  world.add("D");
  world.change({"AD"});
  world.settle();
  join("D");
  EXPECT_EQ(world.received('D', "t"), 20U);
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionDifference, WhatAnotherSideHasHeardAloneIsNoneOfIt) {
  store_at("AB", kRetained, 20);
  world.change({"A", "B"});
  world.settle();
  world.publish('B', "t", "of B", "b");
  world.settle();
  let_it_write();
  crash('B');
  change_some(1);
  restart('B', 'C');
  join("C");
  EXPECT_EQ(world.received('C', "t"), 20U);
  world.settle();
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionDifference, AStoreThatComesLateIsWaitedFor) {
  store_at("AB", kRetained, 20);
  crash('B');
  change_some(1);
  come_with_a_stalled_store('C', 'B');
  change_some(2);
  world.stall_store('C', false);
  world.settle();
  EXPECT_LE(world.received('C', "t"), 3U);
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionDifference, AStoreThatFailsIsNotWaitedFor) {
  store_at("AB", kRetained, 20);
  crash('B');
  come_with_a_stalled_store('C', 'B');
  world.fail_store('C');
  world.settle();
  EXPECT_EQ(world.received('C', "t"), 20U);
  EXPECT_TRUE(world.same_state("t"));
}

// By a pattern, C is in the topic before it has read its store; A is gone before it has told its state.
TEST_F(SessionDifference, AStoreThatMakesNoSenseIsNotWaitedFor) {
  disks['C'].write({{{}, {}, {{head_key("t"), "nonsense"}}}, true});
  start_with_stores("ABC");
  for (const char node : std::string_view{"BC"}) world.subscribe_to(node, Pattern::parse(">").value());
  world.settle();
  world.stall_store('C', true);
  world.declare('A', "t", kRetained);
  world.settle_directory();
  world.settle("BC");
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_TRUE(world.session('B').has_state("t"));
  EXPECT_FALSE(world.session('C').has_state("t"));
  world.stall_store('C', false);
  world.settle();
  EXPECT_TRUE(world.session('C').has_state("t"));
  EXPECT_EQ(disks['C'].records().at(head_key("t")), "nonsense");
}

// C has said what it has to A, which says nothing more.
TEST_F(SessionDifference, TheNextDonorIsToldAgain) {
  store_at("ABD", kRetained, 20);
  crash('B');
  change_some(1);
  restart('B', 'C');
  world.subscribe('C', {"t"});
  world.settle_directory();
  world.settle("C");
  world.crash('A');
  world.change({"CD"});
  world.settle();
  EXPECT_EQ(world.received('C', "t"), 1U);
  EXPECT_TRUE(world.same_state("t"));
}

// E has not said what it has when it crashes, and D has.
TEST_F(SessionDifference, WhoIsGoneIsNotWaitedFor) {
  store_at("ABC", kRetained, 20);
  for (const char node : std::string_view{"BC"}) crash(node);
  change_some(1);
  come('D', 'B');
  come('E', 'C');
  world.change({"ADE"});
  world.settle();
  world.subscribe('D', {"t"});
  world.subscribe('E', {"t"});
  world.settle_directory();
  world.settle("AD");
  world.crash('E');
  world.change({"AD"});
  world.settle();
  EXPECT_EQ(world.received('D', "t"), 1U);
  EXPECT_TRUE(world.same_state("t"));
}

TEST_F(SessionDifference, AnotherOrderOfThePastIsNoneOfIt) {
  come_back_from_another_side();
  EXPECT_EQ(world.received('F', "t"), 5U);
  EXPECT_TRUE(world.same_state("t"));
}

// What a topic was told has changed while B was away.
TEST_F(SessionDifference, AnotherKindOfTopicIsSentWhole) {
  store_at("AB", kRetained, 20);
  for (const char node : std::string_view{"AB"}) world.crash(node);
  world.add("D");
  world.change({"D"});
  world.settle();
  world.declare('D', "t", kRetainedTotal);
  world.subscribe('D', {"t"});
  world.settle();
  for (int i = 0; i < 5; ++i) world.publish('D', "t", "of D", key(i));
  world.settle();
  come('C', 'B');
  world.change({"CD"});
  world.settle();
  join("C");
  EXPECT_EQ(world.received('C', "t"), 5U);
  EXPECT_TRUE(world.same_state("t"));
}

#if defined(HAWSER_FAULTS)

class SessionDifferenceFaults : public SessionDifference {
 protected:
  ~SessionDifferenceFaults() override { fault::active().clear(); }
};

TEST_F(SessionDifferenceFaults, AcrossLineages) {
  is_broken = true;
  fault::active() = "session_difference_across_lineages";
  come_back_from_another_side();
  EXPECT_THAT(world.violations(), testing::Contains(testing::StartsWith("topic: State At The Cut")));
}

// In which order B had heard what came in its last view, nobody knows.
TEST_F(SessionDifferenceFaults, BeyondAgreement) {
  fault::active() = "session_difference_beyond_agreement";
  come_back_in_total_order();
  EXPECT_EQ(world.received('C', "t"), 1U);
}

TEST_F(SessionDifferenceFaults, ForTheLastAlone) {
  is_broken = true;
  fault::active() = "session_difference_for_the_last_alone";
  await_one_state();
  EXPECT_FALSE(world.same_state("t"));
  EXPECT_THAT(world.violations(), testing::Contains(testing::StartsWith("topic: State At The Cut")));
}

#endif

}  // namespace
}  // namespace hawser::test
