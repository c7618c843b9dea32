#include "pubsub-api/src/inspection/answers.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "hawser/text.hpp"
#include "pubsub-api/src/inspection/question.hpp"
#include "pubsub-api/src/inspection/reason_words.hpp"
#include "transport/io/multicast_address.hpp"

namespace hawser {
namespace {

using Json = nlohmann::ordered_json;

// ---- Single values ----

// 64 bits are more than a number of JSON holds everywhere.
std::string hex(std::uint64_t value) {
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64, value);
  return text.data();
}

std::string address_of(Endpoint endpoint) {
  const std::string text = to_string(endpoint);
  return text.substr(0, text.find(':'));
}

void add_bytes(Json& object, std::string_view name, std::string_view bytes) {
  JsonField field = json_field(name, bytes);
  object[field.name] = std::move(field.text);
}

Json names_of(const std::vector<NodeId>& nodes) {
  Json names = Json::array();
  for (const NodeId& node : nodes) names.push_back(to_string(node));
  return names;
}

std::string_view to_string(Role role) { return role == Role::subscriber ? "subscriber" : "publisher"; }

std::string_view to_string(OwnPartFacts::State state) {
  switch (state) {
    case OwnPartFacts::State::joining: return "joining";
    case OwnPartFacts::State::member: return "member";
    case OwnPartFacts::State::leaving: break;
  }
  return "leaving";
}

Json share_of(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return nullptr;
  return static_cast<double>(part) / static_cast<double>(whole);
}

Json extra_count_max(const MapperPolicy& policy, std::size_t members) {
  if (policy.kind == MapperPolicy::Kind::single) return nullptr;
  return policy.extras_max(members);
}

Json role_of(const TopicFacts& topic, const NodeId& node) {
  for (const LightMember& member : topic.members) {
    if (member.node == node) return to_string(member.role);
  }
  return nullptr;
}

bool is_member(const TopicFacts& topic, const NodeId& node) { return !role_of(topic, node).is_null(); }

std::size_t count_of(const TopicFacts& topic, Role role) {
  return static_cast<std::size_t>(std::count_if(topic.members.begin(), topic.members.end(),
                                                [&](const LightMember& member) { return member.role == role; }));
}

// ---- Facts that come in pages ----

// `fetch` gives the page at a place.
template <typename Facts, typename Fetch>
Result<std::vector<Facts>> all_pages(const Fetch& fetch) {
  std::vector<Facts> all;
  std::optional<std::uint64_t> next;
  do {
    auto page = fetch(next);
    if (!page) return page.error();
    all.insert(all.end(), std::make_move_iterator(page->facts.begin()), std::make_move_iterator(page->facts.end()));
    next = page->next;
  } while (next);
  return all;
}

// By name, each once.
void sort(std::vector<TopicFacts>& topics) {
  std::sort(topics.begin(), topics.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto again =
      std::unique(topics.begin(), topics.end(), [](const auto& a, const auto& b) { return a.id == b.id; });
  topics.erase(again, topics.end());
}

/// What the topics of a heavy-weight group ask of it.
struct GroupLoad {
  std::set<NodeId> needed;
  std::vector<const TopicFacts*> topics;
};

using GroupLoads = std::map<GroupId, GroupLoad>;

GroupLoads loads_of(const std::vector<TopicFacts>& topics) {
  GroupLoads loads;
  for (const TopicFacts& topic : topics) {
    GroupLoad& load = loads[topic.heavy];
    load.topics.push_back(&topic);
    for (const LightMember& member : topic.members) load.needed.insert(member.node);
  }
  return loads;
}

// ---- Answers ----

Json node_json(const NodeFacts& node, const std::string& domain, std::uint32_t process_id) {
  Json object = {{"name", to_string(node.self)}, {"process_id", process_id}};
  add_bytes(object, "domain", domain);
  object["control_view"] = to_string(node.view);
  object["is_primary"] = node.is_primary;
  object["has_directory"] = node.has_directory;
  object["node_count"] = node.nodes;
  object["group_count"] = node.groups;
  object["topic_count"] = node.topics;
  return object;
}

Json group_json(const HeavyFacts& group, std::size_t topics, const std::string& domain) {
  const Endpoint endpoint = group_endpoint(domain, group.id);
  Json object = {{"id", hex(group.id.value)},
                 {"is_control", group.id == kControlGroup},
                 {"address", address_of(endpoint)},
                 {"port", endpoint.port},
                 {"members", names_of(group.members)},
                 {"topic_count", topics},
                 {"here", nullptr}};
  if (!group.here) return object;
  object["here"] = {{"view", to_string(group.here->view)},
                    {"received_messages", group.here->received},
                    {"filtered_messages", group.here->filtered},
                    {"filtered_share", share_of(group.here->filtered, group.here->received)},
                    {"unacknowledged_messages", group.here->unacknowledged}};
  return object;
}

Json topic_row(const TopicFacts& topic, const GroupLoad& load, const NodeFacts& node) {
  Json row = Json::object();
  add_bytes(row, "topic", topic.name);
  row["group"] = hex(topic.heavy.value);
  row["reason"] = words_of(topic.why).code;
  row["subscriber_count"] = count_of(topic, Role::subscriber);
  row["publisher_count"] = count_of(topic, Role::publisher);
  row["role"] = role_of(topic, node.self);
  row["extra_count"] = load.needed.size() - topic.members.size();
  row["extra_count_max"] = extra_count_max(node.policy, topic.members.size());
  row["published_messages"] = topic.published;
  row["delivered_messages"] = topic.delivered;
  row["filtered_messages"] = topic.filtered;
  return row;
}

Json own_part_json(const OwnPartFacts& here, Json role) {
  return {{"role", std::move(role)},
          {"state", to_string(here.state)},
          {"has_state", here.has_state},
          {"unsent_messages", here.unsent},
          {"unacknowledged_messages", here.unacknowledged},
          {"unhandled_messages", here.unhandled},
          {"pending_change_count", here.pending_changes},
          {"waits_for", names_of(here.waits_for)}};
}

// Who is in the topic's group and not in the topic: because another topic there needs it, or (idle) for no topic.
void add_extras(Json& object, const TopicDetail& detail, const GroupLoad& load, const MapperPolicy& policy) {
  std::vector<NodeId> extra;
  std::vector<NodeId> idle;
  for (const NodeId& node : detail.group.members) {
    if (is_member(detail.topic, node)) continue;
    (load.needed.contains(node) ? extra : idle).push_back(node);
  }
  object["extra_count"] = extra.size();
  object["extra_count_max"] = extra_count_max(policy, detail.topic.members.size());
  object["extra_nodes"] = names_of(extra);
  object["idle_nodes"] = names_of(idle);
}

Json detail_json(const TopicDetail& detail, const GroupLoad& load, const NodeFacts& node, const std::string& domain) {
  const TopicFacts& topic = detail.topic;
  Json object = Json::object();
  add_bytes(object, "topic", topic.name);
  object["id"] = hex(topic.id.value);
  object["members"] = Json::array();
  for (const LightMember& member : topic.members) {
    object["members"].push_back({{"node", to_string(member.node)}, {"role", to_string(member.role)}});
  }
  object["group"] = group_json(detail.group, load.topics.size(), domain);
  object["reason"] = words_of(topic.why).code;
  object["reason_words"] = words_of(topic.why).words;
  add_extras(object, detail, load, node.policy);
  object["order"] = "fifo";  // The only one that topics have.
  object["published_messages"] = topic.published;
  object["delivered_messages"] = topic.delivered;
  object["filtered_messages"] = topic.filtered;
  object["here"] = detail.here ? own_part_json(*detail.here, role_of(topic, node.self)) : Json(nullptr);
  return object;
}

Json flight_row(const FlightEntry& entry) {
  const bool is_event = entry.kind == FlightEntry::Kind::event;
  const bool to_group = entry.kind == FlightEntry::Kind::sent && entry.peer.multicast;
  const bool has_group = !is_event && entry.peer.multicast;
  return {{"at_ns", entry.at.time_since_epoch().count()},
          {"kind", name_of(entry.kind)},
          {"peer", is_event || to_group ? Json(nullptr) : Json(to_string(entry.peer.endpoint))},
          {"group", has_group ? Json(hex(entry.peer.group.value)) : Json(nullptr)},
          {"by_multicast", is_event ? Json(nullptr) : Json(entry.peer.multicast)},
          {"bytes", is_event ? Json(nullptr) : Json(entry.bytes)},
          {"text", entry.text}};
}

Json error_json(std::string_view code, std::string_view message) {
  return {{"error", {{"code", code}, {"message", message}}}};
}

std::string text_of(const Json& answer) { return answer.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Collects the answer to one question.
class Survey {
 public:
  Survey(FactsSource& source, const std::string& domain, std::uint32_t process_id)
      : source_(source), domain_(domain), process_id_(process_id) {}

  Result<Json> answer(const Question& question) {
    auto node = source_.node();
    if (!node) return node.error();
    node_ = std::move(node).value();
    if (question.kind == Question::Kind::flight) return flight();
    auto topics = all_pages<TopicFacts>([this](std::optional<std::uint64_t> from) { return source_.topics(from); });
    if (!topics) return topics.error();
    topics_ = std::move(topics).value();
    sort(topics_);
    loads_ = loads_of(topics_);
    switch (question.kind) {
      case Question::Kind::groups: return groups();
      case Question::Kind::topics: return topics_answer();
      case Question::Kind::topic:
      case Question::Kind::flight: break;
    }
    return topic(question.topic);
  }

 private:
  [[nodiscard]] Json head() const { return {{"node", node_json(node_, domain_, process_id_)}}; }

  Result<Json> groups() {
    const auto groups =
        all_pages<HeavyFacts>([this](std::optional<std::uint64_t> from) { return source_.groups(from); });
    if (!groups) return groups.error();
    Json answer = head();
    answer["groups"] = Json::array();
    for (const HeavyFacts& group : *groups) {
      const GroupLoad& load = loads_[group.id];
      Json object = group_json(group, load.topics.size(), domain_);
      object["topics"] = Json::array();
      for (const TopicFacts* topic : load.topics) {
        Json named = Json::object();
        add_bytes(named, "topic", topic->name);
        object["topics"].push_back(std::move(named));
      }
      answer["groups"].push_back(std::move(object));
    }
    return answer;
  }

  Result<Json> flight() {
    const auto entries = source_.flight();
    if (!entries) return entries.error();
    Json answer = head();
    answer["flight"] = Json::array();
    for (const FlightEntry& entry : *entries) answer["flight"].push_back(flight_row(entry));
    return answer;
  }

  Result<Json> topics_answer() {
    Json answer = head();
    answer["topics"] = Json::array();
    for (const TopicFacts& topic : topics_) answer["topics"].push_back(topic_row(topic, loads_[topic.heavy], node_));
    return answer;
  }

  Result<Json> topic(const std::string& name) {
    const auto detail = source_.topic(name);
    if (!detail) return detail.error();
    if (!detail->has_value()) return unknown(name);
    Json answer = head();
    answer.update(detail_json(**detail, loads_[(*detail)->group.id], node_, domain_));
    return answer;
  }

  [[nodiscard]] Json unknown(const std::string& name) const {
    if (!node_.has_directory) return error_json("no_directory", "the node is still joining: ask again in a moment");
    const std::string shown = is_utf8(name) ? name : base64(name) + " (base64)";
    return error_json("unknown_topic", "nobody in the domain is in a topic '" + shown +
                                           "': it exists from the first subscriber or publisher on");
  }

  FactsSource& source_;
  const std::string& domain_;
  std::uint32_t process_id_;
  NodeFacts node_;
  std::vector<TopicFacts> topics_;
  GroupLoads loads_;  // points into topics_
};

}  // namespace

std::string Answers::to(std::string_view line) {
  const std::optional<Question> question = parse_question(line);
  if (!question) return error_answer("bad_question", "questions are: groups, topics, topic NAME, flight");
  const auto answer = Survey(source_, domain_, process_id_).answer(*question);
  return answer ? text_of(*answer) : error_answer("closed", answer.error().message);
}

std::string error_answer(std::string_view code, std::string_view message) { return text_of(error_json(code, message)); }

}  // namespace hawser
