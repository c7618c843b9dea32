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

void StateJoinBuffer::skip(const HeardMessage& message) {
  const auto data = decode_data(message.bytes.bytes());
  if (!data) return;
  ++skipped_;
  skipped_positions_.raise(message.sender, data->number);
  const RetainedMessage retained = retained_of(message.sender, *data, message.bytes, message.ordered);
  skipped_state_.fold(retained);
  if (retained.ordered) skipped_last_ = {message.sender, data->number};
  if (retained.logged)
    skipped_log_.add(retained, [&](const RetainedMessage& gone) { skipped_state_.set_unlogged(gone); });
}

std::list<HeardMessage> StateJoinBuffer::take() {
  for (const HeardMessage& message : messages_) budget_.give_back(cost_of(message.bytes));
  return std::exchange(messages_, {});
}

}  // namespace hawser
