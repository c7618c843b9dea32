#include "index.hpp"

#include <algorithm>

#include "readers.hpp"
#include "transport/core/check.hpp"

namespace hawser::check {

namespace {

/// Hands every event to the reader that knows it.
class Reader {
 public:
  explicit Reader(Index& index) : heavy_(index), light_(index, heavy_), topics_(index) {}

  void read(NodeIndex node, const std::vector<TraceEvent>& events) {
    heavy_.begin_node(node);
    light_.begin_node(node);
    topics_.begin_node(node);
    for (EventIndex at = 0; at < events.size(); ++at) {
      std::visit([&](const auto& what) { dispatch(what, at); }, events[at].what);
    }
  }

 private:
  template <typename Event>
  void dispatch(const Event& event, EventIndex at) {
    if constexpr (requires { heavy_.on(event, at); }) {
      heavy_.on(event, at);
    } else if constexpr (requires { light_.on(event, at); }) {
      light_.on(event, at);
    } else {
      topics_.on(event, at);
    }
    if constexpr (std::is_same_v<Event, trace::LightLeft>) topics_.on_left(event, at);
  }

  HeavyReader heavy_;
  LightReader light_;
  TopicReader topics_;
};

}  // namespace

Index::Index(const History& run) : history(run), last_directory(history.nodes.size(), kNone) {
  for (const NodeTrace& trace : history.nodes) nodes.add(trace.node);
  HAWSER_CHECK(nodes.size() == history.nodes.size());
  Reader reader{*this};
  for (NodeIndex node = 0; node < history.nodes.size(); ++node) reader.read(node, history.nodes[node].events);
  heavy.resolve();
  light.resolve();
  stream_episodes.resize(light.streams.size());
}

const Episode& Index::episode_of(StreamIndex light_stream, std::uint32_t message) const {
  const auto& candidates = stream_episodes[light_stream];
  const auto after = std::partition_point(candidates.begin(), candidates.end(), [&](EpisodeIndex episode) {
    return episodes[episode].first_sent <= message;
  });
  return episodes[*std::prev(after)];
}

const Episode* Index::last_episode(NodeIndex node, NameIndex name) const {
  const StreamIndex stream = light.find_stream(name, node);
  if (stream >= stream_episodes.size() || stream_episodes[stream].empty()) return nullptr;
  return &episodes[stream_episodes[stream].back()];
}

const Episode* Index::episode_at(NodeIndex node, NameIndex name, EventIndex event) const {
  const StreamIndex stream = light.find_stream(name, node);
  if (stream >= stream_episodes.size()) return nullptr;
  const auto& candidates = stream_episodes[stream];
  const auto at = std::partition_point(candidates.begin(), candidates.end(),
                                       [&](EpisodeIndex episode) { return episodes[episode].left < event; });
  return at == candidates.end() ? nullptr : &episodes[*at];
}

bool Index::left_after(NodeIndex node, NameIndex name, EventIndex event) const {
  const StreamIndex stream = light.find_stream(name, node);
  if (stream >= stream_episodes.size()) return false;
  const auto& candidates = stream_episodes[stream];
  return std::any_of(candidates.rbegin(), candidates.rend(),
                     [&](EpisodeIndex episode) { return !episodes[episode].open() && episodes[episode].left > event; });
}

std::uint32_t Index::published_stream(NameIndex topic, NodeIndex node) {
  const std::uint32_t stream = published_keys_.add(pair_key(topic, node));
  if (stream == published.size()) published.push_back({node, topic, {}});
  return stream;
}

}  // namespace hawser::check
