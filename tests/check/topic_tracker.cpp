#include "topic_tracker.hpp"

#include <algorithm>
#include <utility>

namespace hawser::check {

void TopicTracker::begin_node(NodeIndex node) {
  node_ = node;
  topics_.clear();
}

TopicMembership& TopicTracker::mutable_membership(NameIndex topic) {
  if (topic >= memberships_.size()) memberships_.resize(index_.names.size());
  TopicMembership& membership = memberships_[topic];
  if (membership.node != node_) {
    membership = {.node = node_};
    topics_.push_back(topic);
  }
  return membership;
}

PublisherCursor& TopicTracker::mutable_cursor(std::uint32_t stream) {
  PublisherCursor& cursor = cursors_[stream];
  if (cursor.node != node_) cursor = {.node = node_};
  return cursor;
}

void TopicTracker::begin_phase(TopicMembership& membership) {
  membership.retained_due = true;
  membership.phase = ++numbers_;
  membership.gaps_at_phase = membership.gaps;
  membership.retained_stream = kNone;
  membership.retained_mixed = false;
}

void TopicTracker::advance(const TopicStep& step) {
  TopicMembership& membership = mutable_membership(step.topic);
  switch (step.kind) {
    case TopicStep::Kind::subscribed:
      membership.subscribed = true;
      membership.number = ++numbers_;
      membership.since = step.event;
      begin_phase(membership);
      break;
    case TopicStep::Kind::unsubscribed: membership.subscribed = false; break;
    case TopicStep::Kind::gap:
      if (!membership.retained_due) begin_phase(membership);
      ++membership.gaps;
      break;
    case TopicStep::Kind::restarted:
      if (!membership.retained_due) begin_phase(membership);
      if (step.state_installed) membership.state_installed = step.event;
      break;
    case TopicStep::Kind::live: on_live(step, membership); break;
    case TopicStep::Kind::retained: on_retained(step, membership); break;
  }
}

void TopicTracker::on_live(const TopicStep& step, TopicMembership& membership) {
  membership.retained_due = false;
  PublisherCursor& cursor = mutable_cursor(step.stream);
  cursor.last_live = std::max(cursor.last_live, step.number);
  cursor.membership = membership.number;
  cursor.gaps = membership.gaps;
}

void TopicTracker::on_retained(const TopicStep& step, TopicMembership& membership) {
  PublisherCursor& cursor = mutable_cursor(step.stream);
  if (cursor.retained_phase != membership.phase) cursor.retained_highest = 0;
  cursor.retained_phase = membership.phase;
  cursor.retained_highest = std::max(cursor.retained_highest, step.number);
  const std::uint32_t before = std::exchange(membership.retained_stream, step.stream);
  if (before != kNone && before != step.stream) membership.retained_mixed = true;
}

}  // namespace hawser::check
