#include "broker/cli/inspect_text.hpp"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "broker/cli/table.hpp"
#include "hawser/text.hpp"

namespace hawser::cli {
namespace {

using Json = nlohmann::json;
using Lines = std::vector<std::string>;

// ---- Cells ----

/// A cell stays on its line: for_terminal() lets tabs and line ends pass.
std::string text_of(const Json& value) {
  if (value.is_null()) return "-";
  std::string text;
  for (const char byte : for_terminal(value.is_string() ? value.get<std::string>() : value.dump())) {
    if (byte == '\n') text += "\\x0a";
    if (byte == '\t') text += "\\x09";
    if (byte != '\n' && byte != '\t') text += byte;
  }
  return text;
}

/// A name of any bytes: see json_field().
std::string name_of(const Json& object, const std::string& field) {
  if (object.contains(field)) return text_of(object.at(field));
  return "base64:" + text_of(object.at(field + "_base64"));
}

std::string percent(const Json& share) {
  if (share.is_null()) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %%", 100 * share.get<double>());
  return text.data();
}

/// "127.0.0.1:40001#9f02…" without the incarnation, which tells two runs of a process apart; `self` with a star.
std::string short_name(const Json& node, const Json& self) {
  const std::string name = text_of(node);
  return name.substr(0, name.find('#')) + (node == self ? "*" : "");
}

Lines short_names(const Json& nodes, const Json& self) {
  Lines names;
  for (const Json& node : nodes) names.push_back(short_name(node, self));
  return names;
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string counted_topics(const Json& count) { return counted(count.get<std::uint64_t>(), "topic", "topics"); }

std::string group_name(const Json& group) {
  return group.at("is_control").get<bool>() ? "control" : text_of(group.at("id"));
}

/// A field of a group's `here`, which is null where the node is not in it.
Json here_or_null(const Json& group, const char* field) {
  const Json& here = group.at("here");
  return here.is_null() ? Json(nullptr) : here.at(field);
}

std::string headline(const Json& node) {
  return "node " + short_name(node.at("name"), node.at("name")) + " (process " + text_of(node.at("process_id")) +
         ", domain " + name_of(node, "domain") + ") in " +
         (node.at("is_primary").get<bool>() ? "primary view " : "view ") + text_of(node.at("control_view")) + " of " +
         counted(node.at("node_count").get<std::uint64_t>(), "node", "nodes") + ": " +
         counted(node.at("group_count").get<std::uint64_t>(), "group", "groups") + ", " +
         counted_topics(node.at("topic_count")) +
         (node.at("has_directory").get<bool>() ? "" : " (it is still joining: the rest is not known yet)");
}

// ---- groups ----

Lines group_cells(const Json& group) {
  const bool is_control = group.at("is_control").get<bool>();
  return {group_name(group),
          text_of(group.at("address")) + ":" + text_of(group.at("port")),
          std::to_string(group.at("members").size()),
          is_control ? "-" : text_of(group.at("topic_count")),
          is_control ? "-" : text_of(here_or_null(group, "received_messages")),
          percent(here_or_null(group, "filtered_share")),
          text_of(here_or_null(group, "unacknowledged_messages")),
          text_of(here_or_null(group, "view"))};
}

Lines groups_lines(const Json& answer, std::size_t width) {
  constexpr std::string_view kIndent = "  ";
  const Json& self = answer.at("node").at("name");
  std::vector<Lines> rows;
  for (const Json& group : answer.at("groups")) rows.push_back(group_cells(group));
  const Lines table = table_lines({{"GROUP"},
                                   {"ADDRESS"},
                                   {"MEMBERS", true},
                                   {"TOPICS", true},
                                   {"RECEIVED", true},
                                   {"FILTERED", true},
                                   {"UNACKED", true},
                                   {"VIEW"}},
                                  rows);
  Lines lines{headline(answer.at("node")), "", table.front()};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Json& group = answer.at("groups").at(i);
    const auto add_list = [&](const Lines& items) {
      if (!items.empty()) lines.push_back(std::string{kIndent} + joined_within(items, width - kIndent.size()));
    };
    lines.push_back(table[i + 1]);
    add_list(short_names(group.at("members"), self));
    Lines topics;
    for (const Json& topic : group.at("topics")) topics.push_back(name_of(topic, "topic"));
    add_list(topics);
  }
  return lines;
}

// ---- topics ----

std::string extras_of(const Json& object) {
  const Json& max = object.at("extra_count_max");
  return text_of(object.at("extra_count")) + (max.is_null() ? "" : " of " + text_of(max));
}

Lines topics_lines(const Json& answer) {
  std::vector<Lines> rows;
  for (const Json& topic : answer.at("topics")) {
    rows.push_back({name_of(topic, "topic"), text_of(topic.at("group")), text_of(topic.at("subscriber_count")),
                    text_of(topic.at("publisher_count")), extras_of(topic), text_of(topic.at("role")),
                    text_of(topic.at("published_messages")), text_of(topic.at("delivered_messages")),
                    text_of(topic.at("filtered_messages"))});
  }
  Lines lines{headline(answer.at("node")), ""};
  const Lines table = table_lines({{"TOPIC"},
                                   {"GROUP"},
                                   {"SUBSCRIBERS", true},
                                   {"PUBLISHERS", true},
                                   {"EXTRAS", true},
                                   {"HERE"},
                                   {"PUBLISHED", true},
                                   {"DELIVERED", true},
                                   {"FILTERED", true}},
                                  rows);
  lines.insert(lines.end(), table.begin(), table.end());
  return lines;
}

// ---- explain ----

/// Lines that begin with a label, aligned.
class Labelled {
 public:
  explicit Labelled(std::size_t width) : width_(width) {}

