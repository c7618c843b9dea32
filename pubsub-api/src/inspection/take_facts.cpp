#include "pubsub-api/src/inspection/take_facts.hpp"

#include <algorithm>
#include <utility>

#include "lwg/directory.hpp"
#include "lwg/heavy_uses.hpp"
#include "lwg/light_views.hpp"

namespace hawser {
namespace {

HeavyFacts::Here part_in(BusNode& node, GroupId id, const HeavyGroup& group) {
  HeavyFacts::Here here{.view = node.node().view_of(id).id, .unacknowledged = group.accepted() - group.stable()};
  if (const HeavyUse* use = node.groups().heavies().find(id)) {
    here.received = use->received;
    here.filtered = use->filtered;
  }
  return here;
}

HeavyFacts heavy_facts(BusNode& node, GroupId id, const std::vector<NodeId>& members) {
  HeavyFacts facts{.id = id, .members = members, .here = {}};
  if (id == kControlGroup) {
    facts.here = part_in(node, id, node.node().groups().control());
  } else if (const HeavyGroup* group = node.node().groups().find(id)) {
    facts.here = part_in(node, id, *group);
  }
  return facts;
}

TopicFacts topic_facts(BusNode& node, LightGroupId id, const DirectoryGroup& group) {
  TopicFacts facts{.name = group.name, .id = id, .heavy = group.heavy, .why = group.why, .members = {}};
  facts.members = group.members.list();
  const SessionTopicCounters counters = node.session().counters_of(group.name);
  facts.published = counters.published;
  facts.delivered = counters.delivered;
  facts.filtered = node.groups().views().filtered(id);
  return facts;
}

OwnPartFacts::State state_of(const OwnGroup& group) {
  if (group.leaving) return OwnPartFacts::State::leaving;
  return group.installed ? OwnPartFacts::State::member : OwnPartFacts::State::joining;
}

// Multicasts of this node up to its last on the topic; the rule is that of who may leave a group: see Wishes.
std::uint64_t unacknowledged(BusNode& node, const OwnGroup& group) {
  std::uint64_t messages = 0;
  for (const auto& [heavy, last] : group.sent) {
    const HeavyGroup* carrier = node.node().groups().find(heavy);
    if (carrier != nullptr && carrier->stable() < last) messages += last - carrier->stable();
  }
  return messages;
}

OwnPartFacts own_part(BusNode& node, const OwnGroup& group) {
  const SessionTopicCounters counters = node.session().counters_of(group.name);
  return {.state = state_of(group),
          .has_state = node.session().has_state(group.name),
          .unsent = counters.published - counters.sent + group.unsent,
          .unacknowledged = unacknowledged(node, group),
          .pending_changes = group.pending.size(),
          .waits_for = node.groups().views().missing_markers(group)};
}

}  // namespace

NodeFacts take_node(BusNode& node) {
  const Directory& directory = node.groups().directory();
  return {.self = node.self(),
          .view = node.control_view().id,
          .is_primary = node.node().is_primary(),
          .nodes = node.control_view().members.size(),
          .has_directory = node.groups().directory_synced(),
          .topics = directory.groups().size(),
          .groups = directory.heavies().size(),
          .policy = node.groups().policy()};
}

FactsPage<HeavyFacts> take_groups(BusNode& node, std::optional<std::uint64_t> from) {
  FactsPage<HeavyFacts> page;
  if (!from) page.facts.push_back(heavy_facts(node, kControlGroup, node.control_view().members));
  const auto& groups = node.groups().directory().heavies();
  auto at = groups.lower_bound(GroupId{from.value_or(0)});
  for (std::size_t entries = 0; at != groups.end() && entries < kPageEntriesMax; ++at) {
    page.facts.push_back(heavy_facts(node, at->first, at->second));
    entries += 1 + at->second.size();
  }
  if (at != groups.end()) page.next = at->first.value;
  return page;
}

// From the last place to the first: see GroupTable::at().
FactsPage<TopicFacts> take_topics(BusNode& node, std::optional<std::uint64_t> from) {
  FactsPage<TopicFacts> page;
  const auto& groups = node.groups().directory().groups();
  std::size_t left = std::min<std::size_t>(from.value_or(groups.size()), groups.size());
  for (std::size_t entries = 0; left > 0 && entries < kPageEntriesMax; --left) {
    const auto& [id, group] = groups.at(left - 1);
    page.facts.push_back(topic_facts(node, id, group));
    entries += 1 + group.members.size();
  }
  if (left > 0) page.next = left;
  return page;
}

std::optional<TopicDetail> take_topic(BusNode& node, std::string_view name) {
  const Directory& directory = node.groups().directory();
  const std::optional<LightGroupId> id = directory.id_of(name);
  if (!id) return std::nullopt;
  const DirectoryGroup& group = *directory.find(*id);
  const auto heavy = directory.heavies().find(group.heavy);
  const bool is_arranged = heavy != directory.heavies().end();
  TopicDetail detail{.topic = topic_facts(node, *id, group),
                     .group = heavy_facts(node, group.heavy, is_arranged ? heavy->second : std::vector<NodeId>{}),
                     .here = {}};
  if (const OwnGroup* own = node.groups().views().find(*id)) detail.here = own_part(node, *own);
  return detail;
}

}  // namespace hawser
