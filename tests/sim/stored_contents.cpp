#include "tests/sim/stored_contents.hpp"

#include <map>
#include <utility>

#include "pubsub-api/src/session/store_layout.hpp"
#include "transport/core/check.hpp"

namespace hawser::sim {
namespace {

using Stamps = std::map<std::string, std::pair<std::uint64_t, NodeId>>;

Stamps stamps_in(const std::vector<StoreRecord>& records) {
  Stamps stamps;
  contents_of(records, kUnbounded).values.for_each([&](const RetainedMessage& message) {
    stamps[std::string{message.key}] = {message.lamport, message.publisher};
  });
  return stamps;
}

}  // namespace

std::vector<StoreRecord> records_of(const TopicDisk& disk, std::string_view topic) {
  return disk.read({{{std::string{topic}, topic_range(topic)}}}).front().records;
}

TopicContents contents_of(const std::vector<StoreRecord>& records, const History& bounds) {
  TopicContents contents;
  contents.log.set_bounds(bounds);
  const bool sound = for_each_item(records, [&](StateItem& item) {
    if (const auto* floor = std::get_if<StateLogFloor>(&item)) {
      contents.log.raise_floor({floor->time, floor->lamport, floor->publisher, floor->newest});
    } else if (auto* message = std::get_if<RetainedMessage>(&item)) {
      message->ordered = message->ordered || !message->logged;
      contents.keep(*message);
    }
  });
  HAWSER_CHECK(sound);
  return contents;
}

std::optional<std::string> forgotten_key(const std::vector<StoreRecord>& found, const std::vector<StoreRecord>& now) {
  const Stamps stamps = stamps_in(now);
  for (const auto& [key, stamp] : stamps_in(found)) {
    const auto at = stamps.find(key);
    if (at == stamps.end() || at->second < stamp) return key;
  }
  return std::nullopt;
}

}  // namespace hawser::sim
