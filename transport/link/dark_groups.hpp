// Groups whose multicasts do not reach this node from a node that sends them: a switch may forget a single one. An idle
// group is silent too, so silence alone is no sign. Each node therefore says, in the control group, which others it has
// multicast to lately (wire::Traffic). Who says so of a group for as long as the silence that counts, while nothing of
// it comes in that group, is not heard there: the group is dark from that node.
//
// A single datagram that was lost does no harm: whoever lacks it acknowledges nothing, so that its sender says
// something in the group with every heartbeat until it does.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/time.hpp"

namespace hawser {

/// The sender's side. Threads: single-threaded.
class SentGroups {
 public:
  /// Costs a comparison where it is the same group as before.
  void on_sent(GroupId group) {
    if (group == last_ || group == kControlGroup) return;
    last_ = group;
    groups_.insert(group);
  }
  /// Those since they were taken last, ascending. At most kTakenMax, the others next time: in turns.
  [[nodiscard]] std::vector<GroupId> take();

  static constexpr std::size_t kTakenMax = 64;

 private:
  std::set<GroupId> groups_;  // At most those that the node is in.
  GroupId last_ = kControlGroup;
  GroupId taken_up_to_ = kControlGroup;
};

/// The receiver's side. Threads: single-threaded.
class DarkGroups {
 public:
  explicit DarkGroups(Duration silence) : silence_(silence) {}

  /// `sender` says that it has multicast to this group, which this node hears. True where it is found dark by that.
  bool on_report(Endpoint sender, GroupId group, Time now);
  /// A multicast came in it. True where it had been dark.
  bool on_multicast(Endpoint sender, GroupId group);
  /// This node does not hear it any more.
  void forget(GroupId group);
  /// Of this sender nothing is dark any more: it is gone, or will be judged anew.
  void forget(Endpoint sender);

  /// Dark ones of the sender's, ascending.
  [[nodiscard]] std::vector<GroupId> of(Endpoint sender) const;
  [[nodiscard]] bool has_any() const { return dark_ > 0; }

  /// Pairs of a sender and a group that are looked at. Where they are full, those of which nobody has said anything
  /// lately make room; where that is none, the newcomer is looked at later.
  static constexpr std::size_t kPairsMax = 4096;

 private:
  using Pair = std::pair<Endpoint, GroupId>;
  struct Watch {
    Time since;
    Time last_report;
    bool dark = false;
  };
  using Watches = std::map<Pair, Watch>;

  [[nodiscard]] bool make_room(Time now);
  Watches::iterator erase(Watches::iterator at);

  const Duration silence_;
  Watches watches_;  // None of a pair in which something has come since the last report.
  std::size_t dark_ = 0;
};

}  // namespace hawser
