// What subscribers get: the state at the cut, then every message, and word of every loss.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/world.hpp"

namespace hawser::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

// "topic: text" lines of live messages only, without hand-overs.
std::vector<std::string> live(const NodeHandle& node, std::string_view topic) {
  std::vector<std::string> lines = node.history(topic);
  std::erase_if(lines, [&](const std::string& line) {
    const char first = line[topic.size() + 2];
    return first == '+' || line.ends_with(": synced");
  });
  return lines;
}

TEST(Topics, ASubscriberGetsTheLastValueOfEveryKeyAndThenEveryMessage) {
  World world{{.nodes = 2, .seed = 1, .topics = {}}};
  world.settle();
  world.node("A").publish("prices", "1", "AAPL");
  world.node("A").publish("prices", "2", "MSFT");
  world.node("A").publish("prices", "3", "AAPL");
  world.settle();

  world.node("B").subscribe({"prices"});
  world.settle();
  world.node("A").publish("prices", "4", "MSFT");
  world.settle();

  EXPECT_THAT(world.node("B").history("prices"),
              ElementsAre("prices: +3", "prices: +2", "prices: synced", "prices: 4"));
  EXPECT_EQ(world.node("A").state_digest("prices"), world.node("B").state_digest("prices"));
  world.check_all();
}

TEST(Topics, WithoutAKeyTheLastValueIsRetained) {
  World world{{.nodes = 2, .seed = 2, .topics = {}}};
  world.settle();
  world.node("A").publish("status", "starting");
  world.node("A").publish("status", "ready");
  world.settle();

  world.node("B").subscribe({"status"});
  world.settle();

  EXPECT_THAT(world.node("B").history("status"), ElementsAre("status: +ready", "status: synced"));
  world.check_all();
}

TEST(Topics, AJoinUnderTrafficLosesNothingAndDoublesNothing) {
  World world{{.nodes = 4, .seed = 3, .start_all = false}};
  for (const char* first : {"A", "B", "C"}) world.start(first);
  world.settle();

  constexpr int kMessages = 400;
  for (int i = 1; i <= kMessages; ++i) {
    if (i == 100) world.start("D");
    world.node("A").multicast(std::to_string(i));
    world.run_for(2ms);
  }
  world.settle();

  const std::vector<std::string> got = world.node("D").history();
  ASSERT_GE(got.size(), 3U);
  ASSERT_EQ(got[1], "t: synced");
  const int cut = std::stoi(got[0].substr(std::string_view{"t: +"}.size()));
  EXPECT_GT(cut, 100);
  std::vector<std::string> expected{"t: +" + std::to_string(cut), "t: synced"};
  for (int i = cut + 1; i <= kMessages; ++i) expected.push_back("t: " + std::to_string(i));
  EXPECT_EQ(got, expected);
  world.check_all();
}

TEST(Topics, ASecondSubscriptionOnANodeIsHandedTheStateFromThere) {
  World world{{.nodes = 2, .seed = 4}};
  world.settle();
  world.node("A").multicast("m");
  world.settle();

  world.node("B").subscribe({"t"});
  world.settle();

  EXPECT_THAT(world.node("B").history("t"), ElementsAre("t: synced", "t: m", "t: +m", "t: synced"));
  world.check_all();
}

