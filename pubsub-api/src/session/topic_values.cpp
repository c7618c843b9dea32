#include "pubsub-api/src/session/topic_values.hpp"

#include <array>
#include <tuple>

#include "pubsub-api/src/trace/trace.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

bool TopicValues::Entry::is_newer(const RetainedMessage& message) const {
  if (HAWSER_FAULT("session_fold_ignores_stamp")) return false;
  return std::tie(lamport, publisher) >= std::tie(message.lamport, message.publisher);
}

bool TopicValues::fold(const RetainedMessage& message) {
  auto at = entries_.find(message.key);
  if (at == entries_.end()) {
    at = entries_.try_emplace(std::string{message.key}).first;
  } else if ((!message.ordered || HAWSER_FAULT("session_fold_ignores_order")) && at->second.is_newer(message)) {
    note_again(*at, message);
    return false;
  }
  Entry& entry = at->second;
  entry.lamport = message.lamport;
  entry.publisher = message.publisher;
  entry.number = message.number;
  entry.ordered = message.ordered;
  entry.time = message.time;
  entry.logged = message.logged;
  entry.payload.set(message);
  note_changed(*at);
  return true;
}

// It has come before, and is in the history now.
void TopicValues::note_again(Entries::value_type& entry, const RetainedMessage& message) {
  Entry& kept = entry.second;
  const bool is_it = kept.publisher == message.publisher && kept.number == message.number;
  if (!is_it || kept.logged || !message.logged) return;
  kept.logged = true;
  note_changed(entry);
}

bool TopicValues::is_logged(std::string_view key) const {
  const auto at = entries_.find(key);
  return at != entries_.end() && at->second.logged;
}

void TopicValues::set_unlogged(const RetainedMessage& message) {
  const auto at = entries_.find(message.key);
  if (at == entries_.end()) return;
  const bool is_it = at->second.publisher == message.publisher && at->second.number == message.number;
  if (!is_it || !at->second.logged) return;
  at->second.logged = false;
  note_changed(*at);
}

void TopicValues::clear() {
  entries_.clear();
  changed_.clear();
  tracked_ = false;
}

RetainedMessage TopicValues::message_of(const Entries::value_type& entry) {
  const auto& [key, kept] = entry;
  return {.lamport = kept.lamport,
          .publisher = kept.publisher,
          .number = kept.number,
          .key = key,
          .payload = kept.payload.bytes(),
          .ordered = kept.ordered,
          .time = kept.time,
          .logged = kept.logged};
}

void TopicValues::for_each(const Visit& visit) const {
  for (const auto& entry : entries_) visit(message_of(entry));
}

void TopicValues::track_changes() {
  take_changed([](const RetainedMessage&) {});
  tracked_ = true;
}

void TopicValues::stop_tracking() {
  track_changes();
  tracked_ = false;
}

void TopicValues::note_changed(Entries::value_type& entry) {
  if (!tracked_ || entry.second.changed) return;
  entry.second.changed = true;
  changed_.push_back(&entry);
}

void TopicValues::take_changed(const Visit& visit) {
  for (Entries::value_type* entry : changed_) {
    entry->second.changed = false;
    visit(message_of(*entry));
  }
  changed_.clear();
}

std::uint64_t digest_of_state(const TopicValues& values) {
  std::uint64_t digest = 1;  // of nothing; 0 is for who has no state
  values.for_each([&](const RetainedMessage& message) {
    const std::array<std::uint64_t, 2> fields{digest, digest_of_message(message)};
    digest = digest_of(std::as_bytes(std::span{fields}));
  });
  return digest;
}

}  // namespace hawser
