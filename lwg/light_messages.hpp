// What nodes say to each other about light-weight groups, as plain structs, and the bytes of each.
// README.md has the table of bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lwg/configuration.hpp"
#include "lwg/light_view.hpp"
#include "lwg/placement.hpp"
#include "lwg/subject.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// A name has 1 to this many bytes.
inline constexpr std::size_t kGroupNameBytesMax = 256;

/// An era as a data message carries it. The 16 bits of the view's digest tell two sides of a partition apart in all but
/// one of 65,536 cases, and in that one the sender is in no view of the other side.
struct EraTag {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
  std::uint16_t digest = 0;
  bool operator==(const EraTag&) const = default;
};

[[nodiscard]] inline EraTag tag_of(const Era& era) {
  return {era.control_view.epoch, era.number, static_cast<std::uint16_t>(era.control_view.digest)};
}

/// Along one lineage of the control group.
[[nodiscard]] inline bool is_before(const EraTag& a, const EraTag& b) {
  return a.epoch != b.epoch ? a.epoch < b.epoch : a.number < b.number;
}

/// An application message. Fifo order, or total where its group is configured so.
struct LightData {
  LightGroupId group;
  EraTag era;
  ByteView payload;
};

/// "Of every group that rides here in this order, what I send from here on knows of the changes up to this number of
/// the control view." On the heavy-weight group, fifo order; total, where it is about the groups in total order.
struct Marker {
  std::uint64_t epoch = 0;  ///< of the control view; void in another
  std::uint64_t number = 0;
};

/// What a node asks of the coordinator, for itself: its id is the message's sender.
struct Request {
  enum class Kind : std::uint8_t {
    join,       ///< into the group of this name, which is created as `proposed_id` where there is none
    leave,      ///< out of it
    release,    ///< out of the heavy-weight group `heavy`, which it needs no longer
    watch,      ///< into every group that comes and fits the pattern, from its beginning
    unwatch,    ///< no longer
    configure,  ///< the group of this name, that it is in, unless somebody has done so
  };
  Kind kind = Kind::join;
  Role role = Role::subscriber;      ///< where join
  LightGroupId proposed_id;          ///< where join
  GroupId heavy;                     ///< where release
  std::uint64_t seen = 0;            ///< where release: the last operation that the sender had heard of when it asked
  std::string_view name;             ///< where join, leave or configure; where watch or unwatch, the pattern's text
  Pattern::Kind pattern{};           ///< where watch or unwatch
  std::string_view configuration{};  ///< where configure: its bytes()
};

/// Control group, fifo order.
struct RequestBatch {
  std::uint64_t number = 0;  ///< the sender's count of batches: tells equal ones apart in traces
  std::vector<Request> requests;
};

/// A step of the directory; nodes are named by their rank in the control view.
struct Operation {
  enum class Kind : std::uint8_t {
    create,    ///< the group `group`, with this name, on `heavy`, without members: add follows
    add,       ///< a member, or a member's other role
    remove,    ///< a member; of the last, the group too
    move,      ///< the group rides on `heavy` from here on
    watch,     ///< a node is among the first members of every group that comes and fits the pattern
    unwatch,   ///< … no longer
    configure  ///< the group
  };
  Kind kind = Kind::add;
  LightGroupId group;
  Rank rank = 0;                     ///< of a node: where add, remove, watch or unwatch
  Role role = Role::subscriber;      ///< where add
  GroupId heavy;                     ///< where create or move
  PlacementReason why{};             ///< where create or move
  std::string_view name;             ///< where create; where watch or unwatch, the pattern's text
  Pattern::Kind pattern{};           ///< where watch or unwatch
  std::string_view configuration{};  ///< where configure: its bytes()

  [[nodiscard]] bool names_member() const { return kind == Kind::add || kind == Kind::remove; }
};

/// The pattern of a watch or unwatch. Nothing where it is none, which a decoded message's never is.
template <typename Step>
[[nodiscard]] std::optional<Pattern> pattern_of(const Step& step) {
  const bool is_prefix = step.pattern == Pattern::Kind::prefix;
  auto pattern = is_prefix ? Pattern::prefix(step.name) : Pattern::parse(step.name);
  if (!pattern || pattern->kind() != step.pattern || step.pattern == Pattern::Kind::topic) return std::nullopt;
  return std::move(pattern).value();
}

/// Operations that are ordered and applied together, by the coordinator. Control group, total order.
struct OperationBatch {
  std::uint64_t number = 0;  ///< as in RequestBatch
  std::vector<Operation> operations;
};

/// Where its sender stands when a view has come that not everyone shares the directory of. Total order.
struct LineageVote {
  ViewId round;                   ///< the view it is about; void in another
  std::optional<NodeId> lineage;  ///< the lowest of those who share the sender's directory; none: it has no directory

  void add_to(StateDigest& digest) const { digest.add(round, lineage); }
};

/// A piece of the directory. Total order.
struct SnapshotPart {
  ViewId round;  ///< as in LineageVote
  bool last = false;
  ByteView bytes;
};

using LightMessage = std::variant<LightData, Marker, RequestBatch, OperationBatch, LineageVote, SnapshotPart>;

/// Names, parts and payloads point into `bytes`. Nothing where these are no message.
[[nodiscard]] std::optional<LightMessage> decode_light_message(ByteView bytes);
/// Only data, the most frequent by far, without the detour over a variant; nothing for what is not, or is malformed.
[[nodiscard]] std::optional<LightData> decode_light_data(ByteView bytes);

/// What stands before a data message's payload. Valid as long as `room`.
inline constexpr std::size_t kDataHeaderBytesMax = 31;
[[nodiscard]] ByteView encode_data_header(LightGroupId group, const EraTag& era,
                                          std::array<std::byte, kDataHeaderBytesMax>& room);

[[nodiscard]] std::vector<std::byte> encode(const Marker& marker);
[[nodiscard]] std::vector<std::byte> encode(std::uint64_t number, std::span<const Request> batch);
[[nodiscard]] std::vector<std::byte> encode(std::uint64_t number, std::span<const Operation> batch);
[[nodiscard]] std::vector<std::byte> encode(const LineageVote& vote);
[[nodiscard]] std::vector<std::byte> encode(const SnapshotPart& part);

/// How many bytes it adds to a batch.
[[nodiscard]] std::size_t encoded_bytes(const Request& request);
[[nodiscard]] std::size_t encoded_bytes(const Operation& operation);
/// How many requests or operations, from the first on, go into one batch of at most `bytes_max`; at least one, if any.
template <typename Step>
[[nodiscard]] std::size_t fitting(std::span<const Step> steps, std::size_t bytes_max) {
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < steps.size(); ++count) {
    bytes += encoded_bytes(steps[count]);
    if (count > 0 && bytes > bytes_max) break;
  }
  return count;
}

}  // namespace hawser
