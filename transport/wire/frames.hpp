// Every frame as a plain struct. A datagram is a fixed header and then frames: type, flags, length, body (FORMAT.md).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/view.hpp"
#include "transport/wire/byte_io.hpp"
#include "transport/wire/voting_state.hpp"

namespace hawser::wire {

enum class FrameType : std::uint8_t {
  beacon = 1,
  heartbeat = 2,
  probe = 3,
  leave = 4,
  proposal = 5,
  sync = 6,
  completion = 7,
  relayed_sync = 8,
  data = 9,
  nak = 10,
  ack = 11,
  greeting = 12,  ///< see greeting.hpp
  traffic = 13,   ///< see greeting.hpp
  piece = 14,
};

/// "I am here, and this is where I run." Multicast to the control group.
struct Beacon {
  static constexpr FrameType kType = FrameType::beacon;
  std::uint64_t boot_id = 0;
  std::uint64_t network_namespace = 0;
  std::uint32_t process_id = 0;
  std::uint32_t receive_buffer_bytes = 0;
  bool operator==(const Beacon&) const = default;
};

/// "I live, and these I hear." Multicast to the control group.
struct Heartbeat {
  static constexpr FrameType kType = FrameType::heartbeat;
  std::vector<Incarnation> heard;  ///< ascending; the sender itself is left out
  bool operator==(const Heartbeat&) const = default;
};

/// Unicast to the ring successor: an ICMP answer tells that its process is gone. No reply.
struct Probe {
  static constexpr FrameType kType = FrameType::probe;
  bool operator==(const Probe&) const = default;
};

/// "I am going." Multicast to the control group.
struct Leave {
  static constexpr FrameType kType = FrameType::leave;
  bool operator==(const Leave&) const = default;
};

/// Membership: the sender's wish for the next view of the domain, all groups at once (KSMD00's one round).
struct Proposal {
  static constexpr FrameType kType = FrameType::proposal;
  StartChangeId start_id;
  ViewId previous;                  ///< the sender's view of the group when it proposed; epoch 0: none yet
  Rank previous_rank = 0;           ///< the sender's rank in it
  bool open = true;                 ///< the sender still waits for the view; false: an answer to one who does
  bool renewed = false;             ///< the sender has proposed before, from this same view
  std::vector<NodeId> members;      ///< ascending, the sender among them
  std::vector<StartChangeId> seen;  ///< the latest start-change id seen of each of `members`; 0: none
  bool operator==(const Proposal&) const = default;
};

/// A member of the sender's current view and the start-change id it entered under.
struct MemberStart {
  Incarnation member;
  StartChangeId start_id;
  bool operator==(const MemberStart&) const = default;
};

struct SeqnoRange {
  Seqno first;
  Seqno last;  ///< included
  bool operator==(const SeqnoRange&) const = default;
};

/// Packets of the stream of one member of a view.
struct PacketRange {
  Rank origin = 0;
  SeqnoRange seqnos;
  bool operator==(const PacketRange&) const = default;
};

/// How far a node holds the streams of one group's view.
struct StreamCut {
  GroupId group;
  ViewId view;                     ///< of that group
  std::vector<Seqno> received;     ///< by rank in it: without a gap
  std::vector<PacketRange> ahead;  ///< beyond a gap, where unordered messages are delivered; ascending, disjoint
  bool operator==(const StreamCut&) const = default;
};

/// Virtual synchrony: what the sender has, frozen at a start_change (KK00's sync message), of all its groups. It goes
/// out in parts where it has many groups.
struct Sync {
  static constexpr FrameType kType = FrameType::sync;
  StartChangeId start_id;
  ViewId previous;                            ///< the sender's current view of the domain
  std::vector<MemberStart> previous_members;  ///< of that view, by rank
  std::uint16_t part = 0;                     ///< which of `parts`; all else but `streams` is the same in each
  std::uint16_t parts = 1;
  std::vector<StreamCut> streams;       ///< of each group its current view, and former ones that others may still lack
  std::optional<VotingState> voting{};  ///< nothing where the sender has no vote on primary views
  bool operator==(const Sync&) const = default;
};

/// "You are in this view, which I have installed: finish it first." RelayedSync frames of all its members follow.
struct Completion {
  static constexpr FrameType kType = FrameType::completion;
  View view;
  bool operator==(const Completion&) const = default;
};

struct RelayedSync {
  static constexpr FrameType kType = FrameType::relayed_sync;
  NodeId owner;
  Sync sync;
  bool operator==(const RelayedSync&) const = default;
};

/// A packet of one member's stream. `records` is a view into the datagram; see multicast/records.hpp for its inside.
struct Data {
  static constexpr FrameType kType = FrameType::data;
  GroupId group;
  ViewId view;
  Rank origin = 0;
  Seqno seqno;
  Seqno stable;  ///< all of the origin's packets up to here are at every member
  ByteView records;
};

/// Part of a frame that is longer than a datagram.
struct FramePiece {
  static constexpr FrameType kType = FrameType::piece;
  std::uint32_t number = 0;  ///< the sender's count of such frames
  std::uint16_t index = 0;
  std::uint16_t count = 0;  ///< of its pieces: 2 to kPiecesMax
  ByteView bytes;           ///< of the frame, with its header; not empty
};
/// One lost piece loses the frame: whoever sends such frames says them again while they matter.
inline constexpr std::size_t kPiecesMax = 64;
inline constexpr std::size_t kPiecePreambleBytes = 8;

/// "Send me these packets of `origin`'s again."
struct Nak {
  static constexpr FrameType kType = FrameType::nak;
  GroupId group;
  ViewId view;
  Rank origin = 0;
  std::vector<SeqnoRange> missing;  ///< ascending, apart
  bool operator==(const Nak&) const = default;
};

/// What the sender has without a gap from each member of the view; its own entry is what it has sent.
struct Ack {
  static constexpr FrameType kType = FrameType::ack;
  GroupId group;
  ViewId view;
  Seqno stable;                 ///< of the sender's own packets: at every member, as far as it knows
  std::uint64_t arranged = 0;   ///< control group only: arrangements of this view that are carried out at the sender
  bool asks = false;            ///< the sender has messages that wait until everybody is known to have them
  std::vector<Seqno> received;  ///< by rank
  std::vector<Rank> behind;     ///< members that the sender finds staying behind
  bool operator==(const Ack&) const = default;
};

/// One frame of a datagram, not yet decoded.
struct RawFrame {
  FrameType type;
  ByteView body;
};

/// Cuts the next frame off `reader`; nothing at the end, or where it is malformed (then !reader.ok()).
std::optional<RawFrame> next_frame(Reader& reader);

// How many bytes a frame's body takes, and writing it.
std::size_t body_size(const Beacon&);
std::size_t body_size(const Heartbeat&);
std::size_t body_size(const Probe&);
std::size_t body_size(const Leave&);
std::size_t body_size(const Proposal&);
std::size_t body_size(const StreamCut&);
std::size_t body_size(const Sync&);
std::size_t body_size(const Completion&);
std::size_t body_size(const RelayedSync&);
std::size_t body_size(const FramePiece&);
std::size_t body_size(const Nak&);
std::size_t body_size(const Ack&);
void encode_body(const Beacon&, Writer&);
void encode_body(const Heartbeat&, Writer&);
void encode_body(const Probe&, Writer&);
void encode_body(const Leave&, Writer&);
void encode_body(const Proposal&, Writer&);
void encode_body(const Sync&, Writer&);
void encode_body(const Completion&, Writer&);
void encode_body(const RelayedSync&, Writer&);
void encode_body(const FramePiece&, Writer&);
void encode_body(const Nak&, Writer&);
void encode_body(const Ack&, Writer&);

/// Nothing where the body is malformed: too short, too long, or with values that can't be.
template <typename Frame>
std::optional<Frame> decode_body(ByteView body);
template <>
std::optional<Beacon> decode_body(ByteView body);
template <>
std::optional<Heartbeat> decode_body(ByteView body);
template <>
std::optional<Probe> decode_body(ByteView body);
template <>
std::optional<Leave> decode_body(ByteView body);
template <>
std::optional<Proposal> decode_body(ByteView body);
template <>
std::optional<Sync> decode_body(ByteView body);
template <>
std::optional<Completion> decode_body(ByteView body);
template <>
std::optional<RelayedSync> decode_body(ByteView body);
template <>
std::optional<Data> decode_body(ByteView body);
template <>
std::optional<Nak> decode_body(ByteView body);
template <>
std::optional<FramePiece> decode_body(ByteView body);
template <>
std::optional<Ack> decode_body(ByteView body);

/// The bytes of a data frame before its records: written once the packet is full (see multicast/send_window).
inline constexpr std::size_t kDataPreambleBytes = 42;
void encode_data_preamble(const Data& data, std::span<std::byte> into);

/// Appends a frame with its header. The caller has made sure of the room: kFrameHeaderBytes + body_size(frame).
template <typename Frame>
void encode_frame(const Frame& frame, Writer& writer) {
  writer.number(static_cast<std::uint8_t>(Frame::kType));
  writer.number(std::uint8_t{0});
  writer.number(static_cast<std::uint16_t>(body_size(frame)));
  encode_body(frame, writer);
}

}  // namespace hawser::wire
