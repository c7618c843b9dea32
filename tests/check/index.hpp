// A history, read once into arrays: everything that the checks look up, in near-linear time.
#pragma once

#include <cstdint>
#include <vector>

#include "history.hpp"
#include "interner.hpp"
#include "layer.hpp"

namespace hawser::check {

using NameIndex = std::uint32_t;     ///< in Index::names: a light-weight group's or a topic's name
using EpisodeIndex = std::uint32_t;  ///< in Index::episodes

/// One membership of a node in a light-weight group: from the end of the one before (it may send before its first view)
/// to LightLeft.
struct Episode {
  NodeIndex node = 0;
  NameIndex name = 0;
  std::uint32_t group = kNone;  ///< kNone where it never got a view
  StayIndex first_stay = kNone;
  StayIndex last_stay = kNone;
  EventIndex begin = 0;
  EventIndex left = kNone;          ///< kNone where it lasts to the end of the trace
  bool changed_group = false;       ///< it began with a view of another group id, and without LightLeft
  bool merged_before_view = false;  ///< a merge fell between its begin and its first view
  std::uint32_t first_sent = 0;     ///< its first message in the node's stream of this name
  std::uint32_t sent_at_view = 0;   ///< how many the stream had at the first view
  bool left_asked = false;          ///< it ended by the node's own wish
  std::uint32_t sent_at_end = 0;    ///< how many the stream had when it ended

  [[nodiscard]] bool open() const { return left == kNone; }
};

/// What one node published on one topic: message number n stands at n - 1.
struct PublishedStream {
  NodeIndex node = 0;
  NameIndex topic = 0;
  std::vector<Sent> messages;
};

/// What a subscriber went through on a topic, in order.
struct TopicStep {
  enum class Kind : std::uint8_t { subscribed, unsubscribed, live, retained, gap, restarted };
  Kind kind = Kind::live;
  NodeIndex node = 0;
  EventIndex event = 0;
  NameIndex topic = 0;
  std::uint32_t stream = kNone;  ///< live and retained: in Index::published
  std::uint64_t number = 0;
  MessageDigest payload = 0;
  bool state_installed = false;  ///< restarted: by a state handed over
};

class Index {
 public:
  /// `run` must outlive it.
  explicit Index(const History& run);

  /// The node's trace; nullptr where it is only mentioned by others.
  [[nodiscard]] const NodeTrace* trace_of(NodeIndex node) const {
    return node < history.nodes.size() ? &history.nodes[node] : nullptr;
  }
  [[nodiscard]] bool alive(NodeIndex node) const { return trace_of(node) != nullptr && trace_of(node)->alive(); }
  /// True where its last events may be missing.
  [[nodiscard]] bool truncated(NodeIndex node) const { return trace_of(node) != nullptr && trace_of(node)->truncated; }

  template <typename Event>
  [[nodiscard]] const Event& event(NodeIndex node, EventIndex at) const {
    return std::get<Event>(history.nodes[node].events[at].what);
  }
  [[nodiscard]] const trace::HeavyView& heavy_view(const Stay& stay) const {
    return event<trace::HeavyView>(stay.node, stay.begin);
  }
  [[nodiscard]] const trace::LightViewSeen& light_view(const Stay& stay) const {
    return event<trace::LightViewSeen>(stay.node, stay.begin);
  }
  /// The episode in which a message of a light stream was sent.
  [[nodiscard]] const Episode& episode_of(StreamIndex light_stream, std::uint32_t message) const;
  /// The node's last episode of this name; nullptr where there is none.
  [[nodiscard]] const Episode* last_episode(NodeIndex node, NameIndex name) const;
  /// The node's episode of this name that `event` falls into; nullptr where there is none.
  [[nodiscard]] const Episode* episode_at(NodeIndex node, NameIndex name, EventIndex event) const;
  /// True where the node left a light-weight group of this name after `event`, by its own wish or because of a merge.
  [[nodiscard]] bool left_after(NodeIndex node, NameIndex name, EventIndex event) const;

  const History& history;
  NodeTable nodes;  ///< history.nodes in their order, then who is only mentioned
  NameTable names;

  NumberTable heavy_groups;  ///< values of GroupId. A heavy channel is kOrderClasses * group + order class.
  Layer heavy{kHeavy};

  Layer light{kLight};  ///< A light channel is a name.
  std::vector<Episode> episodes;
  std::vector<EpisodeIndex> episode_of_stay;               ///< by light stay
  std::vector<StayIndex> control_of_light;                 ///< by light stay: where the node was in the control group
  std::vector<StayIndex> heavy_of_light;                   ///< the same in the group that it rode on
  std::vector<std::vector<EpisodeIndex>> stream_episodes;  ///< by light stream, in order

  std::vector<PublishedStream> published;
  std::vector<Place> misnumbered;  ///< Published events whose number is not the next one
  std::vector<TopicStep> topic_steps;
  std::vector<Place> states_taken;
  std::vector<Place> states_installed;

  std::vector<EventIndex> last_directory;  ///< by node: its last DirectoryState

  /// The stream of what `node` published on `topic`, made where there is none.
  std::uint32_t published_stream(NameIndex topic, NodeIndex node);

 private:
  NumberTable published_keys_;
};

}  // namespace hawser::check
