#include "readers.hpp"

namespace hawser::check {

void HeavyReader::begin_node(NodeIndex node) {
  node_ = node;
  last_merge_ = kNone;
  current_.assign(current_.size(), kNone);
}

std::uint32_t HeavyReader::channel(GroupId group, Order order) {
  return index_.heavy_groups.add(group.value) * 2 + static_cast<std::uint32_t>(order);
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
  if (stay != kNone && seen.transitional.size() < seen.view.members.size()) last_merge_ = at;
  stay = index_.heavy.add_stay(
      {.node = node_, .view = view, .begin = at, .previous = stay, .transitional = seen.transitional});
}

void HeavyReader::on(const trace::HeavySent& sent, EventIndex at) {
  const StreamIndex stream = index_.heavy.stream_of(channel(sent.group, sent.order), node_);
  index_.heavy.streams[stream].sent.push_back({sent.message, at});
}

void HeavyReader::on(const trace::HeavyDelivered& delivered, EventIndex at) {
  const std::uint32_t way = channel(delivered.group, delivered.order);
  index_.heavy.deliveries.push_back({.digest = delivered.message,
                                     .node = node_,
                                     .event = at,
                                     .stay = current(way / 2),
                                     .stream = index_.heavy.stream_of(way, index_.nodes.add(delivered.sender))});
}

StayIndex HeavyReader::stay_in(ViewId view) const {
  for (const StayIndex stay : current_) {
    if (stay != kNone && index_.heavy_view(index_.heavy.stays[stay]).view.id == view) return stay;
  }
  const std::uint32_t control = index_.heavy_groups.find(kControlGroup.value);
  return control < current_.size() ? current_[control] : kNone;
}

}  // namespace hawser::check
