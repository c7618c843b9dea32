// The heavy-weight groups that this node is in, and since when it needs each of them no longer.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "lwg/light_views.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/time.hpp"
#include "transport/core/view.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

/// A heavy-weight group that this node is in.
struct HeavyUse {
  View view;
  ViewId since;  ///< its first view here
  Time unused_since = kNever;
  std::uint64_t received = 0;  ///< data that came on it since then
  std::uint64_t filtered = 0;  ///< of that, data of groups that this node has no part in

  void add_to(StateDigest& digest) const { digest.add(view, since, unused_since); }
};

/// Threads: single-threaded.
class HeavyUses {
 public:
  explicit HeavyUses(Duration grace) : grace_(grace) {}

  /// The group's view; `first`: this node's first one. Another than the first of a group that lose() has forgotten is
  /// ignored.
  void on_view(GroupId heavy, const View& view, bool first);
  void on_left(GroupId heavy) { heavies_.erase(heavy); }

  /// Those that no group of `views` has ridden on for the time of grace; each again after that time, while it lasts.
  /// False while nothing has happened that take_unused() would notice.
  [[nodiscard]] bool is_due(const LightViews& views, Time now) const {
    return altered_ || views.rides_altered() != rides_altered_ || now >= next_deadline();
  }
  [[nodiscard]] std::vector<GroupId> take_unused(const LightViews& views, Time now);
  [[nodiscard]] Time next_deadline() const;
  /// True where everyone has all that this node has sent there: once it is out of the group, it could not tell.
  [[nodiscard]] static bool may_leave(const HeavyGroup* group);
  void add_to(StateDigest& digest) const { digest.add(heavies_, altered_); }

  /// nullptr where this node is not in it.
  [[nodiscard]] const HeavyUse* find(GroupId heavy) const;
  [[nodiscard]] HeavyUse* find(GroupId heavy);
  /// Forgets all. Returns each with its first view here.
  [[nodiscard]] std::vector<std::pair<GroupId, ViewId>> lose();

 private:
  Duration grace_;
  std::map<GroupId, HeavyUse> heavies_;
  bool altered_ = false;
  std::uint64_t rides_altered_ = 0;  // as of the last take_unused()
};

}  // namespace hawser
