// Who is in which topic: one answer everywhere, and cheap to repair.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/world.hpp"

namespace hawser::sim {
namespace {

std::vector<std::string> many_topics(std::size_t count) {
  std::vector<std::string> topics;
  for (std::size_t i = 0; i < count; ++i) topics.push_back("topic." + std::to_string(i));
  return topics;
}

TEST(Directory, ConcurrentSubscriptionsAreAppliedInOneOrderEverywhere) {
  World world{{.nodes = 5, .seed = 1, .topics = {}, .network = {.delay_max = 3ms, .reorder_permille = 200}}};
  world.settle();

  for (int i = 0; i < 20; ++i) {
    for (const char* name : {"A", "B", "C", "D", "E"}) {
      world.node(name).subscribe({"t." + std::to_string((i * 7 + name[0]) % 11)});
    }
    world.run_for(500us);
  }
  world.settle();

  const std::uint64_t digest = world.at(0).bus().groups().directory_digest();
  for (Site site = 1; site < 5; ++site) EXPECT_EQ(world.at(site).bus().groups().directory_digest(), digest);
  world.check_all();
}

TEST(Directory, OneViewChangeRepairsAThousandTopics) {
  World world{{.nodes = 3, .seed = 2, .topics = many_topics(1000), .nodes_per_host = 3, .exit_evidence = true}};
  world.settle();
  const std::size_t views = world.node("A").views().size();

  world.crash("C");
  world.settle();

  EXPECT_EQ(world.node("A").views().size(), views + 1);
  EXPECT_EQ(world.node("A").counts().topics_repaired, 1000U);
  for (const std::string& topic : world.options().topics) {
    EXPECT_EQ(world.at(0).bus().groups().view_of(topic)->members.size(), 2U) << topic;
  }
  world.check_all();
}

TEST(Directory, SubscribingToAThousandTopicsSendsFewDatagrams) {
  World world{{.nodes = 3, .seed = 3, .topics = {}}};
  world.settle();
  const std::uint64_t before = world.network().sent();

  world.node("A").subscribe(many_topics(1000));
  world.settle();

  EXPECT_LT(world.network().sent() - before, 200U);
  world.check_all();
}

TEST(Directory, ATopicCreatedOnBothSidesOfAPartitionIsOneTopicAfterTheMerge) {
  World world{{.nodes = 5, .seed = 4, .topics = {}}};
  world.settle();
  world.partition({{"A", "B"}, {"C", "D", "E"}});
  world.run_for(3s);
  world.node("A").subscribe({"both"});
  world.node("C").subscribe({"both"});
  world.run_for(1s);

  world.heal();
  world.settle();
  world.node("C").publish("both", "heard by both");
  world.settle();

  EXPECT_TRUE(world.node("A").delivered("heard by both"));
  EXPECT_TRUE(world.node("C").delivered("heard by both"));
  world.check_all();
}

TEST(Directory, ASubscriptionMadeWhileAloneIsHonouredAfterTheMerge) {
  World world{{.nodes = 3, .seed = 5, .topics = {}}};
  world.settle();
  world.partition({{"A"}, {"B", "C"}});
  world.run_for(2s);
  world.node("A").subscribe({"late"});

  world.heal();
  world.settle();
  world.node("B").publish("late", "m");
  world.settle();

  EXPECT_TRUE(world.node("A").delivered("m"));
  world.check_all();
}

TEST(Directory, ANodeThatJoinsGetsTheDirectoryWhole) {
  World world{{.nodes = 4, .seed = 6, .start_all = false, .topics = many_topics(300)}};
  for (const char* first : {"A", "B", "C"}) world.start(first);
  world.settle();

  world.start("D");
  world.settle();

  EXPECT_EQ(world.at(3).bus().groups().directory_digest(), world.at(0).bus().groups().directory_digest());
  for (const std::string& topic : world.options().topics) {
    EXPECT_EQ(world.at(3).bus().groups().view_of(topic)->members.size(), 4U) << topic;
  }
  world.check_all();
}

}  // namespace
}  // namespace hawser::sim
