#include "pubsub-api/src/session/topic_positions.hpp"

#include <algorithm>

namespace hawser {

std::vector<StatePosition>::iterator TopicPositions::find(const NodeId& publisher) {
  if (last_found_ < positions_.size() && positions_[last_found_].publisher == publisher) {
    return positions_.begin() + static_cast<std::ptrdiff_t>(last_found_);
  }
  const auto at = std::lower_bound(positions_.begin(), positions_.end(), publisher,
                                   [](const StatePosition& p, const NodeId& node) { return p.publisher < node; });
  last_found_ = static_cast<std::size_t>(at - positions_.begin());
  return at;
}

std::uint64_t TopicPositions::advance(const NodeId& publisher, std::uint64_t number) {
  const auto at = find(publisher);
  const bool known = at != positions_.end() && at->publisher == publisher;
  if (!known && !complete_) {
    positions_.insert(at, {publisher, number});
    return 0;
  }
  const std::uint64_t before = known ? at->number : 0;
  if (known) {
    at->number = std::max(at->number, number);
  } else {
    positions_.insert(at, {publisher, number});
  }
  return number > before + 1 ? number - before - 1 : 0;
}

void TopicPositions::raise(const NodeId& publisher, std::uint64_t number) {
  if (number == 0) return;
  const auto at = find(publisher);
  if (at != positions_.end() && at->publisher == publisher) {
    at->number = std::max(at->number, number);
  } else {
    positions_.insert(at, {publisher, number});
  }
}

void TopicPositions::raise(const TopicPositions& others) {
  for (const StatePosition& other : others.all()) raise(other.publisher, other.number);
}

std::uint64_t TopicPositions::of(const NodeId& publisher) const {
  const auto at = std::lower_bound(positions_.begin(), positions_.end(), publisher,
                                   [](const StatePosition& p, const NodeId& node) { return p.publisher < node; });
  return at != positions_.end() && at->publisher == publisher ? at->number : 0;
}

void TopicPositions::forget_absent(const LightView& view) {
  if (positions_.size() <= kPositionsMax) return;
  std::erase_if(positions_, [&](const StatePosition& p) { return !view.contains(p.publisher); });
  complete_ = false;
}

void TopicPositions::clear() {
  positions_.clear();
  complete_ = true;
}

}  // namespace hawser
