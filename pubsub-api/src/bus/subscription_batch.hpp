// Messages on their way to one subscription's handler, a burst at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pubsub-api/src/session/session.hpp"
#include "transport/core/buffer.hpp"

namespace hawser {

struct SubscribedTopic;

/// One message, or one notice, for a handler.
struct SubscriptionItem {
  enum class Kind : std::uint8_t { message, retained, synced, gap, watching };
  SubscribedTopic* topic = nullptr;
  const std::byte* key = nullptr;
  const std::byte* payload = nullptr;
  std::uint32_t payload_bytes = 0;
  NodeId publisher;
  std::uint64_t number = 0;  ///< synced: retained messages; gap: messages lost
  std::uint16_t key_bytes = 0;
  Kind kind = Kind::message;
  bool state_lost = false;                   ///< synced
  Gap::Cause cause = Gap::Cause::partition;  ///< gap

  /// Or a notice, which outlives messages that are dropped.
  [[nodiscard]] bool is_message() const { return kind == Kind::message || kind == Kind::retained; }
};

/// Built by the reactor, then handed over whole. The messages stay where they were received: one reference is held for
/// all messages in a row that lie in the same packet, since counting references per message would cost more than the
/// message itself. Where a packet has little for this subscription, that little is copied out of it instead, so that a
/// slow handler keeps no more than kHeldPerUsedMax times what it is interested in.
class SubscriptionBatch {
 public:
  static constexpr std::size_t kHeldPerUsedMax = 4;
  /// Beyond either, a batch should be handed over: it is dropped as a whole when the queue is full.
  static constexpr std::size_t kItemsMax = 512;
  static constexpr std::size_t kBytesMax = std::size_t{256} << 10U;

  void add(SubscribedTopic& topic, const TopicMessage& message);
  void add(SubscribedTopic& topic, const TopicSynced& synced);
  void add(SubscribedTopic& topic, const TopicGap& gap);
  /// The pattern's text is the topic's name.
  void add(SubscribedTopic& topic, const TopicsWatched& watched);
  /// No more will be added.
  void close();
  /// Empty again; keeps the lists' memory.
  void clear();

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] bool full() const { return items_.size() >= kItemsMax || bytes() >= kBytesMax; }
  [[nodiscard]] const std::vector<SubscriptionItem>& items() const { return items_; }
  /// The memory it keeps.
  [[nodiscard]] std::size_t bytes() const { return held_bytes_ + items_.size() * sizeof(SubscriptionItem); }

 private:
  void begin_run(const Buffer& packet);
  void end_run();
  void copy_run();

  std::vector<SubscriptionItem> items_;
  std::vector<Buffer> held_;
  std::size_t held_bytes_ = 0;
  // The run of messages in one packet that is being added; its packet is the last of `held_`.
  bool in_run_ = false;
  const std::byte* run_packet_ = nullptr;
  std::size_t run_first_ = 0;
  std::size_t run_bytes_ = 0;
};

}  // namespace hawser
