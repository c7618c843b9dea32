// Copies facts out of a node. Each call does a bounded amount of work, since the node stands still meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pubsub-api/src/inspection/facts.hpp"
#include "pubsub-api/src/session/bus_node.hpp"

namespace hawser {

/// A page ends with the group or topic at which this many rows and members have been copied: some 0.1 ms of work.
inline constexpr std::size_t kPageEntriesMax = 256;

[[nodiscard]] NodeFacts take_node(BusNode& node);
[[nodiscard]] FactsPage<HeavyFacts> take_groups(BusNode& node, std::optional<std::uint64_t> from);
/// Without what only the application's side knows: `published` counts what the node has taken.
[[nodiscard]] FactsPage<TopicFacts> take_topics(BusNode& node, std::optional<std::uint64_t> from);
/// Likewise, and without `unhandled`. Nothing where the directory has no such topic.
[[nodiscard]] std::optional<TopicDetail> take_topic(BusNode& node, std::string_view name);

}  // namespace hawser
