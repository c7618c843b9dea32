// Order in heavy-weight groups: each sender's own.
// Source: CKV01, Reliable FIFO. Departs: FIFO holds within one order class, since a total message
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

/// The first of its own messages that a node delivers, from a stay's beginning on.
struct FirstOwn {
  std::uint32_t here = kNone;   ///< in the stay
  std::uint32_t since = kNone;  ///< in the stay or in a later one
};
using FirstOwns = std::array<FirstOwn, kOrderClasses>;

/// How many of its messages the node had given up by the beginning of its stay, by leaving the group. Not those that it
/// sent when it was in it again already, and only the former view was not over: from the first on that it delivers.
/// That may be some views later, but only where it is in the next one as soon as it has left.
std::uint32_t excused(const Layer& layer, std::uint32_t channel, const Stay& stay, const FirstOwn& first_own) {
  const StreamIndex stream = layer.find_stream(channel, stay.node);
  if (stream == kNone) return 0;
  std::uint32_t excused = 0;
  for (const Stream::Leave& leave : layer.streams[stream].leaves) {
    if (leave.event >= stay.begin) break;
    const bool is_in_at_once = leave.event + 1 == stay.begin;
    excused = std::min(leave.sent, is_in_at_once ? first_own.since : first_own.here);
  }
  return excused;
}

/// By order class.
std::vector<FirstOwns> first_own_by_stay(const Index& index) {
  const Layer& layer = index.heavy;
  std::vector<FirstOwns> first(layer.stays.size());
  for (const Delivery& delivery : layer.deliveries) {
    if (delivery.stay == kNone || delivery.message == kNone || !layer.is_own(delivery)) continue;
    FirstOwn& own = first[delivery.stay][layer.streams[delivery.stream].channel % kOrderClasses];
    own.here = std::min(own.here, delivery.message);
  }
  FirstOwns none;
  std::vector<FirstOwns> later(index.heavy_groups.size(), none);  // By group, of one node.
  for (std::size_t at = first.size(); at-- > 0;) {
    if (at + 1 < first.size() && layer.stays[at].node != layer.stays[at + 1].node) later.assign(later.size(), none);
    FirstOwns& next = later[layer.views[layer.stays[at].view].group];
    for (std::uint32_t way = 0; way < kOrderClasses; ++way) {
      first[at][way].since = std::min(next[way].since, first[at][way].here);
    }
    next = first[at];
  }
  return first;
}

std::vector<Progress> progress_by_stay(const Index& index) {
  const Layer& layer = index.heavy;
  const std::vector<FirstOwns> first_own = first_own_by_stay(index);
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

}  // namespace hawser::check
