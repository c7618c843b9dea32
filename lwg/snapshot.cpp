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
  explicit SnapshotWriter(const Directory& directory) : directory_(directory) {}

  std::vector<std::byte> write() {
    collect();
    std::vector<std::byte> bytes(bytes_max());
    Writer out{bytes};
    out.varint(nodes_.values().size());
    for (const NodeId& node : nodes_.values()) write_node(out, node);
    out.varint(views_.values().size());
    for (const ViewId& view : views_.values()) write_view_id(out, view);
    write_heavies(out);
    write_groups(out);
    bytes.resize(out.size());
    return bytes;
  }

 private:
  // Of a varint that names a table's entry, and of an era's number; generous.
  static constexpr std::size_t kVarintBytesMax = 10;
  static constexpr std::size_t kMemberBytesMax = 3 * kVarintBytesMax + 1;

  void collect() {
    for (const auto& [heavy, members] : directory_.heavies()) {
      for (const NodeId& node : members) nodes_.add(node);
    }
    for (const auto& [id, group] : directory_.groups()) {
      for (const DirectoryMember& member : group.members) {
        nodes_.add(member.node);
        views_.add(member.since.control_view);
      }
    }
    nodes_.number();
    views_.number();
  }

  [[nodiscard]] std::size_t bytes_max() const {
    std::size_t bytes =
        4 * kVarintBytesMax + nodes_.values().size() * kNodeBytes + views_.values().size() * kViewIdBytes;
    for (const auto& [heavy, members] : directory_.heavies()) bytes += 8 + (1 + members.size()) * kVarintBytesMax;
    for (const auto& [id, group] : directory_.groups()) {
      bytes += 8 + 8 + 1 + 2 * kVarintBytesMax + group.name.size() + group.members.size() * kMemberBytesMax;
    }
    return bytes;
  }

  void write_heavies(Writer& out) const {
    out.varint(directory_.heavies().size());
    for (const auto& [heavy, members] : directory_.heavies()) {
      out.number(heavy.value);
      out.varint(members.size());
      for (const NodeId& node : members) out.varint(nodes_.index_of(node));
    }
  }

  void write_groups(Writer& out) const {
    std::size_t count = directory_.groups().size();
    if (HAWSER_FAULT("lwg_snapshot_without_last_group") && count > 0) --count;
    out.varint(count);
    for (const auto& [id, group] : directory_.groups()) {
      if (count-- == 0) break;
      out.number(id.value);
      out.text(group.name);
      out.number(group.heavy.value);
      out.number(static_cast<std::uint8_t>(group.why));
      out.varint(group.members.size());
      for (const DirectoryMember& member : group.members) {
        out.varint(nodes_.index_of(member.node));
        out.number(static_cast<std::uint8_t>(member.role));
        out.varint(views_.index_of(member.since.control_view));
        out.varint(member.since.number);
      }
    }
  }

  const Directory& directory_;
  Table<NodeId> nodes_;
  Table<ViewId> views_;
};

class SnapshotReader {
 public:
  explicit SnapshotReader(ByteView bytes) : in_(bytes) {}

  std::optional<Directory> read() {
    nodes_.resize(in_.count(kNodeBytes));
    for (NodeId& node : nodes_) node = read_node(in_);
    views_.resize(in_.count(kViewIdBytes));
    for (ViewId& view : views_) view = read_view_id(in_);
    for (std::size_t left = in_.count(kHeavyBytesMin); left > 0 && in_.ok(); --left) read_heavy();
    for (std::size_t left = in_.count(kGroupBytesMin); left > 0 && in_.ok(); --left) read_group();
    if (!in_.done()) return std::nullopt;
    return std::move(directory_);
  }

 private:
  static constexpr std::size_t kHeavyBytesMin = 10;
  static constexpr std::size_t kMemberBytesMin = 4;
  static constexpr std::size_t kGroupBytesMin = 20 + kMemberBytesMin;

  template <typename Value>
  Value known(const std::vector<Value>& table) {
    const std::uint64_t index = in_.varint();
    if (index < table.size()) return table[index];
    in_.fail();
    return {};
  }

  std::uint8_t read_up_to(std::uint8_t max) {
    const auto value = in_.number<std::uint8_t>();
    if (value > max) in_.fail();
    return value;
  }

  void read_heavy() {
    const GroupId heavy{in_.number<std::uint64_t>()};
    std::vector<NodeId> members(in_.count(1));
    for (NodeId& node : members) node = known(nodes_);
    if (members.empty() || heavy == kControlGroup || directory_.heavies().contains(heavy)) in_.fail();
    if (in_.ok()) directory_.arrange(heavy, std::move(members));
  }

  void read_group() {
    const LightGroupId id{in_.number<std::uint64_t>()};
    DirectoryGroup group{std::string{in_.text()}, {}, {}, {}};
    if (group.name.empty() || group.name.size() > kGroupNameBytesMax) in_.fail();
    group.heavy.value = in_.number<std::uint64_t>();
    group.why = static_cast<PlacementReason>(read_up_to(static_cast<std::uint8_t>(PlacementReason::only_group)));
    if (!directory_.heavies().contains(group.heavy)) in_.fail();
    group.members.resize(in_.count(kMemberBytesMin));
    for (DirectoryMember& member : group.members) {
      member.node = known(nodes_);
      member.role = static_cast<Role>(read_up_to(static_cast<std::uint8_t>(Role::publisher)));
      member.since.control_view = known(views_);
      member.since.number = in_.varint();
    }
    if (in_.ok() && !directory_.restore(id, std::move(group))) in_.fail();
  }

  Reader in_;
  std::vector<NodeId> nodes_;
  std::vector<ViewId> views_;
  Directory directory_;
};

}  // namespace

std::vector<std::byte> encode_snapshot(const Directory& directory) { return SnapshotWriter{directory}.write(); }

std::optional<Directory> decode_snapshot(ByteView bytes) { return SnapshotReader{bytes}.read(); }

}  // namespace hawser
