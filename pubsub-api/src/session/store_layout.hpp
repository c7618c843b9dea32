// How a topic lies in a store: one record for what concerns all of it, one for each message of its history, and one for
// each last value that its history does not have.
//
//   key:   length of the topic's name (2 bytes, big-endian), the name, the kind (1 byte), and
//          head     nothing more
//          logged   place, time, lamport, incarnation of the publisher (8 bytes each, big-endian): the history's order
//          value    the message's key
//   value: head     version (1 byte), the topic's configuration (length as a varint, bytes), then state items
//          else     one state item, as it travels to a newcomer (topic_message.hpp)
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/configuration.hpp"
#include "pubsub-api/src/session/store_requests.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"

namespace hawser {

enum class StoreKind : std::uint8_t { head = 1, logged = 2, value = 3 };

/// All of the topic's keys, and no others.
[[nodiscard]] StoreRange topic_range(std::string_view topic);
/// Those of its history up to this message.
[[nodiscard]] StoreRange logged_range_to(std::string_view topic, const RetainedMessage& last);
[[nodiscard]] std::string head_key(std::string_view topic);
[[nodiscard]] std::string logged_key(std::string_view topic, const RetainedMessage& message);
[[nodiscard]] std::string value_key(std::string_view topic, std::string_view key);
[[nodiscard]] StoreRecord head_record(std::string_view topic, const Configuration& configuration,
                                      const TopicContents& contents, std::uint64_t lamport);
/// Of the kind that the message is: `logged` or not.
[[nodiscard]] StoreRecord message_record(std::string_view topic, const RetainedMessage& message);
/// The whole topic. `configuration` is what it was told, `lamport` its logical clock at this node.
[[nodiscard]] std::vector<StoreRecord> records_of(std::string_view topic, const Configuration& configuration,
                                                  const TopicContents& contents, std::uint64_t lamport);

/// Calls `visit` for all that lies in these records of one topic, in an order in which it can be put together again.
/// Views point into the records. False where one of them makes no sense.
bool for_each_item(const std::vector<StoreRecord>& records, const std::function<void(StateItem&)>& visit);
/// What the topic was told when these were written; nothing where there is no head that makes sense.
[[nodiscard]] std::optional<Configuration> stored_configuration(const std::vector<StoreRecord>& records);

/// A record's key taken apart; nothing where it is none of ours. Views point into the key.
struct StoreKey {
  std::string_view topic;
  StoreKind kind = StoreKind::head;
  std::uint64_t place = 0;  ///< of a logged one
};
[[nodiscard]] std::optional<StoreKey> parse_store_key(std::string_view key);

/// A head record's value taken apart.
struct StoreHead {
  Configuration configuration;
  ByteView items;  ///< points into the value
};
[[nodiscard]] std::optional<StoreHead> parse_head(std::string_view value);

}  // namespace hawser
