// All light-weight groups of one node: joining and leaving by name, sending, and their views and messages.
// Source: Rodrigues, Guo et al., "A transparent light-weight group service", SRDS 1996; Glade, Birman, Cooper, van
// Renesse 1993 for naming outside the group layer and for the mapping onto heavy-weight groups. Departs: changes are
// cut by markers in each sender's own stream (see README.md) instead of a flush, so that nobody is blocked.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lwg/configuration.hpp"
#include "lwg/group_table.hpp"
#include "lwg/light_events.hpp"
#include "lwg/light_view.hpp"
#include "lwg/mapper_policy.hpp"
#include "lwg/subject.hpp"
#include "transport/core/events.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/result.hpp"
#include "transport/core/rng.hpp"
#include "transport/core/time.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

class Directory;
class HeavyUses;
class LightViews;

struct JoinRequest {
  std::string name;  ///< 1 to 256 bytes
  Role role = Role::subscriber;
};

/// Counts since the start.
struct LightCounters {
  std::uint64_t filtered = 0;     ///< data of groups that this node is not in
  std::uint64_t dropped = 0;      ///< data whose sender was not in the view it waited for, or of another lineage
  std::uint64_t undecodable = 0;  ///< messages that are none
  std::uint64_t delivered = 0;    ///< data of groups that this node is in
  std::uint64_t moves = 0;        ///< of its groups to another heavy-weight group
};

struct LightGroupsConfig {
  MapperPolicy policy;
  /// How long a heavy-weight group that none of this node's groups rides on is kept, in case one will.
  Duration heavy_grace = std::chrono::seconds{2};
  /// Payloads of so many bytes or more go out in pieces between the messages of other groups.
  std::size_t bulk_bytes_min = std::size_t{64} << 10U;
};

/// Threads: single-threaded. Every method may append to `out`. `groups` must outlive it.
class LightGroups {
 public:
  LightGroups(const NodeId& self, HeavyGroups& groups, const LightGroupsConfig& config, Rng rng);
  ~LightGroups();
  LightGroups(const LightGroups&) = delete;
  LightGroups& operator=(const LightGroups&) = delete;

  /// Wants to be in these groups, created where they do not exist. One request for the whole batch. A name
  /// already joined with another role changes to subscriber if either asks for it. Views come as events; the wish
  /// survives view changes, partitions and merges until leave().
  void join(std::span<const JoinRequest> requests, Time now, LightOutbox& out);
  /// Wants out. Messages may still be delivered until LightViewLeft.
  void leave(std::span<const std::string> names, Time now, LightOutbox& out);

  /// Wants to be in every group whose name fits one of these patterns (wildcards or a prefix) from the group's
  /// beginning on, as a subscriber: before anybody can send there. PatternWatched tells from when on; groups that there
  /// are then have to be joined, and those that come so may be left, as any. Survives what join()'s wishes survive.
  void watch(std::span<const Pattern> patterns, Time now, LightOutbox& out);
  void unwatch(std::span<const Pattern> patterns, Time now, LightOutbox& out);

  /// Wants `name`, which it has joined, to be configured so, if nobody has done that before: until leave(), or until it
  /// wants none; also where another directory takes this one's place. From the view on that has it, all that was
  /// sent without it is delivered, or is sent anew with it. What is in force, LightViewInstalled tells.
  void configure(std::string_view name, const Configuration& configuration, Time now, LightOutbox& out);

  /// True from this node's first view of `name` on, until its leave() takes effect.
  [[nodiscard]] bool can_send(std::string_view name) const;
  /// True while send() says would_block because somebody is joining or leaving the group, and not all have marked the
  /// change. Asking costs little.
  [[nodiscard]] bool is_changing(LightGroupId group) const;
  /// True while send() of so many bytes may say would_block though others are sent: somebody is joining or leaving the
  /// group, and not all have marked the change; a long message of it is on its way; or this is a long one, and too many
  /// of them wait.
  [[nodiscard]] bool is_held(LightGroupId group, std::size_t payload_bytes) const;
  /// Sends the concatenation of `parts` to the group, this node included, in FIFO order, or in total order where the
  /// group is configured so. A message is delivered in one and the same view wherever it is delivered.
  /// Errors: invalid_argument  this node is not in it, or on its way out: see can_send().
  ///         would_block       somebody is joining or leaving the group, which takes one message of each member; a
  ///                           long message of it is on its way, and this is not one; or as HeavyGroup::multicast. Try
  ///                           again after the next event.
  ///         too_large         as HeavyGroup::multicast.
  Status send(LightGroupId group, const Parts& parts, Time now, LightOutbox& out);

  /// An event of the heavy-weight groups, in order. Messages are moved out of it.
  void on_event(GroupEvent&& event, Time now, LightOutbox& out);
  void on_timeout(Time now, LightOutbox& out);
  [[nodiscard]] Time next_deadline() const;

  /// The installed view of `name` here; nullptr where there is none. Valid until the next call of a non-const method.
  [[nodiscard]] const LightView* view_of(std::string_view name) const;
  [[nodiscard]] LightCounters counters() const;
  /// Filtered messages of the groups that there are now, in no order.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> filtered_by_name() const;
  /// A digest of the replicated directory (not of this node's own state): equal on all synced nodes that applied the
  /// same operations. Zero while this node has no directory yet.
  [[nodiscard]] std::uint64_t directory_digest() const;
  [[nodiscard]] bool directory_synced() const;
  /// True where nothing of this node's is on its way: no request, no change, no long message, none that waits to be
  /// sent anew.
  [[nodiscard]] bool is_quiet() const;
  /// True where messages of a former control view wait to be sent anew.
  [[nodiscard]] bool has_unsent() const;
  /// How many messages this node has sent in groups in total order, and up to which of them all have their places: what
  /// is at every member may still have none, and be lost with this node.
  [[nodiscard]] std::uint64_t ordered() const;
  [[nodiscard]] std::uint64_t placed() const;
  /// The replicated directory; empty while this node has none. Valid until the next call of a non-const method.
  [[nodiscard]] const Directory& directory() const;
  /// This node's own part in light-weight and heavy-weight groups; valid as long.
  [[nodiscard]] const LightViews& views() const;
  [[nodiscard]] const HeavyUses& heavies() const;
  [[nodiscard]] const MapperPolicy& policy() const;
  /// Equal where everything that happens from here on is bound to be equal: see StateDigest. Counters do not count.
  [[nodiscard]] std::uint64_t state_digest(Time now) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hawser
