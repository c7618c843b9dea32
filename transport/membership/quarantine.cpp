#include "transport/membership/quarantine.hpp"

#include <algorithm>

namespace hawser {

bool Quarantine::admit(const NodeId& node, Time now) {
  if (now < next_at_) return false;
  next_at_ = now + kEvictionDistanceMin;
  std::erase_if(stays_, [&](const auto& stay) { return now >= stay.second.until + kQuarantineMax; });
  const auto [at, is_first] = stays_.try_emplace(node);
  Stay& stay = at->second;
  stay.length = is_first ? kQuarantine : std::min(2 * stay.length, kQuarantineMax);
  stay.until = now + stay.length;
  return true;
}

bool Quarantine::contains(const NodeId& node, Time now) const {
  const auto at = stays_.find(node);
  return at != stays_.end() && now < at->second.until;
}

}  // namespace hawser
