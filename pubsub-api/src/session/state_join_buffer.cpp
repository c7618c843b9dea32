#include "pubsub-api/src/session/state_join_buffer.hpp"

#include <utility>

#include "pubsub-api/src/session/topic_message.hpp"

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

void StateJoinBuffer::set_bounds(const History& bounds) {
  bounds_ = bounds;
  for (Skipped& skipped : all_skipped_) skipped.contents.set_bounds(bounds);
}

void StateJoinBuffer::skip(const HeardMessage& message) {
  if (all_skipped_.empty() || all_skipped_.back().news) {
    all_skipped_.emplace_back().contents.set_bounds(bounds_);
  }
  Skipped& last = all_skipped_.back();
  if (kind_of(message.bytes.bytes()) == TopicMessageKind::news) {
    last.news = message;
    return;
  }
  const auto data = decode_data(message.bytes.bytes());
  if (!data) return;
  ++skipped_;
  last.contents.positions.raise(message.sender, data->number);
  last.contents.keep(retained_of(message.sender, *data, message.bytes, message.ordered));
}

std::list<HeardMessage> StateJoinBuffer::take() {
  for (const HeardMessage& message : messages_) budget_.give_back(cost_of(message.bytes));
  return std::exchange(messages_, {});
}

}  // namespace hawser
