#include "lwg/snapshot.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "lwg/field_bytes.hpp"
#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

// Values in order, each named by its position.
template <typename Value>
class Table {
 public:
  void add(const Value& value) { values_.insert(value); }
  void number() {
    sorted_.assign(values_.begin(), values_.end());
    values_.clear();
  }
  [[nodiscard]] std::uint64_t index_of(const Value& value) const {
    const auto at = std::lower_bound(sorted_.begin(), sorted_.end(), value);
    HAWSER_CHECK(at != sorted_.end() && *at == value);
    return static_cast<std::uint64_t>(at - sorted_.begin());
  }
  [[nodiscard]] const std::vector<Value>& values() const { return sorted_; }

 private:
  std::set<Value> values_;
  std::vector<Value> sorted_;
};

class SnapshotWriter {
 public:
  SnapshotWriter(const Directory& directory, const LightViewTracker& tracker)
      : directory_(directory), tracker_(tracker) {}

  std::vector<std::byte> write() {
    collect();
    std::vector<std::byte> bytes(bytes_max());
    Writer out{bytes};
    out.varint(nodes_.values().size());
    for (const NodeId& node : nodes_.values()) write_node(out, node);
    out.varint(views_.values().size());
    for (const ViewId& view : views_.values()) write_view_id(out, view);
    write_groups(out);
    out.varint(tracker_.marked().size());
    for (const auto& [node, era] : tracker_.marked()) {
      out.varint(nodes_.index_of(node));
      write_era(out, era);
    }
    bytes.resize(out.size());
    return bytes;
  }

 private:
  // Of a varint that names a table's entry, and of an era's number; generous.
  static constexpr std::size_t kVarintBytesMax = 10;
  static constexpr std::size_t kMemberBytesMax = 3 * kVarintBytesMax + 4;

  [[nodiscard]] const TrackedGroup& tracked(LightGroupId id) const {
    const TrackedGroup* group = tracker_.find(id);
    HAWSER_CHECK(group != nullptr);  // A listed member is in the view, or its `ready` is pending.
    return *group;
  }

  void collect() {
    for (const auto& [id, group] : directory_.groups()) {
      for (const DirectoryMember& member : group.members) {
        nodes_.add(member.node);
        views_.add(member.since.control_view);
      }
      const TrackedGroup& light = tracked(id);
      views_.add(light.view.era.control_view);
      views_.add(light.view.heavy_view);
      for (const LightMember& member : light.view.members) nodes_.add(member.node);
      for (const NodeId& node : light.gone) nodes_.add(node);
      for (const PendingChange& change : light.pending) {
        nodes_.add(change.member.node);
        views_.add(change.era.control_view);
      }
    }
    for (const auto& [node, era] : tracker_.marked()) {
      nodes_.add(node);
      views_.add(era.control_view);
    }
    nodes_.number();
    views_.number();
  }

  [[nodiscard]] std::size_t bytes_max() const {
    std::size_t bytes =
        4 * kVarintBytesMax + nodes_.values().size() * kNodeBytes + views_.values().size() * kViewIdBytes;
    for (const auto& [id, group] : directory_.groups()) {
      const TrackedGroup& light = tracked(id);
      const std::size_t members =
          group.members.size() + light.view.members.size() + light.gone.size() + light.pending.size();
      bytes += 8 + 8 * kVarintBytesMax + group.name.size() + members * kMemberBytesMax;
    }
    return bytes + tracker_.marked().size() * kMemberBytesMax;
  }

  void write_era(Writer& out, const Era& era) const {
    out.varint(views_.index_of(era.control_view));
    out.varint(era.number);
  }

  void write_member(Writer& out, const LightMember& member) const {
    out.varint(nodes_.index_of(member.node));
    out.number(static_cast<std::uint8_t>(member.role));
  }

  void write_groups(Writer& out) const {
    std::size_t count = directory_.groups().size();
    if (HAWSER_FAULT("lwg_snapshot_without_last_group") && count > 0) --count;
    out.varint(count);
    for (const auto& [id, group] : directory_.groups()) {
      if (count-- == 0) break;
      out.number(id.value);
      out.text(group.name);
      out.varint(group.members.size());
      for (const DirectoryMember& member : group.members) {
        write_member(out, {member.node, member.role});
        write_era(out, member.since);
      }
      write_tracked(out, tracked(id));
    }
  }

