// What a store has, as `hawser store` prints it.
#pragma once

#include <string>
#include <vector>

#include "hawser/store.hpp"

namespace hawser::cli {

/// A line of titles, a line for each topic, and the totals.
[[nodiscard]] std::string stored_topics_text(const std::vector<StoredTopicFacts>& topics);
/// One object on one line: {"topics":[{"topic":…,"order":…,"durability":…,"history_messages":…,"values":…,"history":…,
/// "bytes":…,"publishers":…}]}; what a topic was told is null where a later version wrote it.
[[nodiscard]] std::string stored_topics_json(const std::vector<StoredTopicFacts>& topics);
/// "3 topics, 12 messages, 456 bytes", and a line end.
[[nodiscard]] std::string totals_text(const std::vector<StoredTopicFacts>& topics);

}  // namespace hawser::cli
