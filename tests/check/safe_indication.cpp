// What one member is delivered as safe, every member of the view delivers in it, unless it ends there.
// Source: CKV01, Safe Indication.
#include <algorithm>
#include <map>
#include <utility>

#include "checks.hpp"

namespace hawser::check {

namespace {

/// Which messages of a stream were delivered in a stay: Reliable FIFO leaves no holes.
struct Span {
  std::uint32_t first = kNone;
  std::uint32_t last = 0;
  [[nodiscard]] bool has(std::uint32_t message) const { return first <= message && message <= last; }
};
using Spans = std::map<std::pair<StayIndex, StreamIndex>, Span>;

bool counts(const Layer& layer, const Delivery& delivery) {
  return delivery.stay != kNone && delivery.message != kNone &&
         class_of(layer.streams[delivery.stream].channel) == OrderClass::total;
}

Spans spans_of(const Layer& layer) {
  Spans spans;
  for (const Delivery& delivery : layer.deliveries) {
    if (!counts(layer, delivery)) continue;
    Span& span = spans[{delivery.stay, delivery.stream}];
    span.first = std::min(span.first, delivery.message);
    span.last = std::max(span.last, delivery.message);
  }
  return spans;
}

/// It crashed in the view, or left the group from there, or what it did last was lost.
bool ends_in(const Index& index, const Stay& stay) {
  if (stay.next != kNone) return false;
  return stay.end != kNone || !index.alive(stay.node) || !index.history.settled;
}

}  // namespace

void check_safe_indication(const Index& index, Report& report) {
  const Layer& layer = index.heavy;
  const bool any = std::any_of(layer.deliveries.begin(), layer.deliveries.end(), [](const auto& d) { return d.safe; });
  if (!any) return;
  const Spans spans = spans_of(layer);
  for (const Delivery& delivery : layer.deliveries) {
    if (!delivery.safe || !counts(layer, delivery)) continue;
    const ViewIndex view = layer.stays[delivery.stay].view;
    for (const NodeIndex member : layer.views[view].members) {
      const StayIndex there = layer.stay_of(view, member);
      if (there == kNone ? index.truncated(member) || index.trace_of(member) == nullptr
                         : ends_in(index, layer.stays[there]))
        continue;
      const auto span = there == kNone ? spans.end() : spans.find({there, delivery.stream});
      if (span != spans.end() && span->second.has(delivery.message)) continue;
      report.add(kSafeIndication, {{delivery.node, delivery.event}}, [&] {
        return label(delivery.node) + " delivers " + message_name(delivery.digest) + " as safe in " +
               view_name(index, layer, delivery.stay) + ", and " + label(member) + " never does";
      });
    }
  }
}

}  // namespace hawser::check
