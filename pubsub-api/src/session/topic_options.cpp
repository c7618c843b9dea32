#include "pubsub-api/src/session/topic_options.hpp"

#include <array>
#include <span>
#include <string_view>

#include "pubsub-api/src/session/topic_message.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {
namespace {

// The words: a version; of the history messages, bytes and milliseconds, each a varint; the durability, a byte. The
// order is the group's own.
constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kWordsBytesMax = 1 + 3 * 10 + 1;

template <typename Value>
std::string instead(std::string_view field, const Value& in_force, const Value& wanted) {
  return std::string{field} + " " + std::to_string(in_force) + " instead of " + std::to_string(wanted);
}

}  // namespace

std::string_view to_string(TopicOrder order) noexcept { return order == TopicOrder::total ? "total" : "fifo"; }

std::string_view to_string(Durability durability) noexcept {
  return durability == Durability::retained ? "retained" : "in-memory";
}

Configuration configuration_of(const TopicOptions& options) {
  std::array<std::byte, kWordsBytesMax> room;
  Writer out{room};
  out.number(kVersion);
  out.varint(options.history.messages);
  out.varint(options.history.bytes);
  out.varint(static_cast<std::uint64_t>(options.history.age.count()));
  out.number(static_cast<std::uint8_t>(options.durability));
  const ByteView words = out.written();
  return {options.order == TopicOrder::total, {reinterpret_cast<const char*>(words.data()), words.size()}};
}

std::optional<TopicOptions> options_of(const Configuration& configuration) {
  if (!configuration.is_set()) return std::nullopt;
  Reader in{std::as_bytes(std::span{configuration.words()})};
  const auto version = in.number<std::uint8_t>();
  TopicOptions options;
  options.order = configuration.is_total() ? TopicOrder::total : TopicOrder::fifo;
  options.history.messages = in.varint();
  options.history.bytes = in.varint();
  const std::uint64_t age = in.varint();
  const auto durability = in.number<std::uint8_t>();
  if (durability > static_cast<std::uint8_t>(Durability::retained)) return std::nullopt;
  options.durability = static_cast<Durability>(durability);
  if (version != kVersion || !in.done() || age > kTimeMax) return std::nullopt;
  options.history.age = std::chrono::milliseconds{age};
  return options;
}

std::string difference(const TopicOptions& in_force, const TopicOptions& wanted) {
  if (in_force.order != wanted.order) {
    return "order " + std::string{to_string(in_force.order)} + " instead of " + std::string{to_string(wanted.order)};
  }
  if (in_force.durability != wanted.durability) {
    return "durability " + std::string{to_string(in_force.durability)} + " instead of " +
           std::string{to_string(wanted.durability)};
  }
  const History& is = in_force.history;
  const History& would = wanted.history;
  if (is.messages != would.messages) return instead("history.messages", is.messages, would.messages);
  if (is.bytes != would.bytes) return instead("history.bytes", is.bytes, would.bytes);
  if (is.age != would.age) return instead("history.age", is.age.count(), would.age.count()) + " ms";
  return {};
}

}  // namespace hawser
