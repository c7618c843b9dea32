#include "pubsub-api/src/session/topic_contents.hpp"

#include <algorithm>

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

// From the history follow the values: in fifo order by the highest stamp, in total order by the last place. What it
// does not have comes after it.
bool TopicContents::set_ordered(bool ordered) {
  if (!log.set_ordered(ordered)) return false;
  log.for_each([&](const RetainedMessage& message) {
    if (!ordered || values.is_logged(message.key)) fold(message);
  });
  return true;
}

std::uint64_t TopicContents::cover(const NodeId& publisher, std::uint64_t number) {
  const std::uint64_t missing = positions.advance(publisher, number);
  if (missing > 0) lineage.branch(TopicLineage::Step::gap, publisher, number);
  return missing;
}

// A value that its history has no more is one that it does not have, until it comes again.
void TopicContents::keep_logged(const TopicPositions& base, std::uint64_t logged) {
  const auto is_covered = [&](const RetainedMessage& message) { return base.of(message.publisher) >= message.number; };
  std::uint64_t covered = 0;
  log.for_each([&](const RetainedMessage& message) { covered += is_covered(message) ? 1 : 0; });
  std::uint64_t too_many = covered - std::min(covered, logged);
  log.drop_if(
      [&](const RetainedMessage& message) {
        if (!is_covered(message)) return true;
        if (too_many == 0) return false;
        --too_many;
        return true;
      },
      [this](const RetainedMessage& gone) { values.set_unlogged(gone); });
}

void TopicContents::append(const TopicContents& later) {
  later.log.for_each([this](const RetainedMessage& message) { fold(message); });
  log.append(later.log, [this](const RetainedMessage& gone) { values.set_unlogged(gone); });
  later.values.for_each([this](const RetainedMessage& message) {
    if (!message.logged) fold(message);
  });
  if (later.last.number > 0) last = later.last;
  positions.raise(later.positions);
  lineage.clear();
}

void TopicContents::clear() {
  values.clear();
  log.clear();
  last = {};
  lineage.clear();
  agreed.clear();
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
