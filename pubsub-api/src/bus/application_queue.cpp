#include "pubsub-api/src/bus/application_queue.hpp"

#include <cstring>
#include <new>

namespace hawser {
namespace {

// Longer payloads get memory of their own: a block of the chain should hold many messages.
constexpr std::size_t kInlinePayloadBytesMax = 8192;

}  // namespace

/// A record in the chain; behind it the key, and the payload where it is inline.
struct ApplicationQueue::Entry {
  PublishedTopic* topic = nullptr;  ///< nullptr: a command
  std::uint64_t number = 0;
  std::uint32_t payload_bytes = 0;
  std::uint16_t key_bytes = 0;
  Buffer payload;                    ///< where it is not inline
  std::unique_ptr<Command> command;  ///< where it is one

  [[nodiscard]] std::byte* key() { return reinterpret_cast<std::byte*>(this + 1); }
  [[nodiscard]] std::byte* inline_payload() { return key() + key_bytes; }
  [[nodiscard]] std::size_t cost() const { return topic == nullptr ? 0 : cost_of(key_bytes, payload_bytes); }

  static Entry* at(std::byte* record) { return std::launder(reinterpret_cast<Entry*>(record)); }
};

std::size_t ApplicationQueue::cost_of(std::size_t key_bytes, std::size_t payload_bytes) {
  return BlockChain::kRecordHeaderBytes + sizeof(Entry) + key_bytes + payload_bytes;
}

ApplicationQueue::~ApplicationQueue() {
  while (!empty()) pop();
}

std::optional<std::uint64_t> ApplicationQueue::push(PublishedTopic& topic, std::string_view key, ByteView payload) {
  if (!take_budget(cost_of(key.size(), payload.size()))) return std::nullopt;
  const bool is_inline = payload.size() <= kInlinePayloadBytesMax;
  // Copied before the place is taken: the queue stands still behind a place that is not committed.
  Buffer large = is_inline ? Buffer{} : Buffer::copy_of(payload);

  const std::size_t record_bytes = sizeof(Entry) + key.size() + (is_inline ? payload.size() : 0);
  const auto [record, number] = take_place(topic, record_bytes);
  Entry* entry = new (record) Entry;
  entry->topic = &topic;
  entry->number = number;
  entry->payload_bytes = static_cast<std::uint32_t>(payload.size());
  entry->key_bytes = static_cast<std::uint16_t>(key.size());
  entry->payload = std::move(large);
  if (!key.empty()) std::memcpy(entry->key(), key.data(), key.size());
  if (is_inline && !payload.empty()) std::memcpy(entry->inline_payload(), payload.data(), payload.size());
  BlockChain::commit(record, record_bytes);
  return number;
}

ApplicationQueue::TopicPlace ApplicationQueue::take_place(PublishedTopic& topic, std::size_t record_bytes) {
  const std::lock_guard lock{topic.mutex};
  std::byte* record = chain_.reserve(record_bytes);
  const std::uint64_t number = topic.last_number.load(std::memory_order_relaxed) + 1;
  topic.last_number.store(number, std::memory_order_relaxed);
  return {record, number};
}

bool ApplicationQueue::take_budget(std::size_t bytes) {
  const std::size_t before = bytes_used_.fetch_add(bytes, std::memory_order_relaxed);
  if (before == 0 || before + bytes <= bytes_max_) return true;
  bytes_used_.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

void ApplicationQueue::push(std::unique_ptr<Command> command) {
  std::byte* record = chain_.reserve(sizeof(Entry));
  Entry* entry = new (record) Entry;
  entry->command = std::move(command);
  BlockChain::commit(record, sizeof(Entry));
}

std::optional<QueuedInput> ApplicationQueue::front() const {
  std::byte* record = chain_.front();
  if (record == nullptr) return std::nullopt;
  Entry* entry = Entry::at(record);
  if (entry->topic == nullptr) return QueuedInput{.command = entry->command.get()};
  const ByteView payload =
      entry->payload ? entry->payload.bytes() : ByteView{entry->inline_payload(), entry->payload_bytes};
  return QueuedInput{.topic = entry->topic,
                     .number = entry->number,
                     .key = {reinterpret_cast<const char*>(entry->key()), entry->key_bytes},
                     .payload = payload,
                     .keeper = entry->payload ? &entry->payload : nullptr};
}

void ApplicationQueue::pop() {
  std::byte* record = chain_.front();
  HAWSER_CHECK(record != nullptr);
  Entry* entry = Entry::at(record);
  bytes_popped_ += entry->cost();
  entry->~Entry();
  chain_.pop();
}

void ApplicationQueue::release() {
  if (bytes_popped_ == 0) return;
  bytes_used_.fetch_sub(bytes_popped_, std::memory_order_relaxed);
  bytes_popped_ = 0;
}

}  // namespace hawser
