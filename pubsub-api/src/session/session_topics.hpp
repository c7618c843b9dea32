// The topics of one session: by name, by handle, by group; and who on this node wants what of them.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/light_view.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "pubsub-api/src/session/session_parts.hpp"
#include "pubsub-api/src/session/topic_output.hpp"
#include "pubsub-api/src/session/topic_state.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/name_table.hpp"

namespace hawser {

/// One topic on this node: the local wishes, what the group below was told of them, and the topic's machines.
struct Topic {
  Topic(TopicHandle handle, const std::string& name, SessionParts& parts)
      : output(name, parts), state(handle, name, parts, output) {}

  TopicOutput output;
  TopicState state;
  std::vector<SubscriberId> subscribers;
  bool publishes = false;  ///< a wish that stays until Session::leave()

  bool joined = false;          ///< the group below was asked in, and not yet heard to be out again
  bool leaving = false;         ///< the group below was asked out; to be asked in again only when it is done
  Role role = Role::publisher;  ///< as asked for
  std::size_t members = 0;      ///< in the last view
  bool in_backlog = false;      ///< for Session's list of topics that have something to send

  [[nodiscard]] bool wanted() const { return publishes || !subscribers.empty() || output.has_messages(); }
  [[nodiscard]] Role wanted_role() const { return subscribers.empty() ? Role::publisher : Role::subscriber; }
  [[nodiscard]] SessionTopicCounters counters() const {
    return {state.name(), output.published(), output.sent(), state.delivered()};
  }
};

/// Topics are never removed, so references to them last.
class SessionTopics {
 public:
  explicit SessionTopics(SessionParts& parts) : parts_(parts) {}

  /// Created where it is new.
  Topic& named(std::string_view name);
  /// nullptr where there is none.
  [[nodiscard]] Topic* find(std::string_view name) const;
  [[nodiscard]] Topic* find(LightGroupId group) const;
  [[nodiscard]] Topic& at(TopicHandle handle) const { return *topics_[handle]; }
  /// In the order of handles.
  [[nodiscard]] const std::vector<std::unique_ptr<Topic>>& all() const { return topics_; }

  /// From now on the group's messages are the topic's.
  void set_group(LightGroupId group, Topic& topic) { by_group_[group] = &topic; }
  void forget_group(LightGroupId group) { by_group_.erase(group); }

 private:
  SessionParts& parts_;
  std::vector<std::unique_ptr<Topic>> topics_;
  NameTable<TopicHandle> by_name_;
  tsl::robin_map<LightGroupId, Topic*> by_group_;
};

}  // namespace hawser
