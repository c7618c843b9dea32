// One order for all, in heavy-weight groups and in those light-weight groups that are configured so.
// Source: CKV01, Weak Total Order.
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "checks.hpp"

namespace hawser::check {

namespace {

struct Ordered {
  StreamIndex stream;
  std::uint32_t message;
  EventIndex event;
  bool operator==(const Ordered& other) const { return stream == other.stream && message == other.message; }
};

/// Compares the sequences of those who stay together: of the deliveries for which `counts` says so.
class OneOrder {
 public:
  template <typename Counts>
  OneOrder(const Index& index, const Layer& layer, std::string_view property, Report& report, Counts counts)
      : index_(index), layer_(layer), report_(report), property_(property), sequences_(layer.stays.size()) {
    for (const Delivery& d : layer.deliveries) {
      if (d.stay == kNone || d.message == kNone || d.duplicate || !counts(d)) continue;
      sequences_[d.stay].push_back({d.stream, d.message, d.event});
    }
    const std::uint32_t control = index.heavy_groups.find(kControlGroup.value);
    for (const Stay& stay : index.heavy.stays) {
      if (index.heavy.views[stay.view].group == control) control_stays_.push_back(&stay);
    }
  }

  void check() {
    for (StayIndex stay = 0; stay < layer_.stays.size(); ++stay) check(stay);
  }

 private:
  void check(StayIndex stay) {
    const Stay& at = layer_.stays[stay];
    // Who leaves, or stays in the view to the end of a live node's trace, may be behind, but not in disagreement.
    const bool ends_here = at.next == kNone;
    if (ends_here && !index_.alive(at.node)) return;
    StayIndex& longest = company_of(stay);
    compare(stay, longest, ends_here);
    if (sequences_[stay].size() > sequences_[longest].size()) longest = stay;
  }

  /// Of those who go to the same next view, or stay, or leave between the same two control views (in the midst of a
  /// change, what comes before that depends on who goes on together): one with the longest sequence so far.
  StayIndex& company_of(StayIndex stay) {
    const Stay& at = layer_.stays[stay];
    const bool leaves = at.next == kNone && at.end != kNone;
    const ViewIndex next = at.next == kNone ? kNone : layer_.stays[at.next].view;
    NumberTable& companies = leaves ? leavers_ : companies_;
    std::vector<StayIndex>& longest = leaves ? longest_of_leavers_ : longest_;
    const std::uint32_t company = companies.add(pair_key(at.view, leaves ? departure(at.node, at.end) : next));
    if (company == longest.size()) longest.push_back(stay);
    return longest[company];
  }

  /// A number for the node's control view at that event and the one after it.
  std::uint32_t departure(NodeIndex node, EventIndex event) {
    const auto is_later = [](const std::pair<NodeIndex, EventIndex>& place, const Stay* stay) {
      return place < std::pair{stay->node, stay->begin};
    };
    const auto at = std::upper_bound(control_stays_.begin(), control_stays_.end(), std::pair{node, event}, is_later);
    const bool is_known = at != control_stays_.begin() && (*std::prev(at))->node == node;
    const bool goes_on = at != control_stays_.end() && (*at)->node == node;
    return departures_.add(pair_key(is_known ? (*std::prev(at))->view : kNone, goes_on ? (*at)->view : kNone));
  }

  void compare(StayIndex a, StayIndex b, bool prefix_is_enough) {
    const auto& x = sequences_[a];
    const auto& y = sequences_[b];
    const auto [at_x, at_y] = std::mismatch(x.begin(), x.end(), y.begin(), y.end());
    const bool prefix = at_x == x.end() || at_y == y.end();
    if (prefix && (prefix_is_enough || x.size() == y.size())) return;
    const EventIndex place_x = at_x == x.end() ? layer_.stays[a].end : at_x->event;
    const EventIndex place_y = at_y == y.end() ? layer_.stays[b].end : at_y->event;
    const NodeIndex node_x = layer_.stays[a].node;
    const NodeIndex node_y = layer_.stays[b].node;
    report_.add(property_, {{node_x, place_x}, {node_y, place_y}}, [&, at = at_x - x.begin()] {
      return "message " + std::to_string(at + 1) + " of " + view_name(index_, layer_, a) +
             " that all have in one order is another one at " + label(node_x) + " than at " + label(node_y) +
             ", who stay together";
    });
  }

  const Index& index_;
  const Layer& layer_;
  Report& report_;
  std::string_view property_;
  std::vector<std::vector<Ordered>> sequences_;  // By stay.
  std::vector<const Stay*> control_stays_;       // Node by node, in order.
  NumberTable companies_;                        // (view, next view)
  std::vector<StayIndex> longest_;
  NumberTable departures_;  // (control view, next control view)
  NumberTable leavers_;     // (view, departure)
  std::vector<StayIndex> longest_of_leavers_;
};

OrderClass order_of(const Layer& layer, const Delivery& delivery) {
  return class_of(layer.streams[delivery.stream].channel);
}

}  // namespace

void check_total_order(const Index& index, Report& report) {
  const Layer& layer = index.heavy;
  OneOrder{index, layer, kTotalOrder, report,
           [&](const Delivery& delivery) { return order_of(layer, delivery) == OrderClass::total; }}
      .check();
}

void check_group_broadcast(const Index& index, Report& report) {
  const Layer& layer = index.heavy;
  OneOrder{index, layer, kGroupBroadcast, report,
           [&](const Delivery& delivery) { return order_of(layer, delivery) == OrderClass::gbcast; }}
      .check();
  std::vector<bool> over(layer.stays.size());
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay == kNone || delivery.stream == kNone) continue;
    if (order_of(layer, delivery) == OrderClass::gbcast) {
      over[delivery.stay] = true;
    } else if (over[delivery.stay]) {
      report.add(kGroupBroadcast, {{delivery.node, delivery.event}}, [&] {
        return label(delivery.node) + " delivers " + message_name(delivery.digest) +
               " after a message that is the last of " + view_name(index, layer, delivery.stay);
      });
    }
  }
}

void check_light_total_order(const Index& index, Report& report) {
  const Layer& layer = index.light;
  OneOrder{index, layer, kLightTotalOrder, report,
           [&](const Delivery& delivery) { return index.light_view(layer.stays[delivery.stay]).total; }}
      .check();
}

}  // namespace hawser::check
