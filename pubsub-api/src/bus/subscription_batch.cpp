#include "pubsub-api/src/bus/subscription_batch.hpp"

#include <cstring>

namespace hawser {

void SubscriptionBatch::add(SubscribedTopic& topic, const TopicMessage& message) {
  const Buffer& packet = message.bytes.buffer();
  if (!in_run_ || packet.data() != run_packet_) begin_run(packet);
  run_bytes_ += message.key.size() + message.payload.size();

  SubscriptionItem& item = items_.emplace_back();
  item.key = reinterpret_cast<const std::byte*>(message.key.data());
  item.key_bytes = static_cast<std::uint16_t>(message.key.size());
  item.payload = message.payload.data();
  item.payload_bytes = static_cast<std::uint32_t>(message.payload.size());
  item.topic = &topic;
  item.publisher = message.publisher;
  item.number = message.number;
  item.kind = message.retained ? SubscriptionItem::Kind::retained : SubscriptionItem::Kind::message;
}

void SubscriptionBatch::add(SubscribedTopic& topic, const TopicSynced& synced) {
  end_run();
  SubscriptionItem& item = items_.emplace_back();
  item.topic = &topic;
  item.number = synced.retained_messages;
  item.kind = SubscriptionItem::Kind::synced;
  item.state_lost = synced.state_lost;
}

void SubscriptionBatch::add(SubscribedTopic& topic, const TopicGap& gap) {
  end_run();
  SubscriptionItem& item = items_.emplace_back();
  item.topic = &topic;
  item.number = gap.messages;
  item.kind = SubscriptionItem::Kind::gap;
  item.cause = gap.cause;
}

void SubscriptionBatch::add(SubscribedTopic& topic, const TopicsWatched& /*watched*/) {
  end_run();
  SubscriptionItem& item = items_.emplace_back();
  item.topic = &topic;
  item.kind = SubscriptionItem::Kind::watching;
}

void SubscriptionBatch::close() { end_run(); }

void SubscriptionBatch::clear() {
  items_.clear();
  held_.clear();
  held_bytes_ = 0;
  in_run_ = false;
}

void SubscriptionBatch::begin_run(const Buffer& packet) {
  end_run();
  in_run_ = true;
  run_packet_ = packet.data();
  run_first_ = items_.size();
  run_bytes_ = 0;
  held_.push_back(packet);
  held_bytes_ += packet.capacity();
}

void SubscriptionBatch::end_run() {
  if (!in_run_) return;
  in_run_ = false;
  const Buffer& packet = held_.back();
  if (!packet || run_bytes_ * kHeldPerUsedMax < packet.capacity()) copy_run();
}

void SubscriptionBatch::copy_run() {
  Buffer copy = Buffer::allocate(run_bytes_);
  copy.resize(run_bytes_);
  std::byte* to = copy.data();
  const auto move = [&to](const std::byte*& from, std::size_t bytes) {
    if (bytes > 0) std::memcpy(to, from, bytes);
    from = to;
    to += bytes;
  };
  for (std::size_t i = run_first_; i < items_.size(); ++i) {
    move(items_[i].key, items_[i].key_bytes);
    move(items_[i].payload, items_[i].payload_bytes);
  }
  held_bytes_ -= held_.back().capacity();
  held_bytes_ += copy.capacity();
  held_.back() = std::move(copy);
}

}  // namespace hawser
