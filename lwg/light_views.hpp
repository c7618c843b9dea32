// The light-weight groups that this node is in, is joining or is leaving: their views, which changes are installed, the
// eras it sends with, and which of what it hears is delivered now, later or never.
// Source: DESIGN.md 5.2, 5.3 and 5.5. Departs: see README.md.
//
//   (nothing)  messages are filtered
//   joining    this node's own `add` is pending: what was sent in its era or later waits for this node's first view
//   in         messages of the installed era are delivered; this node may send, but while a change is pending
//
// A pending change is installed when every member that it leaves and brings has marked it on the heavy-weight group
// that the light-weight group rode on before it, in the order that it had there; or when the control view ends. Who
// leaves is out at once: it asked for that when all it had sent was at every member.
//
// Invariant: nodes that move on from a control view together have gone through the same views of the groups they share,
// and delivered the same in each.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/early_messages.hpp"
#include "lwg/group_table.hpp"
#include "lwg/light_events.hpp"
#include "lwg/markers.hpp"
#include "lwg/member_lists.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/heavy_group.hpp"

namespace hawser {

/// Markers go by the stream of what they mark: its heavy-weight group, and its order there.
enum class MarkerStream : std::uint8_t { fifo, total };

/// A group that this node is in, is joining or is leaving.
struct OwnGroup {
  std::string name;
  LightView view;               ///< installed; while joining: without this node, and never shown
  GroupId heavy;                ///< which it rides on in that view
  std::vector<Change> pending;  ///< in directory order
  bool installed = false;       ///< this node is in the installed view
  bool leaving = false;         ///< it has asked the coordinator to be let out, and sends no more
  EraTag view_era;              ///< of the installed view; messages that this node sends have it too
  EraTag joined;                ///< of this node's own `add`; what is older is in the state it gets
  Configuration configuration;  ///< in the installed view
  std::uint64_t unsent = 0;     ///< own messages that wait to be sent anew
  std::uint64_t unplaced = 0;   ///< own messages that have no place in the total order here yet
  /// This node's last message on each heavy-weight group that it is in: as which of its multicasts there.
  std::vector<std::pair<GroupId, std::uint64_t>> sent;
  HeavyGroup* carrier = nullptr;  ///< of `heavy`, once somebody has asked for it

  void note_sent(std::uint64_t as);
  /// Its last message there has arrived, or is given back.
  void forget_sent(GroupId on);
  [[nodiscard]] bool can_send() const { return installed && !leaving; }
  /// A change is pending: a message of the installed era would come after the marker that ends it, and one of the next
  /// era might be delivered elsewhere in a view that this node never gets to.
  [[nodiscard]] bool held() const { return !pending.empty(); }
  [[nodiscard]] MarkerStream stream() const {
    return configuration.is_total() ? MarkerStream::total : MarkerStream::fifo;
  }
};

/// Threads: single-threaded.
class LightViews {
 public:
  explicit LightViews(const NodeId& self) : self_(self) {}

  /// A new control view: installs what is pending, and takes out whoever is not in `kept` (sorted): this node's
  /// lineage, as far as it came along. What waits for a view is dropped: who sent it had installed a view that nobody
  /// here has, so it is not coming along.
  void on_view(ViewId view, std::span<const NodeId> kept, LightOutbox& out);
  /// A change of the directory, which has it already.
  void on_change(const Change& change, const Directory& directory);
  /// A marker, heard on `heavy`.
  void on_marker(MarkerStream stream, GroupId heavy, const NodeId& from, std::uint64_t number);
  /// Installs what can be installed. To be called after the inputs above.
  void install(LightOutbox& out);
  /// This node is out of a heavy-weight group: what it counted there means nothing any more.
  void on_heavy_left(GroupId heavy);
  /// What this node has to mark now.
  [[nodiscard]] std::vector<std::pair<GroupId, std::uint64_t>> take_markers(MarkerStream stream) {
    return markers(stream).take();
  }

  /// Data for a group that this node has part in.
  void on_data(OwnGroup& group, const NodeId& from, const EraTag& era, Slice payload, LightOutbox& out);
  /// Counts data of a group that this node has no part in.
  void filter(LightGroupId group);
  /// Counts a message that can't be delivered or sent.
  void count_dropped() { ++dropped_; }

