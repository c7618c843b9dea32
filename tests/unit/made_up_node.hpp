// A node that does not exist, with facts to be asked for.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "pubsub-api/src/inspection/facts.hpp"

namespace hawser::test {

inline NodeId node_number(std::uint64_t number) {
  return {Incarnation{number}, Endpoint{0x7f000001, static_cast<std::uint16_t>(40000 + number)}};
}

/// Three nodes; the first is asked. It subscribes to "prices.oak", as the second does; the third only publishes there,
/// has the topic "other" to itself, and lets both ride on one group, in which the fourth has nothing to do any more.
class MadeUpNode final : public FactsSource {
 public:
  MadeUpNode() {
    const NodeId a = node_number(1);
    const NodeId b = node_number(2);
    const NodeId c = node_number(3);
    facts.self = a;
    facts.view = {7, 0x9f02c1d4'00000000};
    facts.nodes = 4;
    facts.has_directory = true;
    facts.topics = 2;
    facts.groups = 1;
    all_groups.push_back({kControlGroup, {a, b, c, node_number(4)}, HeavyFacts::Here{facts.view, 0, 0, 2}});
    all_groups.push_back(
        {GroupId{0x3e8}, {a, b, c, node_number(4)}, HeavyFacts::Here{{3, 0xabcdef01'00000000}, 200, 25, 1}});
    all_topics.push_back({.name = "prices.oak",
                          .id = LightGroupId{5},
                          .heavy = GroupId{0x3e8},
                          .why = PlacementReason::same_members,
                          .members = {{a, Role::subscriber}, {b, Role::subscriber}, {c, Role::publisher}},
                          .published = 3,
                          .delivered = 120,
                          .filtered = 0});
    all_topics.push_back({.name = "other",
                          .id = LightGroupId{9},
                          .heavy = GroupId{0x3e8},
                          .why = PlacementReason::superset,
                          .members = {{c, Role::subscriber}},
                          .published = 0,
                          .delivered = 0,
                          .filtered = 25});
    flown = {{Time{std::chrono::milliseconds{1000}}, FlightEntry::Kind::received, Destination::to_node(b.endpoint), 73,
              "heartbeat, hears 2"},
             {Time{std::chrono::milliseconds{1001}}, FlightEntry::Kind::sent, Destination::to_group(GroupId{0x3e8}), 90,
              "ack"},
             {Time{std::chrono::milliseconds{1002}}, FlightEntry::Kind::event, {}, 0, "view 7.9f02c1d4 of 4 members"}};
    parts["prices.oak"] = {.state = OwnPartFacts::State::member,
                           .has_state = true,
                           .unsent = 4,
                           .unacknowledged = 1,
                           .unhandled = 30,
                           .pending_changes = 2,
                           .waits_for = {b}};
  }

  Result<NodeFacts> node() override {
    if (has_left) return left();
    return facts;
  }
  Result<FactsPage<HeavyFacts>> groups(std::optional<std::uint64_t> from) override { return page(all_groups, from); }
  Result<FactsPage<TopicFacts>> topics(std::optional<std::uint64_t> from) override { return page(all_topics, from); }
  Result<std::optional<TopicDetail>> topic(std::string_view name) override {
    if (has_left) return left();
    for (const TopicFacts& topic : all_topics) {
      if (topic.name != name) continue;
      const auto part = parts.find(topic.name);
      return std::optional{
          TopicDetail{topic, all_groups.back(), part == parts.end() ? std::nullopt : std::optional{part->second}}};
    }
    return std::optional<TopicDetail>{};
  }

  Result<std::vector<FlightEntry>> flight() override {
    if (has_left) return left();
    return flown;
  }

  NodeFacts facts;
  std::vector<FlightEntry> flown;
  std::vector<HeavyFacts> all_groups;  // the control group first
  std::vector<TopicFacts> all_topics;
  std::map<std::string, OwnPartFacts> parts;
  bool has_left = false;
  std::size_t pages = 0;  ///< asked for so far

 private:
  static Error left() { return {Errc::closed, "the node has left"}; }

  // One at a time.
  template <typename Facts>
  Result<FactsPage<Facts>> page(const std::vector<Facts>& all, std::optional<std::uint64_t> from) {
    if (has_left) return left();
    ++pages;
    const std::size_t place = from.value_or(0);
    FactsPage<Facts> page;
    if (place < all.size()) page.facts.push_back(all[place]);
    if (place + 1 < all.size()) page.next = place + 1;
    return page;
  }
};

}  // namespace hawser::test
