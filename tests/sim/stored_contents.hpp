// What lies in a store, as a node would find it that is the first of the topic.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hawser/topic.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"
#include "tests/sim/topic_disk.hpp"

namespace hawser::sim {

[[nodiscard]] std::vector<StoreRecord> records_of(const TopicDisk& disk, std::string_view topic);
/// Fails where a record makes no sense.
[[nodiscard]] TopicContents contents_of(const std::vector<StoreRecord>& records, const History& bounds);
/// The key of a message in `found` that is not in `now`, nor any with a higher stamp for its key. Where messages came
/// in total order, the last word is not the one with the highest stamp.
[[nodiscard]] std::optional<std::string> forgotten_key(const std::vector<StoreRecord>& found,
                                                       const std::vector<StoreRecord>& now);

}  // namespace hawser::sim
