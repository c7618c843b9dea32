#include "lwg/markers.hpp"

#include <algorithm>

#include "transport/core/fault.hpp"

namespace hawser {

namespace {

template <typename Streams>
auto place_of(Streams& streams, const NodeId& from) {
  return std::lower_bound(streams.begin(), streams.end(), from,
                          [](const auto& stream, const NodeId& node) { return stream.from < node; });
}

}  // namespace

Markers::Stream& Markers::stream(GroupId heavy, const NodeId& from) {
  Streams& streams = heard_[heavy];
  const auto at = place_of(streams, from);
  if (at != streams.end() && at->from == from) return *at;
  return *streams.insert(at, {from, 0, {}});
}

void Markers::on_marker(GroupId heavy, const NodeId& from, std::uint64_t number, std::vector<LightGroupId>& freed) {
  Stream& stream = this->stream(heavy, from);
  stream.heard = std::max(stream.heard, number);
  for (auto& waiting = stream.waiting; !waiting.empty() && waiting.front().number <= number; waiting.pop_front()) {
    freed.push_back(waiting.front().group);
  }
}

bool Markers::has_marked(GroupId heavy, const NodeId& node, std::uint64_t number) const {
  const auto known = heard_.find(heavy);
  if (known == heard_.end()) return false;
  const auto at = place_of(known->second, node);
  return at != known->second.end() && at->from == node && at->heard >= number;
}

// Most come in order.
void Markers::wait(GroupId heavy, const NodeId& node, std::uint64_t number, LightGroupId group) {
  auto& waiting = stream(heavy, node).waiting;
  const auto is_later = [](std::uint64_t one, const Wait& other) { return one < other.number; };
  waiting.insert(std::upper_bound(waiting.begin(), waiting.end(), number, is_later), {number, group});
}

void Markers::owe(GroupId heavy, std::uint64_t number) { owed_[heavy].now.push_back(number); }

void Markers::owe_later(GroupId heavy, std::uint64_t number) {
  if (HAWSER_FAULT("lwg_marker_before_move_is_installed")) return owe(heavy, number);
  owed_[heavy].later.insert(number);
}

void Markers::due(GroupId heavy, std::uint64_t number) {
  Owed& owed = owed_[heavy];
  const auto at = owed.later.find(number);
  if (at == owed.later.end()) return;
  owed.later.erase(at);
  owed.now.push_back(number);
}

std::vector<std::pair<GroupId, std::uint64_t>> Markers::take() {
  std::vector<std::pair<GroupId, std::uint64_t>> markers;
  for (auto at = owed_.begin(); at != owed_.end();) {
    auto& [heavy, owed] = *at;
    const std::uint64_t limit =
        owed.later.empty() || HAWSER_FAULT("lwg_marker_covers_what_waits") ? UINT64_MAX : *owed.later.begin();
    std::uint64_t highest = 0;
    std::erase_if(owed.now, [&](std::uint64_t number) {
      if (number >= limit) return false;
      highest = std::max(highest, number);
      return true;
    });
    if (highest > 0) markers.emplace_back(heavy, highest);
    at = owed.now.empty() && owed.later.empty() ? owed_.erase(at) : std::next(at);
  }
  return markers;
}

void Markers::clear() {
  heard_.clear();
  owed_.clear();
}

}  // namespace hawser
