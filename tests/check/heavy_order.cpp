// Order in heavy-weight groups: each sender's own, and the one for all.
// Source: CKV01, Reliable FIFO and Weak Total Order. Departs: FIFO holds within one order class, since a total message
// may wait for its place while a later fifo message does not.
#include <algorithm>
#include <array>
#include <utility>

#include "checks.hpp"
#include "sender_stays.hpp"

namespace hawser::check {

namespace {

/// How many of its own messages a node had delivered when it installed a view, by order class. All that it accepts is
/// delivered at itself, in order; so what it sends in this view begins there, for every receiver.
using Progress = std::array<std::uint32_t, kOrderClasses>;

/// How many of its messages the node had given up by the beginning of its stay, by leaving the group. Not those that it
/// sent when it was in it again already, and only the former view was not over: `first_own` on, it delivers them.
std::uint32_t excused(const Layer& layer, std::uint32_t channel, const Stay& stay, std::uint32_t first_own) {
  const StreamIndex stream = layer.find_stream(channel, stay.node);
  if (stream == kNone) return 0;
  std::uint32_t sent = 0;
  for (const Stream::Leave& leave : layer.streams[stream].leaves) {
    if (leave.event < stay.begin) sent = leave.sent;
  }
  return std::min(sent, first_own);
}

/// The first of its own messages that a node delivers in each stay, by order class; kNone where there is none.
std::vector<Progress> first_own_by_stay(const Layer& layer) {
  Progress none;
  none.fill(kNone);
  std::vector<Progress> first(layer.stays.size(), none);
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay == kNone || delivery.message == kNone || !layer.is_own(delivery)) continue;
    std::uint32_t& earliest = first[delivery.stay][layer.streams[delivery.stream].channel % kOrderClasses];
    earliest = std::min(earliest, delivery.message);
  }
  return first;
}

std::vector<Progress> progress_by_stay(const Index& index) {
  const Layer& layer = index.heavy;
  const std::vector<Progress> first_own = first_own_by_stay(layer);
  std::vector<Progress> progress;
  std::vector<std::uint32_t> own(std::size_t{index.heavy_groups.size()} * kOrderClasses);  // By channel.
  NodeIndex node = 0;
  auto delivery = layer.deliveries.begin();
  for (const Stay& stay : layer.stays) {
    if (stay.node != node) own.assign(own.size(), 0);
    node = stay.node;
    for (; delivery != layer.deliveries.end(); ++delivery) {
      if (std::pair{delivery->node, delivery->event} > std::pair{stay.node, stay.begin}) break;
      if (delivery->node != node || !layer.is_own(*delivery) || delivery->message == kNone) continue;
      std::uint32_t& next = own[layer.streams[delivery->stream].channel];
      next = std::max(next, delivery->message + 1);
    }
    const std::uint32_t channel = layer.views[stay.view].group * kOrderClasses;
    Progress here{};
    for (std::uint32_t way = 0; way < kOrderClasses; ++way) {
      std::uint32_t& count = own[channel + way];
      count = std::max(count, excused(layer, channel + way, stay, first_own[progress.size()][way]));
      here[way] = count;
    }
    progress.push_back(here);
  }
  return progress;
}

struct Ordered {
  StreamIndex stream;
  std::uint32_t message;
  EventIndex event;
  bool operator==(const Ordered& other) const { return stream == other.stream && message == other.message; }
};

/// The messages of this class of every stay, in the order of delivery.
std::vector<std::vector<Ordered>> sequences_of(const Layer& layer, OrderClass order) {
  std::vector<std::vector<Ordered>> sequences(layer.stays.size());
  for (const Delivery& d : layer.deliveries) {
    if (d.stay == kNone || d.message == kNone || d.duplicate) continue;
    if (class_of(layer.streams[d.stream].channel) == order) sequences[d.stay].push_back({d.stream, d.message, d.event});
  }
  return sequences;
}

/// Compares the sequences of those who stay together.
class OneOrder {
 public:
  OneOrder(const Index& index, OrderClass order, std::string_view property, Report& report)
      : index_(index), report_(report), property_(property), sequences_(sequences_of(index.heavy, order)) {}

