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

/// Complains about the first own message from `begin` on that the sender did not deliver. Slow: for reports only.
void complain(const Layer& layer, StreamIndex stream, std::uint32_t begin, Report& report) {
  const Stream& sent = layer.streams[stream];
  std::vector<bool> delivered(sent.sent.size());
  for (const Delivery& delivery : layer.deliveries) {
    const bool own = delivery.stream == stream && layer.is_own(delivery) && delivery.message != kNone;
    if (own) delivered[delivery.message] = true;
  }
  while (begin < delivered.size() && delivered[begin]) ++begin;
  if (begin == delivered.size()) return;
  report.add(layer.properties.self_delivery, {{sent.sender, sent.sent[begin].event}}, [&] {
    return label(sent.sender) + " never delivers its own message " + std::to_string(begin + 1) + " (" +
           message_name(sent.sent[begin].digest) + ")";
  });
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
    const Episode& episode = index.episodes[index.stream_episodes[stream].back()];
    // What was sent before the first view may have gone down with its lineage in a merge.
    const std::uint32_t begin =
        episode.merged_before_view ? std::min(own[stream].first, episode.sent_at_view) : episode.first_sent;
    if (own[stream].count < sent.sent.size() - begin) complain(layer, stream, begin, report);
  }
}

}  // namespace hawser::check
