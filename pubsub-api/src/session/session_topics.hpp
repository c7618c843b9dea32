// The topics of one session: by name, by handle, by group; and who on this node wants what of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/configuration.hpp"
#include "lwg/light_view.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "pubsub-api/src/session/session_parts.hpp"
#include "pubsub-api/src/session/topic_flow.hpp"
#include "pubsub-api/src/session/topic_output.hpp"
#include "pubsub-api/src/session/topic_state.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/index.hpp"

namespace hawser {

/// One topic on this node: the local wishes, what the group below was told of them, and the topic's machines.
struct Topic {
  Topic(TopicHandle handle, std::string_view name_of_it, SessionParts& parts)
      : name(name_of_it), output(name, parts), state(handle, name, parts, output, subscribers) {}

  const std::string name;
  LightGroupId group;  ///< as of its last view; 0 where there is none
  TopicOutput output;
  TopicState state;
  TopicFlow flow;
  std::vector<TopicSubscriber> subscribers;
  bool publishes = false;              ///< a wish that stays until Session::leave()
  bool declares = false;               ///< such a wish, too; unless somebody else has told the topic otherwise
  std::optional<Configuration> to_be;  ///< what it is to be told: as declared here, or as the store has it
  bool owes_declared = false;          ///< declare() has not been answered yet

  bool reading = false;         ///< the store was asked for it, and has not answered yet
  bool joined = false;          ///< the group below was asked in, and not yet heard to be out again
  bool leaving = false;         ///< the group below was asked out; to be asked in again only when it is done
  Role role = Role::publisher;  ///< as asked for
  std::size_t members = 0;      ///< in the last view
  bool held = false;            ///< as the layer above knows it
  bool in_backlog = false;      ///< for Session's list of topics that have something to send

  [[nodiscard]] bool wanted() const {
    return publishes || declares || !subscribers.empty() || output.has_messages() || state.owes_news();
  }
  [[nodiscard]] Role wanted_role() const { return subscribers.empty() ? Role::publisher : Role::subscriber; }
  [[nodiscard]] SessionTopicCounters counters() const {
    return {name, output.published(), output.sent(), state.delivered()};
  }
};

/// Topics are never removed, so references to them last.
class SessionTopics {
 public:
  explicit SessionTopics(SessionParts& parts) : parts_(parts) {}

  /// Created where it is new.
  Topic& named(std::string_view name);
  /// nullptr where there is none.
  [[nodiscard]] Topic* find(std::string_view name) const { return by_name_.find(name); }
  [[nodiscard]] Topic* find(LightGroupId group) const { return by_group_.find(group); }
  [[nodiscard]] Topic& at(TopicHandle handle) const { return *topics_[handle]; }
  /// In the order of handles.
  [[nodiscard]] const std::vector<std::unique_ptr<Topic>>& all() const { return topics_; }

  /// From now on the group's messages are the topic's.
  void set_group(LightGroupId group, Topic& topic);
  void forget_group(LightGroupId group);

 private:
  struct NameOf {
    std::string_view operator()(const Topic& topic) const { return topic.name; }
  };
  struct GroupOf {
    LightGroupId operator()(const Topic& topic) const { return topic.group; }
  };

  SessionParts& parts_;
  std::vector<std::unique_ptr<Topic>> topics_;
  Index<Topic, NameOf> by_name_;
  Index<Topic, GroupOf> by_group_;  // those that have one
};

}  // namespace hawser
