// The last message of each key of a topic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pubsub-api/src/session/retained_message.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// As big as the application's state: one message a key, however many keys it chooses. Threads: single-threaded.
class TopicValues {
 public:
  using Visit = std::function<void(const RetainedMessage&)>;

  /// Keeps `message` unless there is a newer one, by (lamport, publisher), for its key, and it is not `ordered`. True
  /// if kept.
  bool fold(const RetainedMessage& message);
  /// The history has the key's value, too.
  [[nodiscard]] bool is_logged(std::string_view key) const;
  /// The history has this message no more.
  void set_unlogged(const RetainedMessage& message);
  /// Forgets all that is kept.
  void clear();
  /// In the order of keys. What it is shown stays valid until the next change; `memory` is null.
  void for_each(const Visit& visit) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// From here on, which keys change is noted for take_changed().
  void track_changes();
  void stop_tracking();
  /// Shows every message that has changed since the last call, once, in no particular order.
  void take_changed(const Visit& visit);

 private:
  struct Entry {
    std::uint64_t lamport = 0;
    NodeId publisher;
    std::uint64_t number = 0;
    RetainedPayload payload;
    std::uint64_t time = 0;
    bool logged = false;
    bool ordered = false;  ///< by its place in the total order, not by its stamp
    bool changed = false;  ///< and among changed_

    [[nodiscard]] bool is_newer(const RetainedMessage& message) const;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;  // Ordered, so that every member visits alike.

  static RetainedMessage message_of(const Entries::value_type& entry);
  void note_changed(Entries::value_type& entry);
  void note_again(Entries::value_type& entry, const RetainedMessage& message);

  Entries entries_;  // By key.
  bool tracked_ = false;
  std::vector<Entries::value_type*> changed_;  // Each once.
};

/// A digest of all that is retained: equal on members that have the same state.
[[nodiscard]] std::uint64_t digest_of_state(const TopicValues& values);

}  // namespace hawser
