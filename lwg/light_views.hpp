// The light-weight groups that this node is in or is joining: their views as events, the eras it sends with, and which
// of what it hears is delivered now, later or never.
// Source: DESIGN.md 5.2 and 5.3. The views themselves come from the LightViewTracker.
//
//
//   (nothing)  messages are filtered
//   joining    `ready` is applied: what is heard waits for this node's first view
//   in         that view is installed: messages of its era are delivered, and this node may send, but while a change is
//              pending: it has marked that already
//   leaving    `remove` is applied: it sends no more, and is delivered to until the view without it is installed
#pragma once

#include <cstdint>
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
#include "lwg/light_groups.hpp"
#include "lwg/light_view_tracker.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A group that this node is in, is joining or is leaving.
struct OwnGroup {
  const TrackedGroup* tracked = nullptr;
  bool installed = false;  ///< this node is in the installed view
  bool listed = false;     ///< the directory lists this node
  EraTag view_era;         ///< of the installed view; messages that this node sends have it too
  EraTag joined;           ///< of this node's own `ready`; what is older is in the state it gets

  /// It is in, and not leaving.
  [[nodiscard]] bool can_send() const { return installed && listed; }
  /// A change is marked and not installed: a message of the installed era would come after the marker that ends it, and
  /// one of the next era might be delivered elsewhere in a view that this node never gets to.
  [[nodiscard]] bool held() const { return !tracked->pending.empty(); }
};

/// Threads: single-threaded.
class LightViews {
 public:
  explicit LightViews(const NodeId& self) : self_(self) {}

  /// A heavy view; see LightViewTracker::on_view().
  void on_view(ViewId view, std::span<const NodeId> kept, bool settled);
  /// This node's lineage, `kept`, has survived a vote that was decided at `era`. True where this node has to mark that.
  [[nodiscard]] bool on_decided(const Era& era, std::span<const NodeId> kept);
  /// An operation that altered the directory. True where this node has to mark it.
  [[nodiscard]] bool on_change(const Change& change, std::string_view name);
  void on_marker(const NodeId& from, const Era& era) { tracker_.on_marker(from, era); }
  /// Installs what can be installed. To be called after the inputs above.
  void install(LightOutbox& out);

  /// Data for a group that this node has part in.
  void on_data(const OwnGroup& group, const NodeId& from, const EraTag& era, Slice payload, LightOutbox& out);
  /// Counts data of a group that this node has no part in.
  void filter(LightGroupId group, const Directory& directory);

  /// nullptr where this node has no part in it. Stable as long as it has.
  [[nodiscard]] const OwnGroup* find(LightGroupId id) const;
  [[nodiscard]] const OwnGroup* find(std::string_view name) const;
  /// Names of groups that this node has left by its own wish since the last call.
  [[nodiscard]] std::vector<std::string> take_left();

  /// This node's lineage has given way: forgets all groups. Returns those it was in, in their order.
  [[nodiscard]] std::vector<std::pair<std::string, LightGroupId>> lose();
  [[nodiscard]] LightViewTracker& tracker() { return tracker_; }

  [[nodiscard]] std::uint64_t filtered() const { return filtered_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// By name, as far as the directory knew the name when the first message was filtered.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& filtered_by_name() const { return filtered_by_name_; }

 private:
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };

  OwnGroup* own(LightGroupId id);
  void on_own_change(const Change& change, std::string_view name);
  void report_view(const Installation& installation, OwnGroup& group, LightOutbox& out);
  void report_left(const TrackedGroup& group, LightOutbox& out);
  void release(const OwnGroup& group, LightOutbox& out);
  void deliver(const OwnGroup& group, const NodeId& from, Slice payload, LightOutbox& out);
  [[nodiscard]] static bool is_pending(const OwnGroup& group, const EraTag& era);
  static void report_repairs(std::size_t& repaired, LightOutbox& out);

  NodeId self_;
  LightViewTracker tracker_;
  // Looked up, never iterated.
  std::unordered_map<LightGroupId, OwnGroup> own_;
  std::unordered_map<std::string, OwnGroup*, NameHash, std::equal_to<>> own_by_name_;
  EarlyMessages early_;
  std::vector<std::string> left_;

  // Counters by name are for people to read: beyond this many names and ids only the total grows.
  static constexpr std::size_t kFilteredNamesMax = 100'000;
  std::uint64_t filtered_ = 0;
  std::uint64_t dropped_ = 0;
  std::map<std::string, std::uint64_t> filtered_by_name_;
  std::unordered_map<LightGroupId, std::uint64_t*> filtered_by_id_;
};

}  // namespace hawser