  /// nullptr where this node has no part in it. Stable as long as it has.
  [[nodiscard]] const OwnGroup* find(LightGroupId id) const;
  [[nodiscard]] OwnGroup* find(LightGroupId id);
  [[nodiscard]] const GroupTable<OwnGroup>& groups() const { return own_; }
  /// A change of any group is pending.
  [[nodiscard]] bool is_changing() const;
  /// Names of groups that this node has left by its own wish since the last call.
  [[nodiscard]] std::vector<std::string> take_left();
  /// Whose markers the group's first pending change waits for here, in the order of its members; for people to see.
  [[nodiscard]] std::vector<NodeId> missing_markers(const OwnGroup& group) const;
  /// How many of its groups ride on `heavy`, or are about to.
  [[nodiscard]] std::size_t riders_on(GroupId heavy) const;
  /// Counts how often any riders_on() became or ceased to be 0.
  [[nodiscard]] std::uint64_t rides_altered() const { return rides_altered_; }

  /// This node's lineage has given way: forgets all groups. Returns those it was in.
  [[nodiscard]] std::vector<std::pair<std::string, LightGroupId>> lose();

  void add_to(StateDigest& digest) const {
    digest.add(control_view_, own_, ready_, fifo_markers_, total_markers_, early_, riders_, left_, told_left_);
  }

  [[nodiscard]] std::uint64_t filtered() const { return filtered_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] std::uint64_t moves() const { return moves_; }
  [[nodiscard]] std::uint64_t filtered(LightGroupId group) const;
  [[nodiscard]] const std::unordered_map<LightGroupId, std::uint64_t>& filtered_by_group() const {
    return filtered_by_group_;
  }

 private:
  OwnGroup& join(const Change& change, const DirectoryGroup& group);
  void enqueue(OwnGroup& group, const Change& change);
  [[nodiscard]] bool lacks_marker(const OwnGroup& group, const NodeId& node) const;
  template <typename Visit>
  void visit_missing(const OwnGroup& group, Visit visit) const;
  [[nodiscard]] std::optional<NodeId> missing_marker(const OwnGroup& group) const;
  void install_first(OwnGroup& group, LightOutbox& out);
  void apply(OwnGroup& group, const Change& change, std::vector<NodeId>& newcomers);
  void move(OwnGroup& group, GroupId heavy);
  void mark_what_waited(const OwnGroup& group);
  bool bring_up_to_date(OwnGroup& group, ViewId brought, MemberLists::Retainer& retainer, LightOutbox& out);
  [[nodiscard]] std::vector<NodeId> install_all(OwnGroup& group);
  void leave(OwnGroup& group);
  void report_view(const OwnGroup& group, std::vector<NodeId> newcomers, LightOutbox& out);
  void release(OwnGroup& group, LightOutbox& out);
  void mount(GroupId heavy);
  void dismount(GroupId heavy);
  void deliver(OwnGroup& group, const NodeId& from, Slice payload, LightOutbox& out);
  [[nodiscard]] Markers& markers(MarkerStream stream) {
    return stream == MarkerStream::total ? total_markers_ : fifo_markers_;
  }
  [[nodiscard]] const Markers& markers(MarkerStream stream) const {
    return stream == MarkerStream::total ? total_markers_ : fifo_markers_;
  }

  NodeId self_;
  ViewId control_view_;
  GroupTable<OwnGroup> own_;
  MemberLists lists_;
  std::deque<LightGroupId> ready_;  // first pending change to be looked at
  Markers fifo_markers_;
  Markers total_markers_;
  EarlyMessages early_;
  std::map<GroupId, std::size_t> riders_;  // of those that have any
  std::uint64_t rides_altered_ = 0;
  std::vector<std::pair<std::string, LightGroupId>> left_;  // and not told of yet
  std::vector<std::string> told_left_;
  std::uint64_t moves_ = 0;

  // Counters by group are for people to read: beyond this many groups only the total grows.
  static constexpr std::size_t kFilteredGroupsMax = 100'000;
  std::uint64_t filtered_ = 0;
  std::uint64_t dropped_ = 0;
  std::unordered_map<LightGroupId, std::uint64_t> filtered_by_group_;
};

}  // namespace hawser
