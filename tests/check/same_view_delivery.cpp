// Everyone delivers a message in the same view.
// Source: CKV01, Same View Delivery. Departs: in light-weight groups, for those who stay together below.
#include <map>
#include <utility>

#include "checks.hpp"

namespace hawser::check {

namespace {

/// Where the receiver of a light message was, in the control group, when it delivered it.
StayIndex heavy_stay_at(const Index& index, const Delivery& delivery) {
  const auto& stays = index.heavy.stays;
  StayIndex stay = index.control_of_light[delivery.stay];
  while (stay != kNone && stays[stay].next != kNone && stays[stays[stay].next].begin < delivery.event) {
    stay = stays[stay].next;
  }
  return stay;
}

/// True where the two receivers of a light message were no longer together in the control group when the later of them
/// delivered it. Then a change that the message waited for may have been installed before they parted at one, and after
/// it at the other: one had all markers by then, and the other had not.
bool have_parted(const Index& index, const Delivery& a, const Delivery& b) {
  const Layer& heavy = index.heavy;
  const StayIndex at_a = heavy_stay_at(index, a);
  const StayIndex at_b = heavy_stay_at(index, b);
  if (at_a == kNone || at_b == kNone) return false;  // View In Heavy View is broken.
  const auto epoch = [&](StayIndex stay) { return index.heavy_view(heavy.stays[stay]).view.id.epoch; };
  const bool a_first = epoch(at_a) < epoch(at_b);
  const Stay& earlier = heavy.stays[a_first ? at_a : at_b];
  const StayIndex other = heavy.stay_of(earlier.view, (a_first ? b : a).node);
  if (other == kNone) return true;
  if (heavy.stays[at_a].view == heavy.stays[at_b].view) return false;
  const StayIndex next = heavy.stays[other].next;
  return earlier.next == kNone || next == kNone || heavy.stays[next].view != heavy.stays[earlier.next].view;
}

/// Finds deliveries of one message in different views.
class SameView {
 public:
  SameView(const Index& index, const Layer& layer) : index_(index), layer_(layer) {
    std::size_t messages = 0;
    for (const Stream& stream : layer.streams)
      offsets_.push_back(std::exchange(messages, messages + stream.sent.size()));
    first_.resize(messages, nullptr);
  }

  /// An earlier delivery of the same message that should have been in the same view; nullptr where there is none.
  const Delivery* add(const Delivery& delivery) {
    const Delivery*& first = first_[offsets_[delivery.stream] + delivery.message];
    if (first == nullptr) first = &delivery;
    if (is_same_view(*first, delivery)) return nullptr;
    if (!may_differ(*first, delivery)) return first;
    auto& others = others_[{delivery.stream, delivery.message}];
    for (const Delivery* other : others) {
      if (is_same_view(*other, delivery)) return nullptr;
      if (!may_differ(*other, delivery)) return other;
    }
    others.push_back(&delivery);
    return nullptr;
  }

 private:
  [[nodiscard]] bool is_same_view(const Delivery& a, const Delivery& b) const {
    return layer_.stays[a.stay].view == layer_.stays[b.stay].view;
  }
  [[nodiscard]] bool may_differ(const Delivery& a, const Delivery& b) const {
    return &layer_ == &index_.light && have_parted(index_, a, b);
  }

  const Index& index_;
  const Layer& layer_;
  std::vector<std::size_t> offsets_;                                                      // By stream, into first_.
  std::vector<const Delivery*> first_;                                                    // By message.
  std::map<std::pair<StreamIndex, std::uint32_t>, std::vector<const Delivery*>> others_;  // One for each further view.
};

}  // namespace

void check_same_view_delivery(const Index& index, const Layer& layer, Report& report) {
  SameView same_view{index, layer};
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.message == kNone || delivery.stay == kNone || delivery.duplicate) continue;
    const Delivery* const other = same_view.add(delivery);
    if (other == nullptr) continue;
    report.add(layer.properties.same_view_delivery, {{delivery.node, delivery.event}, {other->node, other->event}},
               [&] {
                 return delivery_name(layer, delivery) + " in " + view_name(index, layer, delivery.stay) + ", but " +
                        label(other->node) + " did so in " + view_name(index, layer, other->stay);
               });
  }
}

}  // namespace hawser::check
