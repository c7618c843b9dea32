#include "pubsub-api/src/session/session_topics.hpp"

namespace hawser {

Topic& SessionTopics::named(std::string_view name) {
  if (Topic* known = find(name)) return *known;
  const auto handle = static_cast<TopicHandle>(topics_.size());
  Topic& topic = *topics_.emplace_back(std::make_unique<Topic>(handle, name, parts_));
  by_name_.insert(topic);
  return topic;
}

void SessionTopics::set_group(LightGroupId group, Topic& topic) {
  forget_group(topic.group);
  topic.group = group;
  by_group_.insert(topic);
}

void SessionTopics::forget_group(LightGroupId group) {
  Topic* const topic = by_group_.find(group);
  if (topic == nullptr) return;
  by_group_.erase(group);
  topic->group = {};
}

}  // namespace hawser
