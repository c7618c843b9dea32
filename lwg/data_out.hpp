// Application messages on their way out: in their group's era, on the heavy-weight group that it rides on; and again
// those that the layer below gave back, because they had not gone out when the control view ended.
#pragma once

#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "lwg/light_views.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/result.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

/// Threads: single-threaded. `groups` and `views` must outlive it.
class DataOut {
 public:
  DataOut(HeavyGroups& groups, LightViews& views) : groups_(groups), views_(views) {}

  /// One message; `parts` are its payload. Errors: would_block (a change is pending; a send queue is full; the
  /// heavy-weight group is on its way), and those of HeavyGroup::multicast.
  Status send(OwnGroup& group, std::span<const ByteView> parts, Time now, Outbox& out);

  /// What did not go out in former control views: it is to go out in this one.
  void take_back(std::vector<UnsentMessage> unsent);
  /// Sends of it what can be sent now.
  void send_unsent(Time now, Outbox& out);
  [[nodiscard]] bool has_unsent() const { return !unsent_.empty(); }
  void add_to(StateDigest& digest) const { digest.add(unsent_); }
  /// Forgets it, and counts it as dropped.
  void drop_unsent();

 private:
  Status multicast(OwnGroup& group, std::span<const ByteView> parts, Time now, Outbox& out);

  HeavyGroups& groups_;
  LightViews& views_;
  std::deque<std::pair<LightGroupId, Slice>> unsent_;  // payloads; bound: what the send queues held
};

}  // namespace hawser
