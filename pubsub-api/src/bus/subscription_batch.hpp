// Messages on their way to one subscription's handler, a burst at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pubsub-api/src/session/session.hpp"
#include "transport/core/buffer.hpp"

namespace hawser {

/// One topic of a subscription, or one of its patterns. It stays where it is until the SubscriptionQueue is gone.
struct SubscribedTopic {
  explicit SubscribedTopic(std::string_view topic) : name(topic) {}
  /// Messages that wait for the handler, with the one that it is at. Threads: the reactor's.
  [[nodiscard]] std::uint64_t unhandled() const { return added - handled.load(std::memory_order_relaxed); }

  const std::string name;
  std::uint64_t added = 0;                ///< messages, without those that were dropped; the reactor's
  std::atomic<std::uint64_t> handled{0};  ///< messages; written by the handler's thread only
};

/// The subscription was ended from this side: nothing more comes.
struct SubscriptionEnded {};

/// What a handler is told besides messages: it is never dropped.
struct SubscriptionNotice {
  SubscribedTopic* topic = nullptr;  ///< none where it has ended
  std::variant<TopicSynced, TopicGap, TopicsWatched, SubscriptionEnded> what;
};

/// One message for a handler, or the place of a notice between them.
struct SubscriptionItem {
  enum class Kind : std::uint8_t { message, retained, notice };
  SubscribedTopic* topic = nullptr;
  const std::byte* key = nullptr;
  const std::byte* payload = nullptr;
  std::uint32_t payload_bytes = 0;
  std::uint16_t key_bytes = 0;
  Kind kind = Kind::message;
  NodeId publisher;
  std::uint64_t number = 0;  ///< of a notice: which of the batch's
  std::uint64_t time = 0;    ///< as TopicMessage::time

  [[nodiscard]] std::string_view key_text() const { return {reinterpret_cast<const char*>(key), key_bytes}; }
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

  struct Entry {
    const SubscriptionBatch* batch;
    const SubscriptionItem* item;
  };

  void add(SubscribedTopic& topic, const TopicMessage& message);
  void add(SubscriptionNotice notice);
  /// Copies of what other batches have, so that those may go.
  void add_copies(std::span<const Entry> entries);
  /// No more will be added.
  void close();
  /// Empty again; keeps the lists' memory.
  void clear();

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] bool full() const { return items_.size() >= kItemsMax || bytes() >= kBytesMax; }
  [[nodiscard]] const std::vector<SubscriptionItem>& items() const { return items_; }
  [[nodiscard]] const SubscriptionNotice& notice(const SubscriptionItem& item) const { return notices_[item.number]; }
  /// The memory it keeps.
  [[nodiscard]] std::size_t bytes() const { return held_bytes_ + items_.size() * sizeof(SubscriptionItem); }

 private:
  void begin_run(const Buffer& packet);
  void end_run();
  // Into memory of their own, from the item at `first` on.
  Buffer copy_items(std::size_t first, std::size_t bytes);

  std::vector<SubscriptionItem> items_;
  std::vector<SubscriptionNotice> notices_;
  std::vector<Buffer> held_;
  std::size_t held_bytes_ = 0;
  // The run of messages in one packet that is being added; its packet is the last of `held_`.
  bool in_run_ = false;
  const std::byte* run_packet_ = nullptr;
  std::size_t run_first_ = 0;
  std::size_t run_bytes_ = 0;
};

}  // namespace hawser
