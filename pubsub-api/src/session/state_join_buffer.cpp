#include "pubsub-api/src/session/state_join_buffer.hpp"

#include <utility>

#include "pubsub-api/src/session/topic_message.hpp"
#include "pubsub-api/src/session/topic_news.hpp"

namespace hawser {

void StateJoinBuffer::add(HeardMessage message) {
  const std::size_t cost = cost_of(message.bytes);
  while (!budget_.fits(cost) && !messages_.empty()) {
    budget_.give_back(cost_of(messages_.front().bytes));
    skip(messages_.front());
    messages_.pop_front();
  }
  if (!budget_.fits(cost)) return skip(message);
  budget_.take(cost);
  messages_.push_back(std::move(message));
}

void StateJoinBuffer::skip(const HeardMessage& message) {
  if (const auto news = decode_news(message.bytes.bytes())) return skip(*news, message);
  const auto data = decode_data(message.bytes.bytes());
  if (!data) return;
  ++skipped_;
  skipped_contents_.positions.raise(message.sender, data->number);
  skipped_contents_.keep(retained_of(message.sender, *data, message.bytes, message.ordered));
}

void StateJoinBuffer::skip(const TopicNews& news, const HeardMessage& message) {
  add_news(
      news.items, message.bytes.buffer(), message.ordered, skipped_contents_,
      [this](const RetainedMessage& /*changed*/) { ++skipped_; },
      [this](const StatePosition& p) { skipped_contents_.positions.raise(p.publisher, p.number); });
}

std::list<HeardMessage> StateJoinBuffer::take() {
  for (const HeardMessage& message : messages_) budget_.give_back(cost_of(message.bytes));
  return std::exchange(messages_, {});
}

}  // namespace hawser
