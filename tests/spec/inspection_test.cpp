// What nodes say about themselves, in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

#include "pubsub-api/src/inspection/take_facts.hpp"
#include "tests/sim/world.hpp"

namespace hawser::sim {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

NodeId id_of(World& world, Site site) { return world.at(site).bus().self(); }

/// The mapper does what it does by default, whatever the seed.
WorldOptions usual(std::size_t nodes, std::uint64_t seed) {
  WorldOptions options{.nodes = nodes, .seed = seed, .topics = {}};
  options.groups = LightGroupsConfig{};
  return options;
}

TopicDetail detail_at(World& world, Site site, std::string_view topic) {
  const auto detail = take_topic(world.at(site).bus(), topic);
  return detail.value_or(TopicDetail{});
}

TEST(Inspection, ANodeTellsOfTopicsThatItIsNotIn) {
  World world{usual(3, 1)};
  world.settle();
  world.node("A").subscribe({"t"});
  world.settle();
  world.node("B").publish("t", "x");
  world.settle();

  const TopicDetail detail = detail_at(world, 2, "t");
  EXPECT_THAT(detail.topic.members, ElementsAre(LightMember{id_of(world, 0), Role::subscriber},
                                                LightMember{id_of(world, 1), Role::publisher}));
  EXPECT_EQ(detail.topic.heavy, detail.group.id);
  EXPECT_THAT(detail.group.members, SizeIs(2));
  EXPECT_FALSE(detail.here);
  EXPECT_FALSE(detail.group.here);
  EXPECT_FALSE(take_topic(world.at(2).bus(), "u"));

  EXPECT_EQ(detail_at(world, 0, "t").topic.delivered, 1U);
  EXPECT_EQ(detail_at(world, 1, "t").topic.published, 1U);
  const NodeFacts node = take_node(world.at(2).bus());
  EXPECT_EQ(node.nodes, 3U);
  EXPECT_EQ(node.topics, 1U);
  EXPECT_EQ(node.groups, 1U);
  EXPECT_TRUE(node.has_directory);
}

TEST(Inspection, TheReasonOfAPlacementIsTheSameOnAllNodesAndOutlivesASnapshot) {
  WorldOptions options = usual(3, 2);
  options.start_all = false;
  World world{options};
  world.start("A");
  world.start("B");
  world.settle();
  world.node("A").subscribe({"both"});
  world.node("B").subscribe({"both"});
  world.settle();
  world.node("A").subscribe({"mine"});
  world.settle();
  world.start("C");  // It gets the directory as a snapshot.
  world.settle();

  for (Site site = 0; site < 3; ++site) {
    EXPECT_EQ(detail_at(world, site, "both").topic.why, PlacementReason::nothing_covers);
    EXPECT_EQ(detail_at(world, site, "mine").topic.why, PlacementReason::superset);
    EXPECT_EQ(detail_at(world, site, "mine").group.id, detail_at(world, site, "both").group.id);
  }
}

TEST(Inspection, AnExtraTellsHowMuchItFilters) {
  World world{usual(2, 3)};
  world.settle();
  for (const char* name : {"A", "B"}) world.node(name).subscribe({"both"});
  world.settle();
  world.node("A").subscribe({"mine"});
  world.settle();
  const std::uint64_t before = detail_at(world, 1, "mine").group.here->received;  // State that was handed over.
  for (int i = 0; i < 3; ++i) world.node("A").publish("mine", "x");
  world.node("A").publish("both", "x");
  world.settle();

  const TopicDetail at_b = detail_at(world, 1, "mine");
  EXPECT_EQ(at_b.topic.filtered, 3U);
  ASSERT_TRUE(at_b.group.here);
  EXPECT_EQ(at_b.group.here->received, before + 4);
  EXPECT_EQ(at_b.group.here->filtered, 3U);
  EXPECT_FALSE(at_b.here);
  EXPECT_EQ(detail_at(world, 0, "mine").group.here->filtered, 0U);
}

TEST(Inspection, AChangeThatIsUnderWayNamesWhoseMarkerItWaitsFor) {
  WorldOptions options = usual(3, 4);
  options.start_all = false;
  World world{options};
  for (const char* name : {"A", "B", "C"}) {  // So A is the oldest, and orders the directory.
    world.start(name);
    world.settle();
    world.node(name).subscribe({"all"});
  }
  world.settle();
  for (const char* name : {"A", "B"}) world.node(name).subscribe({"t"});
  world.settle();
  ASSERT_EQ(detail_at(world, 0, "t").group.id, detail_at(world, 0, "all").group.id);  // C is there already.

  world.cut("B", "A");
  world.node("C").subscribe({"t"});
  world.run_until([&] { return detail_at(world, 0, "t").here->waits_for == std::vector{id_of(world, 1)}; },
                  "A waits for B only");
  EXPECT_EQ(detail_at(world, 0, "t").here->pending_changes, 1U);
  EXPECT_THAT(detail_at(world, 0, "t").topic.members, SizeIs(3));
  world.mend("B", "A");
  world.settle();

  EXPECT_EQ(detail_at(world, 0, "t").here->pending_changes, 0U);
  EXPECT_THAT(detail_at(world, 0, "t").here->waits_for, SizeIs(0));
  world.check_all();
}

TEST(Inspection, WhatNotEverybodyHasIsUnacknowledged) {
  World world{usual(2, 5)};
  world.settle();
  for (const char* name : {"A", "B"}) world.node(name).subscribe({"t"});
  world.settle();
  EXPECT_EQ(detail_at(world, 0, "t").here->unacknowledged, 0U);

  world.cut("A", "B");
  for (int i = 0; i < 3; ++i) world.node("A").publish("t", "x");
  const TopicDetail now = detail_at(world, 0, "t");
  EXPECT_EQ(now.here->unsent, 0U);
  EXPECT_EQ(now.here->unacknowledged, 3U);
  EXPECT_EQ(now.group.here->unacknowledged, 3U);
  world.mend("A", "B");
  world.settle();

  EXPECT_EQ(detail_at(world, 0, "t").here->unacknowledged, 0U);
  EXPECT_EQ(detail_at(world, 0, "t").group.here->unacknowledged, 0U);
}

TEST(Inspection, ALongTableComesInPagesOfBoundedSize) {
  constexpr std::size_t kTopics = 2000;
  World world{usual(2, 6)};
  world.settle();
  std::vector<std::string> topics;
  for (std::size_t i = 0; i < kTopics; ++i) topics.push_back("topic." + std::to_string(i));
  for (const char* name : {"A", "B"}) world.node(name).subscribe(topics);
  world.settle();

  std::set<std::string> all;
  std::size_t pages = 0;
  std::optional<std::uint64_t> next;
  do {
    const auto page = take_topics(world.at(0).bus(), next);
    ++pages;
    std::size_t entries = 0;
    for (const TopicFacts& topic : page.facts) {
      EXPECT_LT(entries, kPageEntriesMax);
      entries += 1 + topic.members.size();
      all.insert(topic.name);
    }
    next = page.next;
  } while (next);
  EXPECT_EQ(all.size(), kTopics);
  EXPECT_EQ(pages, 24U);  // of 86 topics with two members each
}

}  // namespace
}  // namespace hawser::sim
