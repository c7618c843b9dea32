#include "lwg/snapshot.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "lwg/field_bytes.hpp"
#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

// Nodes in order, each named by its position.
class NodeNumbers {
 public:
  void add(const NodeId& node) { nodes_.insert(node); }
  void number() {
    sorted_.assign(nodes_.begin(), nodes_.end());
    nodes_.clear();
  }
  [[nodiscard]] std::uint64_t index_of(const NodeId& node) const {
    const auto at = std::lower_bound(sorted_.begin(), sorted_.end(), node);
    HAWSER_CHECK(at != sorted_.end() && *at == node);
    return static_cast<std::uint64_t>(at - sorted_.begin());
  }
  [[nodiscard]] const std::vector<NodeId>& all() const { return sorted_; }

 private:
  std::set<NodeId> nodes_;
  std::vector<NodeId> sorted_;
};

class SnapshotWriter {
 public:
  explicit SnapshotWriter(const Directory& directory) : directory_(directory) {}

  std::vector<std::byte> write() {
    collect();
    std::vector<std::byte> bytes(bytes_max());
    Writer out{bytes};
    out.varint(nodes_.all().size());
    for (const NodeId& node : nodes_.all()) write_node(out, node);
    write_heavies(out);
    write_groups(out);
    write_watchers(out);
    bytes.resize(out.size());
    return bytes;
  }

 private:
  // Of a varint that names a table's entry, and of an era's number; generous.
  static constexpr std::size_t kVarintBytesMax = 10;
  static constexpr std::size_t kMemberBytesMax = kVarintBytesMax + 1;

  void collect() {
    for (const auto& [heavy, members] : directory_.heavies()) {
      for (const NodeId& node : members) nodes_.add(node);
    }
    for (const auto& [id, group] : directory_.groups()) {
      for (const LightMember& member : group.members) nodes_.add(member.node);
    }
    for (const Watcher& watcher : directory_.watchers()) nodes_.add(watcher.node);
    nodes_.number();
  }

  [[nodiscard]] std::size_t bytes_max() const {
    std::size_t bytes = 4 * kVarintBytesMax + nodes_.all().size() * kNodeBytes;
    for (const auto& [heavy, members] : directory_.heavies()) bytes += 8 + (1 + members.size()) * kVarintBytesMax;
    for (const auto& [id, group] : directory_.groups()) {
      bytes += 8 + 8 + 1 + 3 * kVarintBytesMax + group.name.size() + group.configuration.bytes().size() +
               group.members.size() * kMemberBytesMax;
    }
    for (const Watcher& watcher : directory_.watchers())
      bytes += 1 + 2 * kVarintBytesMax + watcher.pattern.text().size();
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
      out.text(group.configuration.bytes());
      out.varint(group.members.size());
      for (const LightMember& member : group.members) {
        out.varint(nodes_.index_of(member.node));
        out.number(static_cast<std::uint8_t>(member.role));
      }
    }
  }

  void write_watchers(Writer& out) const {
    out.varint(directory_.watchers().size());
    for (const auto& [pattern, node] : directory_.watchers()) {
      out.varint(nodes_.index_of(node));
      out.number(static_cast<std::uint8_t>(pattern.kind()));
      out.text(pattern.text());
    }
  }

  const Directory& directory_;
  NodeNumbers nodes_;
};

class SnapshotReader {
 public:
  explicit SnapshotReader(ByteView bytes) : in_(bytes) {}

  std::optional<Directory> read() {
    nodes_.resize(in_.count(kNodeBytes));
    for (NodeId& node : nodes_) node = read_node(in_);
    for (std::size_t left = in_.count(kHeavyBytesMin); left > 0 && in_.ok(); --left) read_heavy();
    for (std::size_t left = in_.count(kGroupBytesMin); left > 0 && in_.ok(); --left) read_group();
    for (std::size_t left = in_.count(kWatcherBytesMin); left > 0 && in_.ok(); --left) read_watcher();
    if (!in_.done()) return std::nullopt;
    return std::move(directory_);
  }

 private:
  static constexpr std::size_t kHeavyBytesMin = 10;
  static constexpr std::size_t kMemberBytesMin = 2;
  static constexpr std::size_t kGroupBytesMin = 21 + kMemberBytesMin;
  static constexpr std::size_t kWatcherBytesMin = 3;

  NodeId known_node() {
    const std::uint64_t index = in_.varint();
    if (index < nodes_.size()) return nodes_[index];
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
    for (NodeId& node : members) node = known_node();
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
    const auto configuration = Configuration::decode(in_.text());
    if (!configuration) in_.fail();
    group.configuration = configuration.value_or(Configuration{});
    std::vector<LightMember> members(in_.count(kMemberBytesMin));
    for (LightMember& member : members) {
      member.node = known_node();
      member.role = static_cast<Role>(read_up_to(static_cast<std::uint8_t>(Role::publisher)));
    }
    group.members = LightMembers{std::move(members)};
    if (in_.ok() && !directory_.restore(id, std::move(group))) in_.fail();
  }

  void read_watcher() {
    const NodeId node = known_node();
    Operation watch;
    watch.pattern = static_cast<Pattern::Kind>(in_.number<std::uint8_t>());
    watch.name = in_.text();
    std::optional<Pattern> pattern = pattern_of(watch);
    if (!in_.ok() || !pattern || !directory_.restore({std::move(*pattern), node})) in_.fail();
  }

  Reader in_;
  std::vector<NodeId> nodes_;
  Directory directory_;
};

}  // namespace

std::vector<std::byte> encode_snapshot(const Directory& directory) { return SnapshotWriter{directory}.write(); }

std::optional<Directory> decode_snapshot(ByteView bytes) { return SnapshotReader{bytes}.read(); }

}  // namespace hawser
