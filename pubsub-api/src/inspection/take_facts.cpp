#include "pubsub-api/src/inspection/take_facts.hpp"

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
  facts.members.reserve(group.members.size());
  for (const DirectoryMember& member : group.members) facts.members.push_back({member.node, member.role});
  const SessionTopicCounters counters = node.session().counters_of(group.name);
  facts.published = counters.published;
  facts.delivered = counters.delivered;
  const auto& filtered = node.groups().views().filtered_by_name();
  if (const auto at = filtered.find(group.name); at != filtered.end()) facts.filtered = at->second;
  return facts;
}

OwnPartFacts::State state_of(const OwnGroup& group) {
  if (group.leaving) return OwnPartFacts::State::leaving;
  return group.installed ? OwnPartFacts::State::member : OwnPartFacts::State::joining;
}

// Multicasts of this node up to its last on the topic; the rule is that of who may leave a group: see Wishes.
std::uint64_t unacknowledged(BusNode& node, const OwnGroup& group) {
  const HeavyGroup* carrier = group.sent_as == 0 ? nullptr : node.node().groups().find(group.sent_on);
  if (carrier == nullptr || carrier->stable() >= group.sent_as) return 0;
  return group.sent_as - carrier->stable();
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

// Fills a page from what comes after `after` in `table`; `copy` makes the facts of an entry.
template <typename Facts, typename Table, typename Id, typename Copy>
void fill(FactsPage<Facts>& page, const Table& table, const std::optional<Id>& after, const Copy& copy) {
  std::size_t entries = 0;
  auto at = after ? table.upper_bound(*after) : table.begin();
  for (; at != table.end() && entries < kPageEntriesMax; ++at) {
    page.facts.push_back(copy(at->first, at->second));
    entries += 1 + page.facts.back().members.size();
  }
  page.is_last = at == table.end();
}

}  // namespace

NodeFacts take_node(BusNode& node) {
  const Directory& directory = node.groups().directory();
  return {.self = node.self(),
          .view = node.control_view().id,
          .nodes = node.control_view().members.size(),
          .has_directory = node.groups().directory_synced(),
          .topics = directory.groups().size(),
          .groups = directory.heavies().size(),
          .policy = node.groups().policy()};
}

FactsPage<HeavyFacts> take_groups(BusNode& node, std::optional<GroupId> after) {
  FactsPage<HeavyFacts> page;
  if (!after) page.facts.push_back(heavy_facts(node, kControlGroup, node.control_view().members));
  fill(page, node.groups().directory().heavies(), after,
       [&](GroupId id, const std::vector<NodeId>& members) { return heavy_facts(node, id, members); });
  return page;
}

FactsPage<TopicFacts> take_topics(BusNode& node, std::optional<LightGroupId> after) {
  FactsPage<TopicFacts> page;
  fill(page, node.groups().directory().groups(), after,
       [&](LightGroupId id, const DirectoryGroup& group) { return topic_facts(node, id, group); });
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
