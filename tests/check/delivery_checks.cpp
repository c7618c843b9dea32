// What every single delivery must be.
#include <algorithm>

#include "checks.hpp"
#include "sender_stays.hpp"

namespace hawser::check {

namespace {

/// Checks that what is delivered was sent, by this sender, when and where it could have been.
class Integrity {
 public:
  Integrity(const Index& index, const Layer& layer) : index_(index), layer_(layer), sender_stays_(layer) {}

  /// What is wrong; nullptr where nothing is.
  [[nodiscard]] const char* fault_of(const Delivery& delivery) {
    const NodeIndex sender = layer_.streams[delivery.stream].sender;
    if (delivery.message == kNone) return index_.truncated(sender) ? nullptr : "which was never sent there";
    const EventIndex sent_at = layer_.streams[delivery.stream].sent[delivery.message].event;
    if (layer_.is_own(delivery) && sent_at > delivery.event) return "which it had not sent yet";
    if (is_light() && is_of_other_group(delivery)) return "which was sent in another group of this name";
    if (delivery.stay == kNone) return nullptr;
    return fault_of_view(delivery, sender, sent_at);
  }

 private:
  [[nodiscard]] bool is_light() const { return &layer_ == &index_.light; }

  [[nodiscard]] bool is_of_other_group(const Delivery& delivery) const {
    const std::uint32_t group = index_.episode_of(delivery.stream, delivery.message).group;
    return group != kNone && delivery.stay != kNone && group != layer_.views[layer_.stays[delivery.stay].view].group;
  }

  [[nodiscard]] const char* fault_of_view(const Delivery& delivery, NodeIndex sender, EventIndex sent_at) {
    const bool first = sender_stays_.enter(delivery);
    const StayIndex there = sender_stays_.sender_stay(delivery);
    if (there != kNone)
      return sent_at > layer_.stays[there].end ? "which was sent after its sender left that view" : nullptr;
    if (is_light() || !first) return nullptr;  // A newcomer may crash between its marker and its first light view.
    if (!layer_.is_member(layer_.stays[delivery.stay].view, sender)) return "whose sender is not in the view";
    return index_.truncated(sender) ? nullptr : "whose sender never installed the view";
  }

  const Index& index_;
  const Layer& layer_;
  SenderStays sender_stays_;
};

}  // namespace

void check_delivery_in_view(const Layer& layer, Report& report) {
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay != kNone) continue;
    report.add(layer.properties.delivery_in_view, {{delivery.node, delivery.event}},
               [&] { return delivery_name(layer, delivery) + " while it is in no view of that group"; });
  }
}

void check_delivery_integrity(const Index& index, const Layer& layer, Report& report) {
  Integrity integrity{index, layer};
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stream == kNone) continue;
    const char* const wrong = integrity.fault_of(delivery);
    if (wrong == nullptr) continue;
    const NodeIndex sender = layer.streams[delivery.stream].sender;
    const bool sent = delivery.message != kNone;
    const EventIndex sent_at = sent ? layer.streams[delivery.stream].sent[delivery.message].event : kNone;
    report.add(layer.properties.delivery_integrity, {{delivery.node, delivery.event}, {sender, sent_at}}, [&] {
      return delivery_name(layer, delivery) + " in " + view_name(index, layer, delivery.stay) + ", " + wrong;
    });
  }
}

void check_from_members_only(const Index& index, Report& report) {
  SenderStays runs{index.light};
  for (const Delivery& delivery : index.light.deliveries) {
    if (delivery.stream == kNone || delivery.stay == kNone || !runs.enter(delivery)) continue;
    if (index.light.is_member(index.light.stays[delivery.stay].view, index.light.streams[delivery.stream].sender)) {
      continue;
    }
    report.add(kFromMembersOnly, {{delivery.node, delivery.event}}, [&] {
      return delivery_name(index.light, delivery) + ", who is not in " + view_name(index, index.light, delivery.stay);
    });
  }
}

void check_no_duplication(const Index& index, const Layer& layer, Report& report) {
  for (std::size_t i = 0; i < layer.deliveries.size(); ++i) {
    const Delivery& again = layer.deliveries[i];
    if (!again.duplicate) continue;
    report.add(layer.properties.no_duplication, {{again.node, again.event}}, [&] {
      const auto first = std::find_if(layer.deliveries.begin(), layer.deliveries.end(), [&](const Delivery& d) {
        return d.node == again.node && d.stream == again.stream && d.digest == again.digest;
      });
      return delivery_name(layer, again) + " a second time, in " + view_name(index, layer, again.stay) +
             "; the first time was in " + view_name(index, layer, first->stay);
    });
  }
}

}  // namespace hawser::check
