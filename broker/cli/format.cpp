#include "broker/cli/format.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "hawser/text.hpp"

namespace hawser::cli {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no place for bytes that are no text: they go under another name, as base64.
void add_bytes(Json& object, const std::string& name, std::string_view bytes) {
  JsonField field = json_field(name, bytes);
  object[field.name] = std::move(field.text);
}

}  // namespace

std::string json_line(const Message& message) {
  Json object = {{"type", "message"}};
  add_bytes(object, "topic", message.topic);
  if (!message.key.empty()) add_bytes(object, "key", message.key);
  object["publisher"] = message.publisher;
  object["number"] = message.number;
  object["retained"] = message.retained;
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(message.time.time_since_epoch());
  if (time.count() > 0) object["time_ms"] = time.count();
  add_bytes(object, "payload", message.text());
  return object.dump() + '\n';
}

std::string json_line(const Synced& synced) {
  Json object = {{"type", "synced"}};
  add_bytes(object, "topic", synced.topic);
  object["retained_messages"] = synced.retained_messages;
  object["received_messages"] = synced.received_messages;
  object["state_lost"] = synced.state_lost;
  return object.dump() + '\n';
}

std::string json_line(const Gap& gap) {
  Json object = {{"type", "gap"}};
  add_bytes(object, "topic", gap.topic);
  object["cause"] = to_string(gap.cause);
  object["messages"] = gap.messages;
  if (!gap.publisher.empty()) object["publisher"] = gap.publisher;
  if (gap.last > 0) {
    object["first"] = gap.first;
    object["last"] = gap.last;
  }
  return object.dump() + '\n';
}

std::string json_line(const Watching& watching) {
  Json object = {{"type", "watching"}};
  add_bytes(object, "pattern", watching.pattern);
  return object.dump() + '\n';
}

std::string published_json_line(std::string_view topic, std::string_view key, std::uint64_t number, std::size_t bytes) {
  Json object = Json::object();
  add_bytes(object, "topic", topic);
  if (!key.empty()) add_bytes(object, "key", key);
  object["number"] = number;
  object["bytes"] = bytes;
  return object.dump() + '\n';
}

std::string text_line(const Message& message, bool with_topic, bool to_terminal) {
  std::string line;
  if (with_topic) line.append(message.topic).append("\t");
  line.append(message.text());
  if (to_terminal) line = for_terminal(line);
  return line + '\n';
}

std::string gap_words(const Gap& gap) {
  const std::string count = gap.messages == 0 ? "an unknown number of" : std::to_string(gap.messages);
  return "gap on " + std::string(gap.topic) + ": " + count + " messages will not come (" +
         std::string(to_string(gap.cause)) + ")";
}

}  // namespace hawser::cli
