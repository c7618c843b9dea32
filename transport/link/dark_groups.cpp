#include "transport/link/dark_groups.hpp"

#include <algorithm>

namespace hawser {
namespace {

// After so many silences without a word, the next one is about other datagrams than the last. More than one: a sender
// with very many groups names each in turns only.
constexpr int kSilencesUntilStale = 4;

}  // namespace

std::vector<GroupId> SentGroups::take() {
  std::vector<GroupId> taken;
  auto at = groups_.upper_bound(taken_up_to_);
  while (!groups_.empty() && taken.size() < kTakenMax) {
    if (at == groups_.end()) at = groups_.begin();
    taken_up_to_ = *at;
    taken.push_back(*at);
    at = groups_.erase(at);
  }
  last_ = kControlGroup;
  std::sort(taken.begin(), taken.end());
  return taken;
}

bool DarkGroups::on_report(Endpoint sender, GroupId group, Time now) {
  auto at = watches_.find({sender, group});
  if (at == watches_.end()) {
    if (!make_room(now)) return false;
    at = watches_.insert({{sender, group}, {now, now}}).first;
  }
  Watch& watch = at->second;
  if (!watch.dark && now - watch.last_report > kSilencesUntilStale * silence_) watch.since = now;
  watch.last_report = now;
  if (watch.dark || now - watch.since < silence_) return false;
  watch.dark = true;
  ++dark_;
  return true;
}

bool DarkGroups::make_room(Time now) {
  if (watches_.size() < kPairsMax) return true;
  for (auto at = watches_.begin(); at != watches_.end();) {
    at = now - at->second.last_report > kSilencesUntilStale * silence_ ? erase(at) : std::next(at);
  }
  return watches_.size() < kPairsMax;
}

DarkGroups::Watches::iterator DarkGroups::erase(Watches::iterator at) {
  if (at->second.dark) --dark_;
  return watches_.erase(at);
}

bool DarkGroups::on_multicast(Endpoint sender, GroupId group) {
  if (watches_.empty()) return false;
  const auto at = watches_.find({sender, group});
  if (at == watches_.end()) return false;
  const bool was_dark = at->second.dark;
  erase(at);
  return was_dark;
}

void DarkGroups::forget(GroupId group) {
  for (auto at = watches_.begin(); at != watches_.end();) at = at->first.second == group ? erase(at) : std::next(at);
}

void DarkGroups::forget(Endpoint sender) {
  auto at = watches_.lower_bound({sender, GroupId{}});
  while (at != watches_.end() && at->first.first == sender) at = erase(at);
}

std::vector<GroupId> DarkGroups::of(Endpoint sender) const {
  std::vector<GroupId> groups;
  auto at = watches_.lower_bound({sender, GroupId{}});
  for (; at != watches_.end() && at->first.first == sender; ++at) {
    if (at->second.dark) groups.push_back(at->first.second);
  }
  return groups;
}

}  // namespace hawser