  void add(const std::string& label, const std::string& text) {
    std::string line = "  " + label;
    line.resize(kLabelWidth, ' ');
    lines_.push_back(line + text);
  }
  void add_list(const std::string& label, const Lines& items) {
    if (!items.empty()) add(label, joined_within(items, width_ - kLabelWidth));
  }
  [[nodiscard]] const Lines& lines() const { return lines_; }

 private:
  static constexpr std::size_t kLabelWidth = 14;
  std::size_t width_;
  Lines lines_;
};

void add_members(Labelled& text, const Json& topic, const Json& self) {
  std::string label = "members";
  for (const Json& member : topic.at("members")) {
    text.add(std::exchange(label, ""), short_name(member.at("node"), self) + "  " + text_of(member.at("role")));
  }
}

void add_placement(Labelled& text, const Json& topic, const Json& self) {
  const Json& group = topic.at("group");
  text.add("rides on", "group " + group_name(group) + " at " + text_of(group.at("address")) + ":" +
                           text_of(group.at("port")) + ", which carries " + counted_topics(group.at("topic_count")));
  text.add_list("", short_names(group.at("members"), self));
  text.add("because",
           "when it was put there, " + text_of(topic.at("reason_words")) + " (" + text_of(topic.at("reason")) + ")");
  text.add("extras", extras_of(topic) + ": members of the group that only other topics there need");
  text.add_list("", short_names(topic.at("extra_nodes"), self));
  text.add_list("idle", short_names(topic.at("idle_nodes"), self));
  text.add("order", text_of(topic.at("order")));
}

void add_counts(Labelled& text, const Json& topic) {
  text.add("messages", text_of(topic.at("published_messages")) + " published, " +
                           text_of(topic.at("delivered_messages")) + " delivered, " +
                           text_of(topic.at("filtered_messages")) + " filtered, all of them here");
  const Json share = here_or_null(topic.at("group"), "filtered_share");
  if (!share.is_null()) text.add("", percent(share) + " of what comes on the group is filtered here");
}

void add_own_part(Labelled& text, const Json& here, const Json& self) {
  if (here.is_null()) return text.add("this node", "not in the topic");
  text.add("this node", text_of(here.at("role")) + ", " + text_of(here.at("state")) +
                            (here.at("has_state").get<bool>() ? ", has the state" : ", waits for the state"));
  text.add("lag", text_of(here.at("unsent_messages")) + " to be sent, " + text_of(here.at("unacknowledged_messages")) +
                      " not known to be at all members, " + text_of(here.at("unhandled_messages")) +
                      " waiting for handlers");
  const auto pending = here.at("pending_change_count").get<std::uint64_t>();
  text.add("changes", pending == 0 ? "none under way" : counted(pending, "change", "changes") + " under way");
  text.add_list("waits for", short_names(here.at("waits_for"), self));
}

Lines explain_lines(const Json& answer, std::size_t width) {
  const Json& self = answer.at("node").at("name");
  Labelled text(width);
  add_members(text, answer, self);
  add_placement(text, answer, self);
  add_counts(text, answer);
  add_own_part(text, answer.at("here"), self);
  Lines lines{headline(answer.at("node")), "", "topic " + name_of(answer, "topic")};
  lines.insert(lines.end(), text.lines().begin(), text.lines().end());
  return lines;
}

/// Seconds before the last entry.
std::string age(const Json& entry, const Json& last) {
  const auto nanoseconds = entry.at("at_ns").get<std::int64_t>() - last.at("at_ns").get<std::int64_t>();
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6f", static_cast<double>(nanoseconds) / 1e9);
  return text.data();
}

std::string whose(const Json& entry) {
  if (entry.at("group").is_null()) return text_of(entry.at("peer"));
  const std::string group = "group " + text_of(entry.at("group"));
  return entry.at("peer").is_null() ? group : text_of(entry.at("peer")) + " in " + group;
}

Lines flight_lines(const Json& answer) {
  const Json& entries = answer.at("flight");
  std::vector<Lines> rows;
  for (const Json& entry : entries) {
    rows.push_back({age(entry, entries.back()), text_of(entry.at("kind")), whose(entry), text_of(entry.at("bytes")),
                    text_of(entry.at("text"))});
  }
  Lines lines{headline(answer.at("node")), ""};
  for (std::string& line : table_lines({{"SECONDS", true}, {"WHAT"}, {"PEER"}, {"BYTES", true}, {"FRAMES"}}, rows)) {
    lines.push_back(std::move(line));
  }
  return lines;
}

Error unreadable() {
  return {Errc::bad_data, "the node answers as another version of hawser does: use --json, or that version's command"};
}

std::string words_of(const Json& error) {
  const bool has_words = error.is_object() && error.contains("message") && error.at("message").is_string();
  return has_words ? text_of(error.at("message")) : "the node reports an error without words";
}

Result<Json> parse(std::string_view answer) {
  Json object = Json::parse(answer, nullptr, false);
  if (!object.is_object()) return unreadable();
  if (!object.contains("error")) return object;
  return Error{Errc::system, words_of(object.at("error"))};
}

}  // namespace

Result<std::vector<std::string>> inspect_lines(InspectArguments::Question question, std::string_view answer,
                                               std::size_t width) try {
  const auto object = parse(answer);
  if (!object) return object.error();
  switch (question) {
    case InspectArguments::Question::groups: return groups_lines(*object, width);
    case InspectArguments::Question::topics: return topics_lines(*object);
    case InspectArguments::Question::flight: return flight_lines(*object);
    case InspectArguments::Question::explain: break;
  }
  return explain_lines(*object, width);
} catch (const Json::exception&) {  // A field is not there, or not what it should be.
  return unreadable();
}

Status check_answer(std::string_view answer) {
  const auto object = parse(answer);
  if (!object) return object.error();
  return Ok{};
}

}  // namespace hawser::cli
