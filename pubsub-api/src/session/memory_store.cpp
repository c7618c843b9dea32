#include "pubsub-api/src/session/memory_store.hpp"

#include <tuple>

#include "transport/core/fault.hpp"

namespace hawser {

bool MemoryStore::Entry::is_newer(const RetainedMessage& message) const {
  if (HAWSER_FAULT("session_fold_ignores_stamp")) return false;
  return std::tie(lamport, publisher) >= std::tie(message.lamport, message.publisher);
}

void MemoryStore::Entry::set_payload(const RetainedMessage& message) {
  // A small message would keep the whole packet alive that it came in with many others.
  is_shared = message.memory && message.payload.size() >= message.memory.size() / 2;
  shared = is_shared ? Slice{message.memory, message.payload} : Slice{};
  if (is_shared) {
    copy = {};
  } else {
    copy.assign(message.payload.begin(), message.payload.end());
  }
}

bool MemoryStore::fold(std::string_view topic, const RetainedMessage& message) {
  auto at = topics_.find(topic);
  if (at == topics_.end()) at = topics_.try_emplace(std::string{topic}).first;
  Entries& entries = at->second;
  auto entry = entries.find(message.key);
  if (entry == entries.end()) {
    entry = entries.try_emplace(std::string{message.key}).first;
  } else if (entry->second.is_newer(message)) {
    return false;
  }
  entry->second.lamport = message.lamport;
  entry->second.publisher = message.publisher;
  entry->second.number = message.number;
  entry->second.set_payload(message);
  return true;
}

void MemoryStore::clear(std::string_view topic) {
  const auto at = topics_.find(topic);
  if (at != topics_.end()) topics_.erase(at);
}

void MemoryStore::for_each(std::string_view topic, const std::function<void(const RetainedMessage&)>& visit) const {
  const auto at = topics_.find(topic);
  if (at == topics_.end()) return;
  for (const auto& [key, entry] : at->second) {
    visit({.lamport = entry.lamport,
           .publisher = entry.publisher,
           .number = entry.number,
           .key = key,
           .payload = entry.payload(),
           .memory = {}});
  }
}

std::size_t MemoryStore::size(std::string_view topic) const {
  const auto at = topics_.find(topic);
  return at == topics_.end() ? 0 : at->second.size();
}

}  // namespace hawser
