// The identifiers of the protocols, each a type of its own so that none passes for another.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace hawser {

/// A number that means one thing. Ids of one Tag compare and hash; two Tags do not mix.
template <typename Tag>
struct Id {
  std::uint64_t value = 0;
  auto operator<=>(const Id&) const = default;
};

/// A process's life: random, new at every start.
using Incarnation = Id<struct IncarnationTag>;
/// A heavy-weight group.
using GroupId = Id<struct GroupTag>;
/// A light-weight group; unique by origin: who created it chose it at random.
using LightGroupId = Id<struct LightGroupTag>;
/// Names one start_change of one node and group: locally unique, growing (KK00).
using StartChangeId = Id<struct StartChangeTag>;
/// A packet's number in its sender's stream of one view: 1, 2, 3…; 0 = none yet.
using Seqno = Id<struct SeqnoTag>;

/// Who has a vote on primary views: chosen at random when its file is made, and kept there through restarts.
using VoterId = Id<struct VoterTag>;

/// A position in a view's member list; 0 is the oldest.
using Rank = std::uint16_t;

/// The group that every node of the domain is in.
inline constexpr GroupId kControlGroup{0};

/// An IPv4 address and UDP port, both in host byte order.
struct Endpoint {
  std::uint32_t address = 0;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

/// One process in the protocols. The incarnation comes first in order: it alone is unique.
struct NodeId {
  Incarnation incarnation;
  Endpoint endpoint;
  auto operator<=>(const NodeId&) const = default;
};

/// A view's name. Ordered by epoch along every node's history; views that formed on two sides of a partition may share
/// an epoch, and differ in the digest of their members and start-change ids.
struct ViewId {
  std::uint64_t epoch = 0;
  std::uint64_t digest = 0;
  auto operator<=>(const ViewId&) const = default;
};

/// "127.0.0.1:40001"
std::string to_string(Endpoint endpoint);
/// "127.0.0.1:40001#9f02c1d4…" with all 16 digits of the incarnation
std::string to_string(const NodeId& node);
/// "7.9f02c1d4": epoch, and half of the digest
std::string to_string(ViewId view);

/// A good 64-bit mix of a value (SplitMix64's finalizer): for digests, never for secrets.
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace hawser

template <typename Tag>
struct std::hash<hawser::Id<Tag>> {
  std::size_t operator()(hawser::Id<Tag> id) const noexcept { return hawser::mix64(id.value); }
};
