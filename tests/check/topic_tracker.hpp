// Follows one node through its topics: what it is subscribed to, what it was handed, how far each publisher's stream
// is.
#pragma once

#include <vector>

#include "index.hpp"

namespace hawser::check {

/// A node's membership in one topic, as its application sees it.
struct TopicMembership {
  NodeIndex node = kNone;
  bool subscribed = false;
  EventIndex since = kNone;  ///< the Subscribed that began it
  std::uint32_t number = 0;  ///< of this membership; never used twice in one run
  std::uint32_t gaps = 0;    ///< GapSeen so far

  /// Retained messages are due from a beginning on (a subscription, a state handed over, a gap), up to the first live
  /// one.
  bool retained_due = false;
  std::uint32_t phase = 0;  ///< counts these beginnings; never used twice in one run
  std::uint32_t gaps_at_phase = 0;
  std::uint32_t retained_stream = kNone;  ///< the publisher of the retained messages of this phase, the last one's…
  bool retained_mixed = false;            ///< …and whether there are several
  EventIndex state_installed = kNone;     ///< the last StateInstalled
};

/// How far a node is in one publisher's stream.
struct PublisherCursor {
  NodeIndex node = kNone;
  std::uint64_t last_live = 0;         ///< the highest live number ever; 0 = none
  std::uint32_t membership = 0;        ///< the membership it came in
  std::uint32_t gaps = 0;              ///< TopicMembership::gaps then
  std::uint32_t retained_phase = 0;    ///< the phase in which there last was a retained message of it…
  std::uint64_t retained_highest = 0;  ///< …and the highest number of that phase
};

/// `index` must outlive it.
class TopicTracker {
 public:
  explicit TopicTracker(const Index& index) : index_(index), cursors_(index.published.size()) {}

  /// To be called before the first step of each node.
  void begin_node(NodeIndex node);
  void advance(const TopicStep& step);

  [[nodiscard]] const TopicMembership& membership(NameIndex topic) { return mutable_membership(topic); }
  [[nodiscard]] const PublisherCursor& cursor(std::uint32_t stream) { return mutable_cursor(stream); }
  /// All topics that the node had anything to do with, in the order of first mention.
  [[nodiscard]] const std::vector<NameIndex>& topics() const { return topics_; }

 private:
  TopicMembership& mutable_membership(NameIndex topic);
  PublisherCursor& mutable_cursor(std::uint32_t stream);
  void begin_phase(TopicMembership& membership);
  void on_live(const TopicStep& step, TopicMembership& membership);
  void on_retained(const TopicStep& step, TopicMembership& membership);

  const Index& index_;
  NodeIndex node_ = kNone;
  std::uint32_t numbers_ = 0;
  std::vector<NameIndex> topics_;
  std::vector<TopicMembership> memberships_;  // By topic; another node's entries are stale.
  std::vector<PublisherCursor> cursors_;      // By published stream; likewise.
};

/// Calls `on_step(tracker, step)` before each step is taken, and `on_end(tracker, node)` after a node's last one.
template <typename OnStep, typename OnEnd>
void walk_topics(const Index& index, OnStep&& on_step, OnEnd&& on_end) {
  TopicTracker tracker{index};
  const auto& steps = index.topic_steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i == 0 || steps[i - 1].node != steps[i].node) tracker.begin_node(steps[i].node);
    on_step(tracker, steps[i]);
    tracker.advance(steps[i]);
    if (i + 1 == steps.size() || steps[i + 1].node != steps[i].node) on_end(tracker, steps[i].node);
  }
}

}  // namespace hawser::check
