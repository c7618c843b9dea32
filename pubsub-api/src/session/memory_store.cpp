#include "pubsub-api/src/session/memory_store.hpp"

#include <tuple>

#include "transport/core/fault.hpp"

namespace hawser {

bool MemoryTopicStore::Entry::is_newer(const RetainedMessage& message) const {
  if (HAWSER_FAULT("session_fold_ignores_stamp")) return false;
  return std::tie(lamport, publisher) >= std::tie(message.lamport, message.publisher);
}

bool MemoryTopicStore::fold(const RetainedMessage& message) {
  auto entry = entries_.find(message.key);
  if (entry == entries_.end()) {
    entry = entries_.try_emplace(std::string{message.key}).first;
  } else if ((!message.ordered || HAWSER_FAULT("session_fold_ignores_order")) && entry->second.is_newer(message)) {
    return false;
  }
  entry->second.lamport = message.lamport;
  entry->second.publisher = message.publisher;
  entry->second.number = message.number;
  entry->second.ordered = message.ordered;
  entry->second.time = message.time;
  entry->second.logged = message.logged;
  entry->second.payload.set(message);
  return true;
}

void MemoryTopicStore::set_unlogged(const RetainedMessage& message) {
  const auto entry = entries_.find(message.key);
  if (entry == entries_.end()) return;
  const bool is_it = entry->second.publisher == message.publisher && entry->second.number == message.number;
  if (is_it) entry->second.logged = false;
}

void MemoryTopicStore::for_each(const std::function<void(const RetainedMessage&)>& visit) const {
  for (const auto& [key, entry] : entries_) {
    visit({.lamport = entry.lamport,
           .publisher = entry.publisher,
           .number = entry.number,
           .key = key,
           .payload = entry.payload.bytes(),
           .ordered = entry.ordered,
           .time = entry.time,
           .logged = entry.logged});
  }
}

}  // namespace hawser