TEST(Topics, WhenTheDonorDiesTheNextMemberHandsTheStateOver) {
  World world{{.nodes = 4, .seed = 5, .start_all = false, .nodes_per_host = 4, .exit_evidence = true}};
  for (const char* first : {"A", "B", "C"}) world.start(first);
  world.settle();
  world.node("B").publish("t", std::string(200'000, 'x'), "big");
  world.node("B").publish("t", "small", "other");
  world.settle();

  world.start("D");
  // D is in the topic's view, and the state has not come whole.
  world.run_until([&] { return world.at(3).bus().groups().view_of("t") != nullptr; }, "D is in the topic");
  ASSERT_EQ(world.node("D").counts().retained, 0U);
  world.crash("A");  // the oldest member, who donates
  world.settle();

  EXPECT_THAT(world.node("D").history("t"), ElementsAre("t: +" + std::string(200'000, 'x'), "t: +small", "t: synced"));
  EXPECT_EQ(world.node("D").state_digest("t"), world.node("B").state_digest("t"));
  world.check_all();
}

TEST(Topics, WhereNobodyHasTheStateItStartsEmptyAndSaysSo) {
  World world{{.nodes = 2, .seed = 6, .start_all = false, .nodes_per_host = 2, .exit_evidence = true}};
  world.start("A");
  world.settle();
  world.node("A").multicast(std::string(500'000, 'x'));
  world.settle();

  world.start("B");
  world.run_until([&] { return world.at(1).bus().groups().view_of("t") != nullptr; }, "B is in the topic");
  ASSERT_EQ(world.node("B").counts().retained, 0U);
  world.crash("A");
  world.settle();

  EXPECT_EQ(world.node("B").counts().retained, 0U);
  EXPECT_EQ(world.node("B").counts().states_lost, 1U);
  world.check_all();
}

TEST(Topics, AnUnsubscribedNodeHearsNothingMore) {
  World world{{.nodes = 2, .seed = 7, .topics = {}}};
  world.settle();
  const SubscriberId subscriber = world.node("B").subscribe({"t"});
  world.node("A").publish("t", "heard");
  world.settle();

  world.node("B").unsubscribe(subscriber);
  world.settle();
  world.node("A").publish("t", "not heard");
  world.settle();

  EXPECT_FALSE(world.node("B").delivered("not heard"));
  world.check_all();
}

TEST(Topics, OnlySubscribersHearATopic) {
  World world{{.nodes = 3, .seed = 8, .topics = {}}};
  world.settle();
  world.node("B").subscribe({"b"});
  world.node("C").subscribe({"c"});
  world.node("A").publish("b", "for B");
  world.node("A").publish("c", "for C");
  world.settle();

  EXPECT_THAT(world.node("C").history(), ElementsAre("c: synced", "c: for C"));
  EXPECT_FALSE(world.node("B").delivered("for C"));
  world.check_all();
}

TEST(Topics, TheLongestMessageArrivesWhole) {
  World world{{.nodes = 3, .seed = 9, .datagram_bytes_max = 8192}};
  world.settle();

  const std::string big(std::size_t{64} << 20U, 'b');
  world.node("A").multicast(big);
  world.settle();

  EXPECT_TRUE(world.node("B").delivered(big));
  EXPECT_TRUE(world.node("C").delivered(big));
  EXPECT_EQ(world.node("A").views(), std::vector<std::string>{"ABC"});
  world.check_all();
}

TEST(Topics, TheBiggerSideOfAPartitionSurvivesAndTheOtherIsToldOfItsLoss) {
  World world{{.nodes = 5, .seed = 10}};
  world.settle();
  world.partition({{"A", "B"}, {"C", "D", "E"}});
  world.run_for(3s);
  world.node("A").multicast("on the smaller side");
  world.node("C").multicast("on the bigger side");
  world.run_for(1s);

  world.heal();
  world.settle();

  EXPECT_EQ(world.node("A").counts().lineages_lost, 1U);
  EXPECT_EQ(world.node("C").counts().lineages_lost, 0U);
  EXPECT_THAT(world.node("A").history("t"), Contains("t: gap"));
  // A's side has the state of the bigger side now.
  EXPECT_THAT(world.node("B").history("t"), Contains("t: +on the bigger side"));
  EXPECT_EQ(world.node("A").state_digest("t"), world.node("C").state_digest("t"));
  EXPECT_FALSE(world.node("C").delivered("on the smaller side"));
  world.check_all();
}

TEST(Topics, AfterAMergeMessagesFlowBothWays) {
  World world{{.nodes = 4, .seed = 11}};
  world.settle();
  world.partition({{"A", "B"}, {"C", "D"}});
  world.run_for(3s);
  world.heal();
  world.settle();

  world.node("A").multicast("from A");
  world.node("D").multicast("from D");
  world.settle();

  for (const char* name : {"A", "B", "C", "D"}) {
    EXPECT_TRUE(world.node(name).delivered("from A")) << name;
    EXPECT_TRUE(world.node(name).delivered("from D")) << name;
  }
  world.check_all();
}

TEST(Topics, SubscribersOfSeveralPublishersConvergeOnOneState) {
  World world{{.nodes = 4, .seed = 12, .network = {.delay_max = 3ms, .reorder_permille = 300}}};
  world.settle();

  for (int i = 0; i < 50; ++i) {
    for (const char* publisher : {"A", "B", "C"}) {
      world.node(publisher).publish("t", publisher + std::to_string(i), "the same key");
    }
    world.run_for(1ms);
  }
  world.settle();

  for (const char* name : {"B", "C", "D"}) {
    EXPECT_EQ(world.node(name).state_digest("t"), world.node("A").state_digest("t")) << name;
  }
  EXPECT_THAT(live(world.node("D"), "t"), SizeIs(150));
  world.check_all();
}

TEST(Topics, PublishingIsNeverRefusedWhileMembersComeAndGo) {
  World world{{.nodes = 3, .seed = 13, .topics = {}}};
  world.settle();
  world.node("B").subscribe({"t"});

  for (int i = 0; i < 500; ++i) {
    world.node("A").publish("t", std::to_string(i));  // Throws where it is refused.
    if (i == 100) world.node("C").subscribe({"t"});
    world.run_for(20us);
  }
  world.settle();

  EXPECT_THAT(world.node("B").history("t"), Contains("t: 499"));
  world.check_all();
}

}  // namespace
}  // namespace hawser::sim
