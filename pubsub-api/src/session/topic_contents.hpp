// What a topic amounts to at one member, at one moment: what a newcomer is handed, and what a store keeps.
#pragma once

#include <cstdint>

#include "pubsub-api/src/session/topic_lineage.hpp"
#include "pubsub-api/src/session/topic_log.hpp"
#include "pubsub-api/src/session/topic_message.hpp"
#include "pubsub-api/src/session/topic_positions.hpp"
#include "pubsub-api/src/session/topic_values.hpp"

namespace hawser {

/// Threads: single-threaded.
struct TopicContents {
  TopicValues values;
  TopicLog log;
  StateLast last;  ///< of those that came in total order; number 0: none has
  TopicPositions positions;
  TopicLineage lineage;
  TopicPositions agreed;  ///< in total order: up to where whoever was in the latest view received in the same order

  /// The publisher's next message is here; how many are missing before it.
  std::uint64_t cover(const NodeId& publisher, std::uint64_t number);
  /// Into the values. True where it is now the last of its key.
  bool fold(const RetainedMessage& message);
  /// Into the values, and into the history if it belongs there. True as fold().
  bool keep(const RetainedMessage& message);
  /// Whether the topic is in total order. True where the history was otherwise, and so all of it is changed.
  bool set_ordered(bool ordered);
  /// Of the history.
  void set_bounds(const History& bounds);
  /// Adds what was received after everything here; it may be that some of it is missing, unseen.
  void append(const TopicContents& later);
  /// Of the history only the newest `logged` of those that `base` covers stay.
  void keep_logged(const TopicPositions& base, std::uint64_t logged);
  /// All but the positions.
  void clear();
  /// Of values and history.
  void track_changes();
  void stop_tracking();
  /// Equal on members that have the same values and the same history.
  [[nodiscard]] std::uint64_t digest() const;
};

}  // namespace hawser
