#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "hawser/store.hpp"
#include "pubsub-api/src/session/store_layout.hpp"
#include "pubsub-api/src/session/topic_options.hpp"
#include "pubsub-api/src/store/topic_database.hpp"

namespace hawser {
namespace {

// Takes records in the order of their keys: a topic's stand together.
class FactsOfTopics {
 public:
  /// False where the record makes no sense.
  bool add(std::string_view key, std::string_view value) {
    const auto parsed = parse_store_key(key);
    if (!parsed) return false;
    if (topics_.empty() || topics_.back().topic != parsed->topic) {
      topics_.push_back({.topic = std::string{parsed->topic}});
    }
    StoredTopicFacts& topic = topics_.back();
    topic.bytes += key.size() + value.size();
    if (parsed->kind == StoreKind::logged) ++topic.history;
    if (parsed->kind == StoreKind::value) ++topic.values;
    const bool is_sound = for_each_item({{std::string{key}, std::string{value}}}, [&](StateItem& item) {
      if (std::holds_alternative<StatePosition>(item)) ++topic.publishers;
    });
    if (parsed->kind != StoreKind::head) return is_sound;
    const auto head = parse_head(value);
    if (head) topic.options = options_of(head->configuration);
    return is_sound && head;
  }

  std::vector<StoredTopicFacts> take() { return std::move(topics_); }

 private:
  std::vector<StoredTopicFacts> topics_;
};

Result<std::vector<StoredTopicFacts>> facts_of(const TopicDatabase& database, const std::string& folder) {
  FactsOfTopics facts;
  bool is_sound = true;
  const Status read = database.for_each([&](std::string_view key, std::string_view value) {
    is_sound = facts.add(key, value);
    return is_sound;
  });
  if (!read) return read.error();
  std::vector<StoredTopicFacts> topics = facts.take();
  if (is_sound) {
    std::sort(topics.begin(), topics.end(), [](const auto& a, const auto& b) { return a.topic < b.topic; });
    return topics;
  }
  return Error{Errc::bad_data,
               "the store '" + folder + "' has a record that makes no sense" +
                   (topics.empty() ? std::string{} : ", of or after topic '" + topics.back().topic + "'")};
}

// RocksDB would speak of a file that the user has never heard of.
std::optional<Error> refuse_missing(const std::string& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    return Error{Errc::system, "there is no folder '" + folder + "'"};
  if (std::filesystem::exists(std::filesystem::path{folder} / "CURRENT", ignored)) return std::nullopt;
  return Error{Errc::bad_data, "'" + folder + "' is no store of Hawser's: it has no database in it"};
}

Result<std::unique_ptr<TopicDatabase>> open_there(const std::string& folder, TopicDatabase::Mode mode) {
  if (const auto missing = refuse_missing(folder)) return *missing;
  return TopicDatabase::open(folder, mode);
}

}  // namespace

Result<std::vector<StoredTopicFacts>> inspect_store(const std::string& folder) {
  const auto database = open_there(folder, TopicDatabase::Mode::read);
  if (!database) return database.error();
  return facts_of(**database, folder);
}

Result<std::vector<StoredTopicFacts>> verify_store(const std::string& folder) {
  const auto database = open_there(folder, TopicDatabase::Mode::read);
  if (!database) return database.error();
  if (const Status sound = (*database)->verify(); !sound) return sound.error();
  return facts_of(**database, folder);
}

Status back_up_store(const std::string& folder, const std::string& copy) {
  // Read first: opening to write would make a store of any empty folder.
  if (const auto there = open_there(folder, TopicDatabase::Mode::read); !there) return there.error();
  const auto database = open_there(folder, TopicDatabase::Mode::write);
  if (!database) return database.error();
  return (*database)->backup(copy);
}

}  // namespace hawser
