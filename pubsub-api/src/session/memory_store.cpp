#include "pubsub-api/src/session/memory_store.hpp"

#include <tuple>

#include "transport/core/fault.hpp"

namespace hawser {

bool MemoryTopicStore::Entry::is_newer(const RetainedMessage& message) const {
  if (HAWSER_FAULT("session_fold_ignores_stamp")) return false;
  return std::tie(lamport, publisher) >= std::tie(message.lamport, message.publisher);
}

void MemoryTopicStore::Entry::set_payload(const RetainedMessage& message) {
  // A small message would keep the whole packet alive that it came in with many others.
  const bool shares = message.memory != nullptr && message.payload.size() >= message.memory->capacity() / 2;
  if (shares || is_shared) shared = shares ? Slice{*message.memory, message.payload} : Slice{};
  is_shared = shares;
  if (shares) {
    copy = {};
  } else {
    copy.assign(message.payload.begin(), message.payload.end());
  }
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
  entry->second.set_payload(message);
  return true;
}

void MemoryTopicStore::for_each(const std::function<void(const RetainedMessage&)>& visit) const {
  for (const auto& [key, entry] : entries_) {
    visit({.lamport = entry.lamport,
           .publisher = entry.publisher,
           .number = entry.number,
           .key = key,
           .payload = entry.payload(),
           .ordered = entry.ordered});
  }
}

}  // namespace hawser
