#include "pubsub-api/src/inspection/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/unit/made_up_node.hpp"
#include "transport/io/multicast_address.hpp"

namespace hawser {
namespace {

using nlohmann::json;
using test::MadeUpNode;
using test::node_number;
using testing::IsEmpty;

struct InspectionAnswers : testing::Test {
  json ask(const std::string& question) { return json::parse(Answers(node, "staging", 4242).to(question)); }

  MadeUpNode node;
};

// ---- The fields ----

/// "groups[].members[]" for each value in it that is no object or array.
void collect_fields(const json& value, const std::string& path, std::set<std::string>& fields) {
  if (value.is_object()) {
    for (const auto& [name, part] : value.items()) {
      collect_fields(part, path.empty() ? name : path + "." + name, fields);
    }
  } else if (value.is_array()) {
    for (const json& part : value) collect_fields(part, path + "[]", fields);
  } else {
    fields.insert(path);
  }
}

std::set<std::string> fields_of(const json& answer) {
  std::set<std::string> fields;
  collect_fields(answer, "", fields);
  return fields;
}

/// By section of INSPECTION.md: the first cells of its tables, as far as they are one name in backquotes.
std::map<std::string, std::set<std::string>> documented_fields() {
  std::ifstream file(HAWSER_SOURCE_DIR "/broker/INSPECTION.md");
  std::map<std::string, std::set<std::string>> fields;
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("### ")) section = line.substr(4);
    if (!line.starts_with("| `")) continue;
    fields[section].insert(line.substr(3, line.find('`', 3) - 3));
  }
  return fields;
}

TEST_F(InspectionAnswers, HaveTheDocumentedFieldsAndNoOthers) {
  node.all_topics[0].members.pop_back();  // Now the third node is an extra, and no list is empty.
  auto documented = documented_fields();
  for (const std::string section : {"groups", "topics", "topic", "flight"}) {
    std::set<std::string> expected = documented.at("Every answer");
    expected.merge(std::set(documented.at(section)));
    EXPECT_EQ(fields_of(ask(section == "topic" ? "topic prices.oak" : section)), expected) << section;
  }
  EXPECT_EQ(fields_of(ask("nonsense")), documented.at("Errors"));
}

TEST_F(InspectionAnswers, HaveTheDocumentedReasons) {
  std::set<std::string> reasons;
  for (int reason = 0; reason <= static_cast<int>(PlacementReason::only_group); ++reason) {
    node.all_topics[0].why = static_cast<PlacementReason>(reason);
    const json answer = ask("topic prices.oak");
    reasons.insert(answer["reason"]);
    EXPECT_FALSE(answer["reason_words"].get<std::string>().empty());
  }
  EXPECT_EQ(reasons, documented_fields().at("Reasons"));
}

// ---- What they say ----

TEST_F(InspectionAnswers, AboutGroupsTellAddressMembersAndTopics) {
  const json answer = ask("groups");
  EXPECT_EQ(answer["node"]["name"], to_string(node_number(1)));
  EXPECT_EQ(answer["node"]["process_id"], 4242);
  EXPECT_EQ(answer["node"]["domain"], "staging");
  EXPECT_EQ(answer["node"]["control_view"], "7.9f02c1d4");
  ASSERT_EQ(answer["groups"].size(), 2U);
  EXPECT_TRUE(answer["groups"][0]["is_control"]);
  EXPECT_THAT(answer["groups"][0]["topics"], IsEmpty());
  EXPECT_TRUE(answer["groups"][0]["here"]["filtered_share"].is_null());

  const json& group = answer["groups"][1];
  EXPECT_EQ(group["id"], "00000000000003e8");
  const Endpoint endpoint = group_endpoint("staging", GroupId{0x3e8});
  EXPECT_EQ(group["address"].get<std::string>() + ":" + std::to_string(group["port"].get<int>()), to_string(endpoint));
  EXPECT_EQ(group["members"].size(), 4U);
  EXPECT_EQ(group["topics"], json::parse(R"([{"topic":"other"},{"topic":"prices.oak"}])"));
  EXPECT_EQ(group["here"]["filtered_share"], 0.125);
}

