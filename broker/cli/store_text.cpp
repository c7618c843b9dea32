#include "broker/cli/store_text.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "broker/cli/table.hpp"
#include "hawser/text.hpp"

namespace hawser::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string counted(std::uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::vector<std::string> row_of(const StoredTopicFacts& topic) {
  const bool known = topic.options.has_value();
  return {for_terminal(topic.topic),
          known ? std::string{to_string(topic.options->order)} : "?",
          known ? std::string{to_string(topic.options->durability)} : "?",
          std::to_string(topic.values),
          std::to_string(topic.history),
          std::to_string(topic.bytes),
          std::to_string(topic.publishers)};
}

Json json_of(const StoredTopicFacts& topic) {
  Json json;
  const JsonField name = json_field("topic", topic.topic);
  json[name.name] = name.text;
  const bool known = topic.options.has_value();
  json["order"] = known ? Json(to_string(topic.options->order)) : Json(nullptr);
  json["durability"] = known ? Json(to_string(topic.options->durability)) : Json(nullptr);
  json["history_messages"] = known ? Json(topic.options->history.messages) : Json(nullptr);
  json["values"] = topic.values;
  json["history"] = topic.history;
  json["bytes"] = topic.bytes;
  json["publishers"] = topic.publishers;
  return json;
}

}  // namespace

std::string stored_topics_text(const std::vector<StoredTopicFacts>& topics) {
  const std::vector<Column> columns{{"TOPIC"},         {"ORDER"},       {"DURABILITY"},      {"VALUES", true},
                                    {"HISTORY", true}, {"BYTES", true}, {"PUBLISHERS", true}};
  std::vector<std::vector<std::string>> rows;
  for (const StoredTopicFacts& topic : topics) rows.push_back(row_of(topic));
  std::string text;
  for (const std::string& line : table_lines(columns, rows)) text += line + "\n";
  return text + totals_text(topics);
}

std::string stored_topics_json(const std::vector<StoredTopicFacts>& topics) {
  Json list = Json::array();
  for (const StoredTopicFacts& topic : topics) list.push_back(json_of(topic));
  return Json{{"topics", std::move(list)}}.dump() + "\n";
}

std::string totals_text(const std::vector<StoredTopicFacts>& topics) {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  for (const StoredTopicFacts& topic : topics) {
    messages += topic.values + topic.history;
    bytes += topic.bytes;
  }
  return counted(topics.size(), "topic") + ", " + counted(messages, "message") + ", " + counted(bytes, "byte") + "\n";
}

}  // namespace hawser::cli
