// Which members of one topic ask its publishers to wait, because a subscription there has too much to handle already.
// Each member says so in the topic's own stream, once for all its subscriptions, and again where newcomers could not
// have heard it. Invariant: when all that was sent is delivered, is_held() is the same at all members of a view.
#pragma once

#include <cstddef>
#include <optional>
#include <set>

#include "lwg/light_events.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// Threads: single-threaded.
class TopicFlow {
 public:
  void set_paused(SubscriberId subscriber, bool paused);
  void on_view(const LightViewInstalled& event);
  void on_flow(const NodeId& member, bool paused);
  void on_left();

  /// What is to be said in the topic, once; nothing where that is known.
  std::optional<bool> take_word();
  /// Publishers are to wait.
  [[nodiscard]] bool is_held() const { return !paused_.empty(); }

 private:
  bool in_view_ = false;
  std::set<SubscriberId> pausers_;  // here
  bool said_ = false;               // as the others know it
  bool owed_ = false;               // some of them can't know it
  std::set<NodeId> paused_;         // members of the view, as heard
};

}  // namespace hawser