  void write_tracked(Writer& out, const TrackedGroup& group) const {
    write_era(out, group.view.era);
    out.varint(views_.index_of(group.view.heavy_view));
    out.varint(group.view.members.size());
    for (const LightMember& member : group.view.members) write_member(out, member);
    out.varint(group.gone.size());
    for (const NodeId& node : group.gone) out.varint(nodes_.index_of(node));
    out.varint(group.pending.size());
    for (const PendingChange& change : group.pending) {
      write_era(out, change.era);
      out.number(static_cast<std::uint8_t>(change.kind));
      out.number(static_cast<std::uint8_t>(change.gone));
      write_member(out, change.member);
    }
  }

  const Directory& directory_;
  const LightViewTracker& tracker_;
  Table<NodeId> nodes_;
  Table<ViewId> views_;
};

class SnapshotReader {
 public:
  explicit SnapshotReader(ByteView bytes) : in_(bytes) {}

  std::optional<Snapshot> read() {
    nodes_.resize(in_.count(kNodeBytes));
    for (NodeId& node : nodes_) node = read_node(in_);
    views_.resize(in_.count(kViewIdBytes));
    for (ViewId& view : views_) view = read_view_id(in_);
    constexpr std::size_t kGroupBytesMin = 19;
    for (std::size_t left = in_.count(kGroupBytesMin); left > 0 && in_.ok(); --left) read_group();
    for (std::size_t left = in_.count(3); left > 0 && in_.ok(); --left) {
      const NodeId node = read_known_node();
      snapshot_.marked[node] = read_era();
    }
    if (!in_.done()) return std::nullopt;
    return std::move(snapshot_);
  }

 private:
  NodeId read_known_node() { return known(nodes_); }
  ViewId read_known_view() { return known(views_); }

  template <typename Value>
  Value known(const std::vector<Value>& table) {
    const std::uint64_t index = in_.varint();
    if (index < table.size()) return table[index];
    in_.fail();
    return {};
  }

  bool read_flag() {
    const auto value = in_.number<std::uint8_t>();
    if (value > 1) in_.fail();
    return value == 1;
  }

  PendingChange::Kind read_kind() {
    const auto value = in_.number<std::uint8_t>();
    if (value > static_cast<std::uint8_t>(PendingChange::Kind::repair)) in_.fail();
    return static_cast<PendingChange::Kind>(value);
  }

  Era read_era() {
    const ViewId view = read_known_view();
    return {view, in_.varint()};
  }

  LightMember read_member() {
    const NodeId node = read_known_node();
    return {node, read_flag() ? Role::publisher : Role::subscriber};
  }

  void read_group() {
    const LightGroupId id{in_.number<std::uint64_t>()};
    DirectoryGroup group{std::string{in_.text()}, {}};
    if (group.name.empty() || group.name.size() > kGroupNameBytesMax) in_.fail();
    for (std::size_t left = in_.count(4); left > 0 && in_.ok(); --left) {
      const LightMember member = read_member();
      group.members.push_back({member.node, member.role, read_era()});
    }
    read_tracked(id, group.name);
    if (in_.ok() && !snapshot_.directory.restore(id, std::move(group))) in_.fail();
  }

  void read_tracked(LightGroupId id, const std::string& name) {
    TrackedGroup group;
    group.name = name;
    group.view.group = id;
    group.view.era = read_era();
    group.view.heavy_view = read_known_view();
    for (std::size_t left = in_.count(2); left > 0 && in_.ok(); --left) group.view.members.push_back(read_member());
    for (std::size_t left = in_.count(1); left > 0 && in_.ok(); --left) group.gone.push_back(read_known_node());
    for (std::size_t left = in_.count(6); left > 0 && in_.ok(); --left) {
      PendingChange change;
      change.era = read_era();
      change.kind = read_kind();
      change.gone = read_flag();
      change.member = read_member();
      group.pending.push_back(change);
    }
    if (group.view.members.empty() && group.pending.empty()) in_.fail();
    snapshot_.groups.emplace(id, std::move(group));
  }

  Reader in_;
  std::vector<NodeId> nodes_;
  std::vector<ViewId> views_;
  Snapshot snapshot_;
};

}  // namespace

std::vector<std::byte> encode_snapshot(const Directory& directory, const LightViewTracker& tracker) {
  return SnapshotWriter{directory, tracker}.write();
}

std::optional<Snapshot> decode_snapshot(ByteView bytes) { return SnapshotReader{bytes}.read(); }

}  // namespace hawser