TEST_F(InspectionAnswers, AboutTheFlightTellWhatItRecorded) {
  const json flight = ask("flight")["flight"];
  ASSERT_EQ(flight.size(), 3U);
  EXPECT_EQ(flight[0], json::parse(R"({"at_ns":1000000000,"kind":"received","peer":"127.0.0.1:40002","group":null,
                                       "by_multicast":false,"bytes":73,"text":"heartbeat, hears 2"})"));
  EXPECT_EQ(flight[1]["group"], "00000000000003e8");
  EXPECT_TRUE(flight[1]["peer"].is_null());
  EXPECT_EQ(flight[2]["kind"], "event");
  EXPECT_TRUE(flight[2]["bytes"].is_null());
}

TEST_F(InspectionAnswers, AboutTopicsAreByNameAndCountExtras) {
  const json answer = ask("topics");
  ASSERT_EQ(answer["topics"].size(), 2U);
  const json& other = answer["topics"][0];
  EXPECT_EQ(other["topic"], "other");
  EXPECT_TRUE(other["role"].is_null());
  EXPECT_EQ(other["extra_count"], 2);      // The first two; the fourth is needed by nobody.
  EXPECT_EQ(other["extra_count_max"], 2);  // min(5, 2 · 1)
  const json& oak = answer["topics"][1];
  EXPECT_EQ(oak["role"], "subscriber");
  EXPECT_EQ(oak["subscriber_count"], 2);
  EXPECT_EQ(oak["publisher_count"], 1);
  EXPECT_EQ(oak["extra_count"], 0);
}

TEST_F(InspectionAnswers, AboutATopicNameExtrasAndThoseWhoAreIdle) {
  const json other = ask("topic other");
  EXPECT_EQ(other["extra_nodes"], json({to_string(node_number(1)), to_string(node_number(2))}));
  EXPECT_EQ(other["idle_nodes"], json::array({to_string(node_number(4))}));
  EXPECT_TRUE(other["here"].is_null());
  EXPECT_EQ(other["filtered_messages"], 25);
}

TEST_F(InspectionAnswers, AboutATopicTellTheNodesOwnPart) {
  const json oak = ask("topic prices.oak");
  EXPECT_EQ(oak["members"][2], json({{"node", to_string(node_number(3))}, {"role", "publisher"}}));
  EXPECT_EQ(oak["group"]["topic_count"], 2);
  EXPECT_EQ(oak["here"], json({{"role", "subscriber"},
                               {"state", "member"},
                               {"has_state", true},
                               {"unsent_messages", 4},
                               {"unacknowledged_messages", 1},
                               {"unhandled_messages", 30},
                               {"pending_change_count", 2},
                               {"waits_for", {to_string(node_number(2))}}}));
}

TEST_F(InspectionAnswers, HaveNoBoundOnExtrasWhereThePolicyHasNone) {
  node.facts.policy.kind = MapperPolicy::Kind::single;
  EXPECT_TRUE(ask("topics")["topics"][0]["extra_count_max"].is_null());
  EXPECT_TRUE(ask("topic other")["extra_count_max"].is_null());
}

TEST_F(InspectionAnswers, CollectAllPages) {
  ask("groups");
  EXPECT_EQ(node.pages, 4U);
}

TEST_F(InspectionAnswers, TellNamesThatAreNoTextAsBase64) {
  node.all_topics[0].name = "\xff\xfe";
  EXPECT_EQ(ask("topics")["topics"][1]["topic_base64"], "//4=");
  EXPECT_EQ(ask("groups")["groups"][1]["topics"][1]["topic_base64"], "//4=");
  EXPECT_EQ(ask("topic %FF%FE")["topic_base64"], "//4=");
  EXPECT_EQ(json::parse(Answers(node, "\xff", 1).to("topics"))["node"]["domain_base64"], "/w==");
}

// ---- Errors ----

TEST_F(InspectionAnswers, SayWhatIsWrong) {
  EXPECT_EQ(ask("who is there")["error"]["code"], "bad_question");
  EXPECT_EQ(ask("")["error"]["code"], "bad_question");
  EXPECT_EQ(ask("topic nobody.knows")["error"]["code"], "unknown_topic");
  EXPECT_EQ(ask("topic %FF")["error"]["code"], "unknown_topic");
  node.facts.has_directory = false;
  EXPECT_EQ(ask("topic nobody.knows")["error"]["code"], "no_directory");
  node.has_left = true;
  for (const char* question : {"groups", "topics", "topic prices.oak"}) {
    EXPECT_EQ(ask(question)["error"]["code"], "closed") << question;
  }
}

}  // namespace
}  // namespace hawser
