#include "pubsub-api/src/session/topic_lineage.hpp"

#include <algorithm>

#include "transport/core/ids.hpp"

namespace hawser {

void TopicLineage::branch(Step step, const NodeId& node, std::uint64_t number) {
  if (ids_.empty()) return;
  const std::uint64_t of_node = mix64(node.incarnation.value ^ static_cast<std::uint64_t>(step));
  ids_ = {ids_.back() ^ mix64(of_node ^ number)};
}

void TopicLineage::add(std::uint64_t id) {
  if (!ids_.empty() && ids_.back() == id) return;
  ids_.push_back(id);
  if (ids_.size() > kKnownMax) ids_.erase(ids_.begin());
}

bool TopicLineage::has(std::uint64_t id) const { return std::find(ids_.begin(), ids_.end(), id) != ids_.end(); }

std::uint64_t TopicLineage::id_of(const LightView& view) {
  return mix64(mix64(mix64(view.era.control_view.digest ^ view.era.number) ^ view.heavy_view.digest) ^
               view.heavy_view.epoch);
}

}  // namespace hawser