  void check(StayIndex stay) {
    const Stay& at = index_.heavy.stays[stay];
    // Who stays in the view to the end of a live node's trace may be behind, but not in disagreement.
    const bool ends_here = at.next == kNone;
    if (ends_here && !index_.alive(at.node)) return;
    const ViewIndex next = ends_here ? kNone : index_.heavy.stays[at.next].view;
    const std::uint32_t company = companies_.add(pair_key(at.view, next));
    if (company == first_.size()) first_.push_back(stay);
    StayIndex& longest = first_[company];
    compare(stay, longest, ends_here);
    if (sequences_[stay].size() > sequences_[longest].size()) longest = stay;
  }

 private:
  void compare(StayIndex a, StayIndex b, bool prefix_is_enough) {
    const auto& x = sequences_[a];
    const auto& y = sequences_[b];
    const auto [at_x, at_y] = std::mismatch(x.begin(), x.end(), y.begin(), y.end());
    const bool prefix = at_x == x.end() || at_y == y.end();
    if (prefix && (prefix_is_enough || x.size() == y.size())) return;
    const EventIndex place_x = at_x == x.end() ? index_.heavy.stays[a].end : at_x->event;
    const EventIndex place_y = at_y == y.end() ? index_.heavy.stays[b].end : at_y->event;
    const NodeIndex node_x = index_.heavy.stays[a].node;
    const NodeIndex node_y = index_.heavy.stays[b].node;
    report_.add(property_, {{node_x, place_x}, {node_y, place_y}}, [&, at = at_x - x.begin()] {
      return "message " + std::to_string(at + 1) + " of " + view_name(index_, index_.heavy, a) +
             " that all have in one order is another one at " + label(node_x) + " than at " + label(node_y) +
             ", who stay together";
    });
  }

  const Index& index_;
  Report& report_;
  std::string_view property_;
  std::vector<std::vector<Ordered>> sequences_;  // By stay.
  NumberTable companies_;                        // (view, next view)
  std::vector<StayIndex> first_;                 // By company: one with the longest sequence so far.
};

}  // namespace

void check_heavy_fifo(const Index& index, Report& report) {
  const Layer& layer = index.heavy;
  const std::vector<Progress> progress = progress_by_stay(index);
  SenderStays runs{layer};
  std::vector<std::uint32_t> due(layer.streams.size(), 0);
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay == kNone || delivery.message == kNone || delivery.duplicate) continue;
    if (class_of(layer.streams[delivery.stream].channel) == OrderClass::unordered) continue;
    std::uint32_t& expected = due[delivery.stream];
    if (runs.enter(delivery)) {
      const StayIndex there = runs.sender_stay(delivery);  // None: a truncated trace, or Delivery Integrity is broken.
      expected =
          there == kNone ? delivery.message : progress[there][layer.streams[delivery.stream].channel % kOrderClasses];
    }
    const std::uint32_t was_due = std::exchange(expected, delivery.message + 1);
    if (delivery.message == was_due) continue;
    const Stream& stream = layer.streams[delivery.stream];
    report.add(kHeavy.reliable_fifo,
               {{delivery.node, delivery.event}, {stream.sender, stream.sent[delivery.message].event}}, [&] {
                 return label(delivery.node) + " delivers message " + std::to_string(delivery.message + 1) + " of " +
                        label(stream.sender) + " (" + message_name(delivery.digest) + ") in " +
                        view_name(index, layer, delivery.stay) + " where message " + std::to_string(was_due + 1) +
                        " of this order class was due";
               });
  }
}

void check_total_order(const Index& index, Report& report) {
  OneOrder order{index, OrderClass::total, kTotalOrder, report};
  for (StayIndex stay = 0; stay < index.heavy.stays.size(); ++stay) order.check(stay);
}

void check_group_broadcast(const Index& index, Report& report) {
  const Layer& layer = index.heavy;
  OneOrder order{index, OrderClass::gbcast, kGroupBroadcast, report};
  for (StayIndex stay = 0; stay < layer.stays.size(); ++stay) order.check(stay);
  std::vector<bool> over(layer.stays.size());
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay == kNone || delivery.stream == kNone) continue;
    if (class_of(layer.streams[delivery.stream].channel) == OrderClass::gbcast) {
      over[delivery.stay] = true;
    } else if (over[delivery.stay]) {
      report.add(kGroupBroadcast, {{delivery.node, delivery.event}}, [&] {
        return label(delivery.node) + " delivers " + message_name(delivery.digest) +
               " after a message that is the last of " + view_name(index, layer, delivery.stay);
      });
    }
  }
}

}  // namespace hawser::check
