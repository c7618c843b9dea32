// Who goes together has delivered the same.
// Source: CKV01, Virtual Synchrony and Multicast Liveness.
#include <algorithm>
#include <iterator>

#include "checks.hpp"

namespace hawser::check {

namespace {

using Message = std::pair<StreamIndex, MessageDigest>;

/// What was delivered in a stay, sorted. Slow: for reports only.
std::vector<Message> delivered_in(const Layer& layer, StayIndex stay) {
  std::vector<Message> messages;
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay == stay && !delivery.duplicate) messages.emplace_back(delivery.stream, delivery.digest);
  }
  std::sort(messages.begin(), messages.end());
  return messages;
}

std::string names_of(const Layer& layer, const std::vector<Message>& messages) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(messages.size(), kShown); ++i) {
    text += " " + message_name(messages[i].second) + " of " + label(layer.streams[messages[i].first].sender);
  }
  return messages.size() > kShown ? text + " and " + std::to_string(messages.size() - kShown) + " more" : text;
}

/// " only n1 delivered m12345678 of n2" for both; empty where nothing differs.
std::string difference(const Layer& layer, StayIndex a, StayIndex b) {
  const std::vector<Message> of_a = delivered_in(layer, a);
  const std::vector<Message> of_b = delivered_in(layer, b);
  const auto without = [&](const std::vector<Message>& these, const std::vector<Message>& those, StayIndex stay) {
    std::vector<Message> rest;
    std::set_difference(these.begin(), these.end(), those.begin(), those.end(), std::back_inserter(rest));
    return rest.empty() ? "" : "; only " + label(layer.stays[stay].node) + " delivered" + names_of(layer, rest);
  };
  return without(of_a, of_b, a) + without(of_b, of_a, b);
}

bool same_delivered(const Stay& a, const Stay& b) {
  return a.delivered == b.delivered && a.delivered_sum == b.delivered_sum;
}

/// True for the stay that a live node of a settled history ends in.
bool is_final(const Index& index, const Layer& layer, StayIndex stay) {
  const Stay& at = layer.stays[stay];
  return at.next == kNone && at.end == kNone && index.alive(at.node);
}

}  // namespace

void check_virtual_synchrony(const Index& index, const Layer& layer, Report& report) {
  NumberTable moves;  // (view, next view)
  std::vector<StayIndex> first;
  for (StayIndex stay = 0; stay < layer.stays.size(); ++stay) {
    const Stay& at = layer.stays[stay];
    if (at.next == kNone) continue;
    const std::uint32_t move = moves.add(pair_key(at.view, layer.stays[at.next].view));
    if (move == first.size()) first.push_back(stay);
    const StayIndex other = first[move];
    if (same_delivered(at, layer.stays[other])) continue;
    report.add(layer.properties.virtual_synchrony,
               {{at.node, at.end}, {layer.stays[other].node, layer.stays[other].end}}, [&] {
                 return label(at.node) + " and " + label(layer.stays[other].node) + " go together from " +
                        view_name(index, layer, stay) + " to " + view_name(index, layer, at.next) +
                        difference(layer, stay, other);
               });
  }
}

void check_multicast_liveness(const Index& index, const Layer& layer, Report& report) {
  if (!index.history.settled) return;
  std::vector<StayIndex> first(layer.views.size(), kNone);
  for (StayIndex stay = 0; stay < layer.stays.size(); ++stay) {
    if (!is_final(index, layer, stay)) continue;
    const Stay& at = layer.stays[stay];
    StayIndex& other = first[at.view];
    if (other == kNone) other = stay;
    if (same_delivered(at, layer.stays[other])) continue;
    report.add(layer.properties.multicast_liveness, {{at.node, kNone}, {layer.stays[other].node, kNone}}, [&] {
      return label(at.node) + " and " + label(layer.stays[other].node) + " end in " + view_name(index, layer, stay) +
             difference(layer, stay, other);
    });
  }
}

}  // namespace hawser::check
