#include "pubsub-api/src/session/session_topics.hpp"

namespace hawser {

Topic& SessionTopics::named(std::string_view name) {
  if (Topic* known = find(name)) return *known;
  const auto handle = static_cast<TopicHandle>(topics_.size());
  std::string owned{name};
  topics_.push_back(std::make_unique<Topic>(handle, owned, parts_));
  by_name_.emplace(std::move(owned), handle);
  return *topics_.back();
}

Topic* SessionTopics::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : topics_[at->second].get();
}

Topic* SessionTopics::find(LightGroupId group) const {
  const auto at = by_group_.find(group);
  return at == by_group_.end() ? nullptr : at->second;
}

}  // namespace hawser
