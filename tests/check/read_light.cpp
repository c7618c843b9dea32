#include "readers.hpp"

namespace hawser::check {

namespace {

EpisodeIndex& slot(std::vector<EpisodeIndex>& table, std::uint32_t key) {
  if (key >= table.size()) table.resize(key + 1, kNone);
  return table[key];
}

}  // namespace

void LightReader::begin_node(NodeIndex node) {
  node_ = node;
  by_name_.assign(by_name_.size(), kNone);
  by_group_.assign(by_group_.size(), kNone);
}

StreamIndex LightReader::stream(NameIndex name, NodeIndex sender) {
  const StreamIndex stream = index_.light.stream_of(name, sender);
  if (stream >= index_.stream_episodes.size()) index_.stream_episodes.resize(stream + 1);
  return stream;
}

EpisodeIndex LightReader::open_episode(NameIndex name) {
  EpisodeIndex& open = slot(by_name_, name);
  if (open != kNone) return open;
  open = static_cast<EpisodeIndex>(index_.episodes.size());
  const StreamIndex own = stream(name, node_);
  const Episode* before = index_.last_episode(node_, name);
  index_.episodes.push_back({.node = node_,
                             .name = name,
                             .begin = before == nullptr ? 0 : before->left,
                             .first_sent = static_cast<std::uint32_t>(index_.light.streams[own].sent.size())});
  index_.stream_episodes[own].push_back(open);
  return open;
}

void LightReader::close(EpisodeIndex episode, EventIndex at) {
  Episode& closed = index_.episodes[episode];
  closed.left = at;
  closed.sent_at_end = static_cast<std::uint32_t>(index_.light.streams[stream(closed.name, node_)].sent.size());
  if (closed.last_stay != kNone) index_.light.end_stay(closed.last_stay, at);
  by_name_[closed.name] = kNone;
  if (closed.group != kNone) by_group_[closed.group] = kNone;
}

EpisodeIndex LightReader::first_view(EpisodeIndex episode, std::uint32_t group, EventIndex at) {
  const NameIndex name = index_.episodes[episode].name;
  const bool changed = index_.episodes[episode].group != kNone;
  if (changed) {
    close(episode, at);
    episode = open_episode(name);
  }
  Episode& opened = index_.episodes[episode];
  opened.group = group;
  opened.changed_group = changed;
  opened.merged_before_view = heavy_.last_merge() != kNone && heavy_.last_merge() > opened.begin;
  opened.sent_at_view = static_cast<std::uint32_t>(index_.light.streams[stream(name, node_)].sent.size());
  slot(by_group_, group) = episode;
  return episode;
}

void LightReader::on(const trace::LightViewSeen& seen, EventIndex at) {
  const NameIndex name = index_.names.add(seen.name);
  const LightView& light = seen.view;
  const std::uint32_t group = groups_.add(light.group.value);
  if (group == name_of_group_.size()) name_of_group_.push_back(name);
  EpisodeIndex episode = open_episode(name);
  if (index_.episodes[episode].group != group) episode = first_view(episode, group, at);

  const Era& era = light.era;
  const ViewIndex view = views_.add({light.group.value, era.control_view.epoch, era.control_view.digest, era.number,
                                     light.heavy_view.epoch, light.heavy_view.digest});
  if (view == index_.light.views.size()) {
    std::vector<NodeIndex> members;
    for (const LightMember& member : light.members) members.push_back(index_.nodes.add(member.node));
    index_.light.add_view(group, std::move(members));
  }
  Episode& entered = index_.episodes[episode];
  entered.last_stay = index_.light.add_stay(
      {.node = node_, .view = view, .begin = at, .previous = entered.last_stay, .transitional = seen.transitional});
  if (entered.first_stay == kNone) entered.first_stay = entered.last_stay;
  index_.episode_of_stay.push_back(episode);
  index_.control_of_light.push_back(heavy_.stay_in(kControlGroup));
  index_.heavy_of_light.push_back(heavy_.stay_in(seen.heavy));
}

void LightReader::on(const trace::LightLeft& left, EventIndex at) {
  const EpisodeIndex episode = slot(by_name_, index_.names.add(left.name));
  if (episode == kNone) return;
  index_.episodes[episode].left_asked = left.asked;
  close(episode, at);
}

void LightReader::on(const trace::LightSent& sent, EventIndex at) {
  const NameIndex name = index_.names.add(sent.name);
  open_episode(name);
  index_.light.streams[stream(name, node_)].sent.push_back({sent.message, at});
}

void LightReader::on(const trace::LightDeliveredSeen& delivered, EventIndex at) {
  Delivery delivery{.digest = delivered.message, .node = node_, .event = at};
  const std::uint32_t group = groups_.find(delivered.group.value);
  if (group != kNone) {
    const EpisodeIndex episode = slot(by_group_, group);
    if (episode != kNone) delivery.stay = index_.episodes[episode].last_stay;
    delivery.stream = stream(name_of_group_[group], index_.nodes.add(delivered.sender));
  }
  index_.light.deliveries.push_back(delivery);
}

}  // namespace hawser::check
