#include "pubsub-api/src/session/store_layout.hpp"

#include <array>
#include <span>
#include <utility>

#include "transport/core/check.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kPlaceBytes = 4 * sizeof(std::uint64_t);

// Big-endian, so that keys are in the order of the numbers.
template <typename Number>
void append_number(std::string& to, Number number) {
  for (unsigned shift = 8 * sizeof number; shift > 0; shift -= 8) {
    to.push_back(static_cast<char>(number >> (shift - 8)));
  }
}

std::uint64_t read_number(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

std::string key_of(std::string_view topic, StoreKind kind) {
  HAWSER_CHECK(topic.size() <= UINT16_MAX);
  std::string key;
  append_number(key, static_cast<std::uint16_t>(topic.size()));
  key += topic;
  key.push_back(static_cast<char>(kind));
  return key;
}

std::string text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void append_item(std::string& to, const StateItem& item) {
  std::vector<std::byte> room(item_bytes_max(item));
  Writer writer{room};
  write_item(item, writer);
  to += text_of(writer.written());
}

}  // namespace

StoreRange topic_range(std::string_view topic) {
  return {key_of(topic, StoreKind::head), key_of(topic, StoreKind{static_cast<std::uint8_t>(StoreKind::value) + 1})};
}

StoreRange logged_range_to(std::string_view topic, const RetainedMessage& last) {
  return {key_of(topic, StoreKind::logged), logged_key(topic, last) += '\0'};
}

std::string head_key(std::string_view topic) { return key_of(topic, StoreKind::head); }

std::string logged_key(std::string_view topic, const RetainedMessage& message) {
  std::string key = key_of(topic, StoreKind::logged);
  for (const std::uint64_t number :
       {message.place, message.time, message.lamport, message.publisher.incarnation.value}) {
    append_number(key, number);
  }
  return key;
}

std::string value_key(std::string_view topic, std::string_view key) { return key_of(topic, StoreKind::value) += key; }

StoreRecord head_record(std::string_view topic, const Configuration& configuration, const TopicContents& contents,
                        std::uint64_t lamport) {
  std::string value;
  value.push_back(static_cast<char>(kVersion));
  std::array<std::byte, 2 + 1 + Configuration::kWordsBytesMax> room;
  Writer writer{room};
  writer.text(configuration.bytes());
  value += text_of(writer.written());
  append_item(value, StateClock{lamport, contents.positions.complete()});
  const TopicLog::Floor& floor = contents.log.floor();
  if (floor.newest > 0) append_item(value, StateLogFloor{floor.time, floor.lamport, floor.publisher, floor.newest});
  if (contents.last.number > 0) append_item(value, contents.last);
  for (const StatePosition& position : contents.positions.all()) append_item(value, position);
  for (const std::uint64_t id : contents.lineage.all()) append_item(value, StateLineage{id});
  for (const StatePosition& agreed : contents.agreed.all()) {
    append_item(value, StateBase{agreed.publisher, agreed.number});
  }
  return {head_key(topic), std::move(value)};
}

StoreRecord message_record(std::string_view topic, const RetainedMessage& message) {
  StoreRecord record{message.logged ? logged_key(topic, message) : value_key(topic, message.key), {}};
  append_item(record.value, message);
  return record;
}

std::vector<StoreRecord> records_of(std::string_view topic, const Configuration& configuration,
                                    const TopicContents& contents, std::uint64_t lamport) {
  std::vector<StoreRecord> records{head_record(topic, configuration, contents, lamport)};
  contents.log.for_each([&](const RetainedMessage& message) { records.push_back(message_record(topic, message)); });
  contents.values.for_each([&](const RetainedMessage& message) {
    if (!message.logged) records.push_back(message_record(topic, message));
  });
  return records;
}

bool for_each_item(const std::vector<StoreRecord>& records, const std::function<void(StateItem&)>& visit) {
  for (const StoreRecord& record : records) {
    const auto key = parse_store_key(record.key);
    if (!key) return false;
    const auto head = key->kind == StoreKind::head ? parse_head(record.value) : std::nullopt;
    if (key->kind == StoreKind::head && !head) return false;
    Reader from{head ? head->items : std::as_bytes(std::span{record.value})};
    while (auto item = read_item(from)) {
      if (auto* message = std::get_if<RetainedMessage>(&*item)) message->place = key->place;
      visit(*item);
    }
    if (!from.ok()) return false;
  }
  return true;
}

std::optional<Configuration> stored_configuration(const std::vector<StoreRecord>& records) {
  for (const StoreRecord& record : records) {
    const auto key = parse_store_key(record.key);
    if (!key || key->kind != StoreKind::head) continue;
    const auto head = parse_head(record.value);
    return head ? std::optional{head->configuration} : std::nullopt;
  }
  return std::nullopt;
}

std::optional<StoreKey> parse_store_key(std::string_view key) {
  if (key.size() < sizeof(std::uint16_t)) return std::nullopt;
  const std::uint64_t name_bytes = read_number(key.substr(0, sizeof(std::uint16_t)));
  key.remove_prefix(sizeof(std::uint16_t));
  if (key.size() <= name_bytes) return std::nullopt;
  StoreKey parsed{key.substr(0, name_bytes), static_cast<StoreKind>(key[name_bytes]), 0};
  const std::string_view rest = key.substr(name_bytes + 1);
  switch (parsed.kind) {
    case StoreKind::head: return rest.empty() ? std::optional{parsed} : std::nullopt;
    case StoreKind::value: return parsed;
    case StoreKind::logged:
      if (rest.size() != kPlaceBytes) return std::nullopt;
      parsed.place = read_number(rest.substr(0, sizeof(std::uint64_t)));
      if (parsed.place != 0 && (parsed.place < TopicLog::kPlaceMin || parsed.place > TopicLog::kPlaceMax)) break;
      return parsed;
  }
  return std::nullopt;
}

std::optional<StoreHead> parse_head(std::string_view value) {
  Reader from{std::as_bytes(std::span{value})};
  const auto version = from.number<std::uint8_t>();
  const auto configuration = Configuration::decode(from.text());
  const ByteView items = from.rest();
  if (!from.ok() || version != kVersion || !configuration) return std::nullopt;
  return StoreHead{*configuration, items};
}

}  // namespace hawser
