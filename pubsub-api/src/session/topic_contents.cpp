#include "pubsub-api/src/session/topic_contents.hpp"

namespace hawser {

bool TopicContents::fold(const RetainedMessage& message) {
  const bool kept = values.fold(message);
  if (message.ordered) last = {message.publisher, message.number};
  return kept;
}

bool TopicContents::keep(const RetainedMessage& message) {
  const bool kept = fold(message);
  if (message.logged) log.add(message, [this](const RetainedMessage& gone) { values.set_unlogged(gone); });
  return kept;
}

void TopicContents::set_bounds(const History& bounds) {
  log.set_bounds(bounds);
  log.trim([this](const RetainedMessage& gone) { values.set_unlogged(gone); });
}

void TopicContents::append(const TopicContents& later) {
  later.log.for_each([this](const RetainedMessage& message) { fold(message); });
  log.append(later.log, [this](const RetainedMessage& gone) { values.set_unlogged(gone); });
  later.values.for_each([this](const RetainedMessage& message) {
    if (!message.logged) fold(message);
  });
  if (later.last.number > 0) last = later.last;
  positions.raise(later.positions);
}

void TopicContents::clear() {
  values.clear();
  log.clear();
  last = {};
}

void TopicContents::track_changes() {
  values.track_changes();
  log.track_changes();
}

void TopicContents::stop_tracking() {
  values.stop_tracking();
  log.stop_tracking();
}

std::uint64_t TopicContents::digest() const {
  const std::uint64_t of_values = digest_of_state(values);
  return log.floor().newest == 0 ? of_values : mix64(of_values ^ digest_of_log(log));
}

}  // namespace hawser
