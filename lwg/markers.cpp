#include "lwg/markers.hpp"

#include <algorithm>

#include "transport/core/fault.hpp"

namespace hawser {

void Markers::on_marker(GroupId heavy, const NodeId& from, std::uint64_t number, std::vector<LightGroupId>& freed) {
  std::uint64_t& highest = heard_[{heavy, from}];
  if (number <= highest) return;
  highest = number;
  const auto at = waiting_.find({heavy, from});
  if (at == waiting_.end()) return;
  auto& changes = at->second;
  while (!changes.empty() && changes.begin()->first <= number) {
    freed.push_back(changes.begin()->second);
    changes.erase(changes.begin());
  }
}

bool Markers::has_marked(GroupId heavy, const NodeId& node, std::uint64_t number) const {
  const auto at = heard_.find({heavy, node});
  return at != heard_.end() && at->second >= number;
}

void Markers::wait(GroupId heavy, const NodeId& node, std::uint64_t number, LightGroupId group) {
  waiting_[{heavy, node}].emplace(number, group);
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
  waiting_.clear();
  owed_.clear();
}

}  // namespace hawser
