#include <algorithm>
#include <array>
#include <iterator>

#include "readers.hpp"

namespace hawser::check {

namespace {

/// One of each class of messages.
constexpr std::array kChannelOrders{Order::unordered, Order::fifo,  Order::bulk,
                                    Order::causal,    Order::total, Order::gbcast};
static_assert(kChannelOrders.size() == kOrderClasses);

}  // namespace

void HeavyReader::begin_node(NodeIndex node) {
  node_ = node;
  last_merge_ = kNone;
  current_.assign(current_.size(), kNone);
}

std::uint32_t HeavyReader::channel(GroupId group, Order order) {
  return index_.heavy_groups.add(group.value) * kOrderClasses + static_cast<std::uint32_t>(class_of(order));
}

StayIndex& HeavyReader::current(std::uint32_t group) {
  if (group >= current_.size()) current_.resize(group + 1, kNone);
  return current_[group];
}

void HeavyReader::on(const trace::HeavyView& seen, EventIndex at) {
  const std::uint32_t group = index_.heavy_groups.add(seen.group.value);
  const ViewIndex view = views_.add({seen.group.value, seen.view.id.epoch, seen.view.id.digest});
  if (view == index_.heavy.views.size()) {
    std::vector<NodeIndex> members;
    for (const NodeId& member : seen.view.members) members.push_back(index_.nodes.add(member));
    index_.heavy.add_view(group, std::move(members));
  }
  StayIndex& stay = current(group);
  const bool merges = seen.group == kControlGroup && seen.transitional.size() < seen.view.members.size();
  if (stay != kNone && merges) last_merge_ = at;
  stay = index_.heavy.add_stay(
      {.node = node_, .view = view, .begin = at, .previous = stay, .transitional = seen.transitional});
}

void HeavyReader::on(const trace::HeavySent& sent, EventIndex at) {
  const StreamIndex stream = index_.heavy.stream_of(channel(sent.group, sent.order), node_);
  index_.heavy.streams[stream].sent.push_back({sent.message, at});
}

void HeavyReader::on(const trace::HeavyHold& hold, EventIndex at) {
  const StayIndex stay = current(index_.heavy_groups.add(hold.group.value));
  if (stay != kNone) index_.heavy.stays[stay].held = at;
}

void HeavyReader::on(const trace::HeavyUnsent& unsent, EventIndex /*at*/) {
  for (const Order order : kChannelOrders) {
    auto& sent = index_.heavy.streams[index_.heavy.stream_of(channel(unsent.group, order), node_)].sent;
    const auto last =
        std::find_if(sent.rbegin(), sent.rend(), [&](const Sent& one) { return one.digest == unsent.message; });
    if (last == sent.rend()) continue;
    sent.erase(std::next(last).base());
    Stream& stream = index_.heavy.streams[index_.heavy.stream_of(channel(unsent.group, order), node_)];
    for (Stream::Leave& leave : stream.leaves) {
      leave.sent = std::min(leave.sent, static_cast<std::uint32_t>(stream.sent.size()));
    }
    return;
  }
}

void HeavyReader::on(const trace::HeavyLeft& left, EventIndex at) {
  StayIndex& stay = current(index_.heavy_groups.add(left.group.value));
  if (stay != kNone) index_.heavy.end_stay(stay, at);
  stay = kNone;
  for (const Order order : kChannelOrders) {
    Stream& stream = index_.heavy.streams[index_.heavy.stream_of(channel(left.group, order), node_)];
    stream.leaves.push_back({static_cast<std::uint32_t>(stream.sent.size()), at});
  }
}

void HeavyReader::on(const trace::HeavyDelivered& delivered, EventIndex at) {
  const std::uint32_t way = channel(delivered.group, delivered.order);
  index_.heavy.deliveries.push_back({.digest = delivered.message,
                                     .node = node_,
                                     .event = at,
                                     .stay = current(group_of(way)),
                                     .stream = index_.heavy.stream_of(way, index_.nodes.add(delivered.sender)),
                                     .safe = delivered.order == Order::safe});
}

StayIndex HeavyReader::stay_in(GroupId id) const {
  const std::uint32_t group = index_.heavy_groups.find(id.value);
  return group < current_.size() ? current_[group] : kNone;
}

}  // namespace hawser::check
