// What one topic's store has of it, and what is still to be written there.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "lwg/configuration.hpp"
#include "pubsub-api/src/session/store_requests.hpp"
#include "pubsub-api/src/session/topic_contents.hpp"

namespace hawser {

/// What the store is to have of a topic.
struct TopicRecord {
  const std::string& name;
  const Configuration& configuration;
  TopicContents& contents;
  std::uint64_t lamport = 0;
};

/// Threads: single-threaded.
class TopicShadow {
 public:
  enum class Store {
    has_it,   ///< all that is in `contents` now
    differs,  ///< something else, or nothing: all is to be written anew
  };
  /// From here on the changes of `contents` are noted there.
  TopicShadow(TopicContents& contents, Store store);

  /// Adds what has changed since the last call.
  void write(const TopicRecord& topic, StoreBatch& batch);

  /// True for the first change since the last write().
  bool note_changed() { return !std::exchange(is_changed_, true); }

 private:
  bool is_new_;
  bool is_changed_ = false;
};

}  // namespace hawser
