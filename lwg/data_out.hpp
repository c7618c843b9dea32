// Application messages on their way out: in their group's era, on the heavy-weight group that it rides on; and again
// those that the layer below gave back, because they had not gone out when the control view ended.
//
// Long messages go as bulk, so that they do not hold up other groups'. What a group sends after one waits until it has
// gone out, which its delivery here tells: so each group's own order holds.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
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
  /// Payloads of `bulk_bytes_min` or more are long.
  DataOut(HeavyGroups& groups, LightViews& views, std::size_t bulk_bytes_min)
      : groups_(groups), views_(views), bulk_bytes_min_(bulk_bytes_min) {}

  /// One message; `parts` are its payload. Errors: would_block (a change is pending; a long message of the group is on
  /// its way; a send queue is full; the heavy-weight group is on its way), and those of HeavyGroup::multicast.
  Status send(OwnGroup& group, const Parts& parts, Time now, Outbox& out);

  /// What did not go out in former control views: it is to go out in this one.
  void take_back(std::vector<UnsentMessage> unsent);
  /// Sends of it what can be sent now.
  void send_unsent(Time now, Outbox& out);
  [[nodiscard]] bool has_unsent() const { return !unsent_.empty(); }
  void add_to(StateDigest& digest) const { digest.add(unsent_, bulk_); }
  /// This node's lineage has given way: forgets it, and counts it as dropped.
  void drop_unsent();

  /// A message of this node's own, with this payload, is delivered here: it has gone out, and has its place.
  void on_own(GroupId heavy, LightGroupId group, ByteView payload, Order order);
  /// How many messages were sent in total order, and up to which of them all have their places, or come back.
  [[nodiscard]] std::uint64_t ordered() const { return ordered_; }
  [[nodiscard]] std::uint64_t placed() const;
  /// This node is out of it.
  void on_heavy_left(GroupId heavy);
  /// A long message of the group has not gone out yet.
  [[nodiscard]] bool has_bulk_of(LightGroupId group) const { return !bulk_.empty() && bulk_.contains(group); }
  /// Of a group on `heavy` that a change is pending of, so that a marker speaks for it.
  [[nodiscard]] bool has_bulk_to_mark(GroupId heavy) const;
  [[nodiscard]] bool has_bulk() const { return !bulk_.empty(); }
  [[nodiscard]] bool is_bulk(std::size_t payload_bytes) const { return payload_bytes >= bulk_bytes_min_; }

 private:
  // A payload, in one piece or two.
  struct Unsent {
    LightGroupId group;
    Slice head;
    Slice rest;
    void add_to(StateDigest& digest) const { digest.add(group, head, rest); }
  };
  struct OnTheWay {
    GroupId heavy;
    std::size_t messages = 0;
    void add_to(StateDigest& digest) const { digest.add(heavy, messages); }
  };
  Status multicast(OwnGroup& group, const Parts& parts, Time now, Outbox& out);
  void note_bulk(const OwnGroup& group);
  void on_place(GroupId heavy, LightGroupId group);

  HeavyGroups& groups_;
  LightViews& views_;
  const std::size_t bulk_bytes_min_;
  std::deque<Unsent> unsent_;              // bound: what the send queues held
  std::map<LightGroupId, OnTheWay> bulk_;  // those with a long message that has not gone out
  std::uint64_t ordered_ = 0;
  std::map<GroupId, std::deque<std::uint64_t>>
      unplaced_;  // which of these, by heavy-weight group: places come in order
};

}  // namespace hawser
