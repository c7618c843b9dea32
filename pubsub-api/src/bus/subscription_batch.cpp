#include "pubsub-api/src/bus/subscription_batch.hpp"

#include <cstring>
#include <utility>

namespace hawser {

void SubscriptionBatch::add(SubscribedTopic& topic, const TopicMessage& message) {
  const Buffer& packet = message.bytes.buffer();
  if (!in_run_ || packet.data() != run_packet_) begin_run(packet);
  run_bytes_ += message.key.size() + message.payload.size();

  SubscriptionItem& item = items_.emplace_back();
  item.topic = &topic;
  item.key = reinterpret_cast<const std::byte*>(message.key.data());
  item.key_bytes = static_cast<std::uint16_t>(message.key.size());
  item.payload = message.payload.data();
  item.payload_bytes = static_cast<std::uint32_t>(message.payload.size());
  item.publisher = message.publisher;
  item.number = message.number;
  item.time = message.time;
  item.kind = message.retained ? SubscriptionItem::Kind::retained : SubscriptionItem::Kind::message;
}

void SubscriptionBatch::add(SubscriptionNotice notice) {
  end_run();
  SubscriptionItem& item = items_.emplace_back();
  item.kind = SubscriptionItem::Kind::notice;
  item.number = notices_.size();
  notices_.push_back(std::move(notice));
}

void SubscriptionBatch::add_copies(std::span<const Entry> entries) {
  end_run();
  const std::size_t first = items_.size();
  std::size_t bytes = 0;
  for (const auto& [batch, item] : entries) {
    if (item->kind == SubscriptionItem::Kind::notice) {
      add(batch->notice(*item));
    } else {
      items_.push_back(*item);
      bytes += item->key_bytes + item->payload_bytes;
    }
  }
  held_.push_back(copy_items(first, bytes));
  held_bytes_ += held_.back().capacity();
}

void SubscriptionBatch::close() { end_run(); }

void SubscriptionBatch::clear() {
  items_.clear();
  notices_.clear();
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
  if (packet && run_bytes_ * kHeldPerUsedMax >= packet.capacity()) return;
  Buffer copy = copy_items(run_first_, run_bytes_);
  held_bytes_ -= packet.capacity();
  held_bytes_ += copy.capacity();
  held_.back() = std::move(copy);
}

Buffer SubscriptionBatch::copy_items(std::size_t first, std::size_t bytes) {
  Buffer copy = Buffer::allocate(bytes);
  copy.resize(bytes);
  std::byte* to = copy.data();
  const auto move = [&to](const std::byte*& from, std::size_t count) {
    if (count > 0) std::memcpy(to, from, count);
    from = to;
    to += count;
  };
  for (std::size_t i = first; i < items_.size(); ++i) {
    move(items_[i].key, items_[i].key_bytes);
    move(items_[i].payload, items_[i].payload_bytes);
  }
  return copy;
}

}  // namespace hawser
