// Words on who is in a group and when its views end, as they go through the control group's total order.
#pragma once

#include <optional>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/view.hpp"

namespace hawser {

/// The coordinator's word on who is in a group. Members are named by their rank in the control view.
struct Arrangement {
  GroupId group;
  std::vector<Rank> old_members;
  std::vector<Rank> members;
  bool operator==(const Arrangement&) const = default;
};

/// Group (u64), then both lists: a varint count, and a varint for each rank. Before them the control view's digest
/// (u64): a word that comes in another view is void.
[[nodiscard]] std::vector<std::byte> encode(const Arrangement& arrangement, ViewId control_view);
/// Nothing where it is malformed, of another view, or names ranks that the view does not have, or one twice.
[[nodiscard]] std::optional<Arrangement> decode_arrangement(ByteView bytes, const View& control_view);

/// The wish that a group's view ends, and one of the same members follows.
struct Renewal {
  GroupId group;
  std::uint64_t view = 0;  ///< the digest of that view's id: where another one is on, the wish is fulfilled
  bool operator==(const Renewal&) const = default;
};
/// Group, view (both u64).
[[nodiscard]] std::vector<std::byte> encode(const Renewal& renewal);
/// Nothing where it is malformed.
[[nodiscard]] std::optional<Renewal> decode_renewal(ByteView bytes);

/// The id of a group's view that the control view's `number`th arrangement brings.
[[nodiscard]] ViewId arranged_view_id(ViewId control_view, GroupId group, std::uint64_t number);
/// The id of a group's view in the control view `next`, coming from its view `previous`.
[[nodiscard]] ViewId carried_view_id(ViewId next, GroupId group, ViewId previous);

}  // namespace hawser
