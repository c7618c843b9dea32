// In the end every subscriber is in its topics' views, and has all that was published since it came.
#include <algorithm>

#include "checks.hpp"
#include "topic_tracker.hpp"

namespace hawser::check {

namespace {

class TopicLiveness {
 public:
  TopicLiveness(const Index& index, Report& report)
      : index_(index), report_(report), streams_by_topic_(index.names.size()) {
    for (std::uint32_t stream = 0; stream < index.published.size(); ++stream) {
      streams_by_topic_[index.published[stream].topic].push_back(stream);
    }
  }

  void check(TopicTracker& tracker, NodeIndex node) {
    if (!index_.alive(node)) return;
    const std::vector<NameIndex> topics = tracker.topics();
    for (const NameIndex topic : topics) {
      const TopicMembership& membership = tracker.membership(topic);
      if (!membership.subscribed) continue;
      check_in_view(node, topic, membership);
      for (const std::uint32_t stream : streams_by_topic_[topic]) {
        check_stream(membership, stream, tracker.cursor(stream));
      }
    }
  }

 private:
  void check_in_view(NodeIndex node, NameIndex topic, const TopicMembership& membership) {
    const Episode* episode = index_.last_episode(node, topic);
    if (episode != nullptr && episode->open() && episode->last_stay != kNone) return;
    report_.add(kLight.membership_precision, {{node, membership.since}}, [&] {
      return label(node) + " subscribes to " + quoted(topic) + " to the end, but ends in no light view of it";
    });
  }

  void check_stream(const TopicMembership& membership, std::uint32_t number, const PublisherCursor& cursor) {
    const PublishedStream& stream = index_.published[number];
    const bool within_reach = index_.alive(stream.node) && index_.history.nodes[stream.node].component ==
                                                               index_.history.nodes[membership.node].component;
    if (!within_reach) return;
    const bool heard = cursor.last_live > 0 && cursor.membership == membership.number;
    const std::uint32_t gaps = heard ? cursor.gaps : membership.gaps_at_phase;
    const std::uint64_t missing = heard ? cursor.last_live + 1 : first_live(membership, stream);
    if (missing > stream.messages.size() || membership.gaps != gaps) return;
    const EventIndex published_at = stream.messages[missing - 1].event;
    // What a publisher sent in a lineage that gave way to another may be lost.
    if (index_.left_after(stream.node, stream.topic, published_at)) return;
    report_.add(kTopicLiveness, {{membership.node, kNone}, {stream.node, published_at}}, [&] {
      return label(membership.node) + " never receives number " + std::to_string(missing) + " of " +
             label(stream.node) + " on " + quoted(stream.topic);
    });
  }

  /// The first number that surely comes live: published after the publisher was in the view that was the subscriber's
  /// cut. A number beyond the stream's end where that is unknown.
  [[nodiscard]] std::uint64_t first_live(const TopicMembership& membership, const PublishedStream& stream) const {
    const std::uint64_t unknown = stream.messages.size() + 1;
    const Episode* episode = index_.last_episode(membership.node, stream.topic);
    if (episode == nullptr || episode->first_stay == kNone) return unknown;
    // Who was in the group before it subscribed had the state from then on, at no cut that a trace shows.
    if (membership.since > index_.light.stays[episode->first_stay].begin) return unknown;
    const StayIndex cut = cut_stay(membership, *episode);
    const StayIndex there = cut == kNone ? kNone : index_.light.stay_of(index_.light.stays[cut].view, stream.node);
    if (there == kNone) return unknown;
    const auto at = std::partition_point(stream.messages.begin(), stream.messages.end(), [&](const Sent& sent) {
      return sent.event < index_.light.stays[there].begin;
    });
    return static_cast<std::uint64_t>(at - stream.messages.begin()) + 1;
  }

  /// The subscriber's stay in the view at which its state was taken: its first one unless a StateInstalled says other.
  [[nodiscard]] StayIndex cut_stay(const TopicMembership& membership, const Episode& episode) const {
    const EventIndex installed = membership.state_installed;
    if (installed == kNone || installed < index_.light.stays[episode.first_stay].begin) return episode.first_stay;
    const auto& state = index_.event<trace::StateInstalled>(membership.node, installed);
    for (StayIndex stay = episode.first_stay; stay != kNone; stay = index_.light.stays[stay].next) {
      const LightView& view = index_.light_view(index_.light.stays[stay]).view;
      if (view.era == state.cut_era && view.heavy_view == state.cut_heavy_view) return stay;
    }
    return kNone;
  }

  [[nodiscard]] std::string quoted(NameIndex topic) const { return "'" + std::string{index_.names[topic]} + "'"; }

  const Index& index_;
  Report& report_;
  std::vector<std::vector<std::uint32_t>> streams_by_topic_;
};

}  // namespace

void check_topic_liveness(const Index& index, Report& report) {
  if (!index.history.settled) return;
  TopicLiveness liveness{index, report};
  walk_topics(
      index, [](TopicTracker&, const TopicStep&) {},
      [&](TopicTracker& tracker, NodeIndex node) { liveness.check(tracker, node); });
}

}  // namespace hawser::check
