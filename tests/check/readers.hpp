// The parts that read a history into an Index, one for each kind of events. Internal to index.cpp.
#pragma once

#include <vector>

#include "index.hpp"

namespace hawser::check {

using ViewTable = Interner<Key, KeyHash>;

/// Heavy-weight groups. `index` must outlive it.
class HeavyReader {
 public:
  explicit HeavyReader(Index& index) : index_(index) {}
  void begin_node(NodeIndex node);
  void on(const trace::HeavyView& seen, EventIndex at);
  void on(const trace::HeavySent& sent, EventIndex at);
  void on(const trace::HeavyUnsent& unsent, EventIndex at);
  void on(const trace::HeavyHold& hold, EventIndex at);
  void on(const trace::HeavyLeft& left, EventIndex at);
  void on(const trace::HeavyDelivered& delivered, EventIndex at);
  void on(const trace::HeavyPrimary&, EventIndex) {}  // Its check needs them in their places only.

  /// The node's last view that it came to from another, and not everyone with it; kNone where there was none.
  [[nodiscard]] EventIndex last_merge() const { return last_merge_; }
  /// Where the node is now in this group; kNone where it is in none of its views.
  [[nodiscard]] StayIndex stay_in(GroupId id) const;

 private:
  std::uint32_t channel(GroupId group, Order order);
  StayIndex& current(std::uint32_t group);

  Index& index_;
  ViewTable views_;
  NodeIndex node_ = 0;
  EventIndex last_merge_ = kNone;
  std::vector<StayIndex> current_;  // By group.
};

/// Light-weight groups. `index` and `heavy` must outlive it.
class LightReader {
 public:
  LightReader(Index& index, const HeavyReader& heavy) : index_(index), heavy_(heavy) {}
  void begin_node(NodeIndex node);
  void on(const trace::LightViewSeen& seen, EventIndex at);
  void on(const trace::LightLeft& left, EventIndex at);
  void on(const trace::LightSent& sent, EventIndex at);
  void on(const trace::LightDeliveredSeen& delivered, EventIndex at);

 private:
  StreamIndex stream(NameIndex name, NodeIndex sender);
  /// The node's open episode of this name, made where there is none.
  EpisodeIndex open_episode(NameIndex name);
  EpisodeIndex first_view(EpisodeIndex episode, std::uint32_t group, EventIndex at);
  void close(EpisodeIndex episode, EventIndex at);

  Index& index_;
  const HeavyReader& heavy_;
  ViewTable views_;
  NumberTable groups_;
  std::vector<NameIndex> name_of_group_;  // As first seen by anyone.
  NodeIndex node_ = 0;
  std::vector<EpisodeIndex> by_name_;   // This node's open episodes.
  std::vector<EpisodeIndex> by_group_;  // Those of them that have a view.
};

/// Topics and the directory. `index` must outlive it.
class TopicReader {
 public:
  explicit TopicReader(Index& index) : index_(index) {}
  void begin_node(NodeIndex node) { node_ = node; }
  void on(const trace::Subscribed& event, EventIndex at) { step(TopicStep::Kind::subscribed, event.topic, at); }
  void on(const trace::Unsubscribed& event, EventIndex at) { step(TopicStep::Kind::unsubscribed, event.topic, at); }
  void on(const trace::GapSeen& event, EventIndex at) { step(TopicStep::Kind::gap, event.topic, at); }
  void on_left(const trace::LightLeft& event, EventIndex at) { step(TopicStep::Kind::restarted, event.name, at); }
  void on(const trace::Published& event, EventIndex at);
  void on(const trace::Received& event, EventIndex at);
  void on(const trace::StateTaken&, EventIndex at) { index_.states_taken.push_back({node_, at}); }
  void on(const trace::StateInstalled& event, EventIndex at);
  void on(const trace::DirectoryState&, EventIndex at) { index_.last_directory[node_] = at; }

 private:
  TopicStep& step(TopicStep::Kind kind, std::string_view topic, EventIndex at);

  Index& index_;
  NodeIndex node_ = 0;
};

}  // namespace hawser::check
