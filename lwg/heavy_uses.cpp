#include "lwg/heavy_uses.hpp"

#include <algorithm>

#include "transport/core/fault.hpp"

namespace hawser {

void HeavyUses::on_view(GroupId heavy, const View& view, bool first) {
  altered_ = true;
  if (first) {
    heavies_[heavy] = HeavyUse{view, view.id};
  } else if (const auto at = heavies_.find(heavy); at != heavies_.end()) {
    at->second.view = view;
  }
}

std::vector<GroupId> HeavyUses::take_unused(const LightViews& views, Time now) {
  altered_ = false;
  rides_altered_ = views.rides_altered();
  std::vector<GroupId> unused;
  for (auto& [heavy, use] : heavies_) {
    if (views.riders_on(heavy) > 0 && !HAWSER_FAULT("lwg_heavy_group_left_in_use")) {
      use.unused_since = kNever;
      continue;
    }
    if (use.unused_since == kNever) use.unused_since = now;
    if (now < use.unused_since + grace_) continue;
    use.unused_since = now;  // The answer may be no: then it is asked again.
    unused.push_back(heavy);
  }
  return unused;
}

bool HeavyUses::may_leave(const HeavyGroup* group) {
  const bool checked = !HAWSER_FAULT("lwg_heavy_group_left_before_it_is_stable");
  return group == nullptr || !checked || group->stable() >= group->accepted();
}

const HeavyUse* HeavyUses::find(GroupId heavy) const {
  const auto at = heavies_.find(heavy);
  return at == heavies_.end() ? nullptr : &at->second;
}

HeavyUse* HeavyUses::find(GroupId heavy) {
  const auto at = heavies_.find(heavy);
  return at == heavies_.end() ? nullptr : &at->second;
}

Time HeavyUses::next_deadline() const {
  Time next = kNever;
  for (const auto& [heavy, use] : heavies_) {
    if (use.unused_since != kNever) next = std::min(next, use.unused_since + grace_);
  }
  return next;
}

std::vector<std::pair<GroupId, ViewId>> HeavyUses::lose() {
  std::vector<std::pair<GroupId, ViewId>> lost;
  for (const auto& [heavy, use] : heavies_) lost.emplace_back(heavy, use.since);
  heavies_.clear();
  return lost;
}

}  // namespace hawser
