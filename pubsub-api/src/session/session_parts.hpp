// What all topics of one session share.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/session_store.hpp"
#include "pubsub-api/src/session/topic_message.hpp"
#include "pubsub-api/src/trace/trace.hpp"
#include "transport/core/check.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/limits.hpp"

namespace hawser {

/// A bound on bytes that several queues share.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  [[nodiscard]] bool fits(std::size_t bytes) const { return bytes <= bytes_max_ - used_; }
  void take(std::size_t bytes) {
    HAWSER_CHECK(fits(bytes));
    used_ += bytes;
  }
  void give_back(std::size_t bytes) {
    HAWSER_CHECK(bytes <= used_);
    used_ -= bytes;
  }
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::size_t bytes_max_;
  std::size_t used_ = 0;
};

/// What is heard on topics whose state is still on its way, all topics of a node together. When it is full, the oldest
/// of the topic that needs room are kept by their last value only, and its subscribers get a gap event.
inline constexpr std::size_t kJoinBufferBytesMax = 4 * kMessageBytesMax;
/// Counted besides its bytes for every message that waits anywhere in the session.
inline constexpr std::size_t kWaitingMessageBytes = 128;

/// Everything referred to must outlive the topics.
struct SessionParts {
  NodeId self;
  LightGroups& groups;
  TraceSink* trace;           ///< nullptr where nobody wants one
  ByteBudget waiting;         ///< publishes that can't go out yet
  ByteBudget join_buffer;     ///< see kJoinBufferBytesMax
  std::uint64_t refused = 0;  ///< messages that were not what they should be
  Time wall_zero{};           ///< what was `now` at the beginning of 1970, by this node's clock
  SessionStore store{};

  /// Milliseconds since 1970, at least 1.
  [[nodiscard]] std::uint64_t wall_time(Time now) const {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - wall_zero).count();
    return passed > 0 ? std::min(static_cast<std::uint64_t>(passed), kTimeMax) : 1;
  }

  void record(Time at, TraceRecord what) const {
    if (trace != nullptr) trace->record({at, std::move(what)});
  }
};

}  // namespace hawser
