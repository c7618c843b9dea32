// What the application is handed: the state first, then every publisher's messages without a hole and none twice.
#include "checks.hpp"
#include "topic_tracker.hpp"

namespace hawser::check {

namespace {

class TopicStreams {
 public:
  TopicStreams(const Index& index, Report& report) : index_(index), report_(report) {}

  void check(TopicTracker& tracker, const TopicStep& step) {
    if (step.kind != TopicStep::Kind::live && step.kind != TopicStep::Kind::retained) return;
    const TopicMembership& membership = tracker.membership(step.topic);
    if (!membership.subscribed) return complain(kSubscribersOnly, step, "without being subscribed");
    check_payload(step);
    if (step.kind == TopicStep::Kind::live) {
      check_live(step, membership, tracker.cursor(step.stream));
    } else if (!membership.retained_due) {
      complain(kRetainedFirst, step, "as retained, after live messages");
    }
  }

 private:
  void check_payload(const TopicStep& step) {
    const PublishedStream& stream = index_.published[step.stream];
    if (step.number < 1 || step.number > stream.messages.size()) {
      if (!index_.truncated(stream.node)) complain(kTopicIntegrity, step, "which was never published");
      return;
    }
    const Sent& sent = stream.messages[step.number - 1];
    if (sent.digest != step.payload) {
      complain(kTopicIntegrity, step, "whose payload was published as " + message_name(sent.digest));
    } else if (stream.node == step.node && sent.event > step.event) {
      complain(kTopicIntegrity, step, "before it was published");
    }
  }

  void check_live(const TopicStep& step, const TopicMembership& membership, const PublisherCursor& cursor) {
    const auto after = [](std::uint64_t number) { return "right after number " + std::to_string(number); };
    if (step.number <= cursor.last_live) {
      complain(kContiguousStream, step, "though number " + std::to_string(cursor.last_live) + " came before");
    } else if (cursor.last_live > 0 && cursor.membership == membership.number) {
      const bool hole = step.number != cursor.last_live + 1 && cursor.gaps == membership.gaps;
      if (hole) complain(kContiguousStream, step, after(cursor.last_live));
    } else if (cursor.retained_phase == membership.phase) {
      const std::uint64_t retained = cursor.retained_highest;
      const bool again = step.number <= retained;
      const bool hole = step.number > retained + 1 && must_follow(step, membership, retained);
      if (again || hole) complain(kContiguousStream, step, after(retained) + ", which was retained");
    }
  }

  /// True where the first live message must be the one right after the retained one. The last message of a publisher is
  /// the last for its key; so if nobody else's is retained for any key, the highest one retained is its last before the
  /// cut. That fails where its later ones were lost to a merge, which a new subscriber cannot know.
  [[nodiscard]] bool must_follow(const TopicStep& step, const TopicMembership& membership,
                                 std::uint64_t retained) const {
    const PublishedStream& stream = index_.published[step.stream];
    if (membership.retained_mixed || membership.gaps != membership.gaps_at_phase) return false;
    return retained > 0 && retained <= stream.messages.size() &&
           !index_.left_after(stream.node, stream.topic, stream.messages[retained - 1].event);
  }

  void complain(std::string_view property, const TopicStep& step, const std::string& why) {
    const PublishedStream& stream = index_.published[step.stream];
    const bool published = step.number >= 1 && step.number <= stream.messages.size();
    const EventIndex sent_at = published ? stream.messages[step.number - 1].event : kNone;
    report_.add(property, {{step.node, step.event}, {stream.node, sent_at}}, [&] {
      return label(step.node) + " receives number " + std::to_string(step.number) + " of " + label(stream.node) +
             " on '" + std::string{index_.names[step.topic]} + "' " + why;
    });
  }

  const Index& index_;
  Report& report_;
};

}  // namespace

void check_topic_streams(const Index& index, Report& report) {
  for (const Place place : index.misnumbered) {
    report.add(kTopicIntegrity, {place}, [&] {
      return label(place.node) + " " + describe(index, index.history.nodes[place.node].events[place.event]) +
             ", which is not the next number";
    });
  }
  TopicStreams streams{index, report};
  walk_topics(
      index, [&](TopicTracker& tracker, const TopicStep& step) { streams.check(tracker, step); },
      [](TopicTracker&, NodeIndex) {});
}

}  // namespace hawser::check
