// Who lives on delivers what it sent.
// Source: CKV01 10.1.3, Self Delivery.
#include <algorithm>

#include "checks.hpp"

namespace hawser::check {

namespace {

/// Which of its own messages a node delivered, from `begin` on.
struct OwnDeliveries {
  std::uint32_t begin = 0;
  std::uint32_t first = kNone;
  std::uint32_t count = 0;

  void add(std::uint32_t message) {
    if (message < begin) return;
    first = std::min(first, message);
    ++count;
  }
};

/// Counts own deliveries by stream; `from` has each stream's OwnDeliveries::begin.
std::vector<OwnDeliveries> count_own(const Layer& layer, std::vector<OwnDeliveries> from) {
  for (const Delivery& delivery : layer.deliveries) {
    if (!layer.is_own(delivery) || delivery.message == kNone || delivery.duplicate) continue;
    from[delivery.stream].add(delivery.message);
  }
  return from;
}

/// Of each stream: which of its messages their sender has delivered.
std::vector<std::vector<bool>> own_delivered(const Layer& layer) {
  std::vector<std::vector<bool>> delivered(layer.streams.size());
  for (StreamIndex stream = 0; stream < layer.streams.size(); ++stream) {
    delivered[stream].resize(layer.streams[stream].sent.size());
  }
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.message != kNone && layer.is_own(delivery)) delivered[delivery.stream][delivery.message] = true;
  }
  return delivered;
}

/// Complains about the first own message in [begin, end) that the sender did not deliver.
void complain(const Layer& layer, std::string_view property, StreamIndex stream, const std::vector<bool>& delivered,
              std::uint32_t begin, std::uint32_t end, Report& report) {
  const Stream& sent = layer.streams[stream];
  while (begin < end && delivered[begin]) ++begin;
  if (begin >= end) return;
  report.add(property, {{sent.sender, sent.sent[begin].event}}, [&] {
    return label(sent.sender) + " never delivers its own message " + std::to_string(begin + 1) + " (" +
           message_name(sent.sent[begin].digest) + ")";
  });
}

/// The same from `begin` on. Slow: for reports only.
void complain(const Layer& layer, StreamIndex stream, std::uint32_t begin, Report& report) {
  const auto end = static_cast<std::uint32_t>(layer.streams[stream].sent.size());
  complain(layer, layer.properties.self_delivery, stream, own_delivered(layer)[stream], begin, end, report);
}

/// What was sent before the first view may have gone down with its lineage in a merge: then, what comes from the
/// `first` on that it delivered.
std::uint32_t begin_of(const Episode& episode, std::uint32_t first) {
  return episode.merged_before_view ? std::min(first, episode.sent_at_view) : episode.first_sent;
}

/// Where the stream's open membership begins, and with it what must be delivered; the end of the stream where the
/// sender is no member at the end.
std::uint32_t open_begin(const Index& index, StreamIndex stream) {
  const auto& episodes = index.stream_episodes[stream];
  const Episode* last = episodes.empty() ? nullptr : &index.episodes[episodes.back()];
  const bool is_member = last != nullptr && last->open() && last->group != kNone;
  return is_member ? last->first_sent : static_cast<std::uint32_t>(index.light.streams[stream].sent.size());
}

}  // namespace

void check_heavy_self_delivery(const Index& index, Report& report) {
  if (!index.history.settled) return;
  const Layer& layer = index.heavy;
  std::vector<OwnDeliveries> from(layer.streams.size());
  for (StreamIndex stream = 0; stream < layer.streams.size(); ++stream)
    from[stream].begin = layer.streams[stream].excused();
  const auto own = count_own(layer, std::move(from));
  for (StreamIndex stream = 0; stream < layer.streams.size(); ++stream) {
    const Stream& sent = layer.streams[stream];
    const bool all = own[stream].count >= sent.sent.size() - sent.excused();
    if (index.alive(sent.sender) && !all) complain(layer, stream, sent.excused(), report);
  }
}

void check_light_self_delivery(const Index& index, Report& report) {
  if (!index.history.settled) return;
  const Layer& layer = index.light;
  std::vector<OwnDeliveries> from(layer.streams.size());
  for (StreamIndex stream = 0; stream < layer.streams.size(); ++stream) from[stream].begin = open_begin(index, stream);
  const auto own = count_own(layer, std::move(from));
  for (StreamIndex stream = 0; stream < layer.streams.size(); ++stream) {
    const Stream& sent = layer.streams[stream];
    if (!index.alive(sent.sender) || own[stream].begin == sent.sent.size()) continue;
    const std::uint32_t begin = begin_of(index.episodes[index.stream_episodes[stream].back()], own[stream].first);
    if (own[stream].count < sent.sent.size() - begin) complain(layer, stream, begin, report);
  }
}

// Who leaves by its own wish has delivered all that it sent as a member.
void check_nothing_left_behind(const Index& index, Report& report) {
  const Layer& layer = index.light;
  const std::vector<std::vector<bool>> delivered = own_delivered(layer);
  for (StreamIndex stream = 0; stream < layer.streams.size(); ++stream) {
    for (const EpisodeIndex at : index.stream_episodes[stream]) {
      const Episode& episode = index.episodes[at];
      if (!episode.left_asked || episode.group == kNone) continue;
      std::uint32_t first = episode.first_sent;
      while (first < episode.sent_at_end && !delivered[stream][first]) ++first;
      complain(layer, kNothingLeftBehind, stream, delivered[stream], begin_of(episode, first), episode.sent_at_end,
               report);
    }
  }
}

}  // namespace hawser::check
