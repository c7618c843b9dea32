#include "pubsub-api/src/session/topic_flow.hpp"

#include <utility>

#include "transport/core/fault.hpp"

namespace hawser {

void TopicFlow::set_paused(SubscriberId subscriber, bool paused) {
  if (paused) {
    pausers_.insert(subscriber);
  } else {
    pausers_.erase(subscriber);
  }
}

void TopicFlow::on_view(const LightViewInstalled& event) {
  in_view_ = true;
  // Who has left and come back within one view begins anew.
  std::erase_if(paused_, [&](const NodeId& member) { return !event.view.contains(member) || event.brings(member); });
  if (!event.newcomers.empty() && said_ && !HAWSER_FAULT("session_flow_not_repeated")) owed_ = true;
}

void TopicFlow::on_flow(const NodeId& member, bool paused) {
  if (paused) {
    paused_.insert(member);
  } else {
    paused_.erase(member);
  }
}

void TopicFlow::on_left() {
  in_view_ = false;
  said_ = false;
  owed_ = false;
  paused_.clear();
}

std::optional<bool> TopicFlow::take_word() {
  const bool paused = !pausers_.empty();
  if (!in_view_ || (paused == said_ && !owed_)) return std::nullopt;
  said_ = paused;
  owed_ = false;
  return paused;
}

}  // namespace hawser
