#include "transport/wire/frames.hpp"

#include <algorithm>

namespace hawser::wire {
namespace {

constexpr std::size_t kNodeBytes = 14;
constexpr std::size_t kViewIdBytes = 16;

void put(Writer& writer, const NodeId& node) {
  writer.number(node.incarnation.value);
  writer.number(node.endpoint.address);
  writer.number(node.endpoint.port);
}
void put(Writer& writer, const ViewId& view) {
  writer.number(view.epoch);
  writer.number(view.digest);
}
NodeId get_node(Reader& reader) {
  NodeId node;
  node.incarnation = {reader.number<std::uint64_t>()};
  node.endpoint.address = reader.number<std::uint32_t>();
  node.endpoint.port = reader.number<std::uint16_t>();
  return node;
}
ViewId get_view_id(Reader& reader) {
  const auto epoch = reader.number<std::uint64_t>();
  return {epoch, reader.number<std::uint64_t>()};
}

std::size_t size_of(const std::vector<Seqno>& seqnos) {
  std::size_t size = varint_size(seqnos.size());
  for (const Seqno seqno : seqnos) size += varint_size(seqno.value);
  return size;
}
void put(Writer& writer, const std::vector<Seqno>& seqnos) {
  writer.varint(seqnos.size());
  for (const Seqno seqno : seqnos) writer.varint(seqno.value);
}
std::vector<Seqno> get_seqnos(Reader& reader) {
  std::vector<Seqno> seqnos(reader.count(1));
  for (Seqno& seqno : seqnos) seqno = {reader.varint()};
  return seqnos;
}

std::size_t size_of(const SeqnoRange& range) {
  return varint_size(range.first.value) + varint_size(range.last.value - range.first.value);
}
void put(Writer& writer, const SeqnoRange& range) {
  writer.varint(range.first.value);
  writer.varint(range.last.value - range.first.value);
}
/// It must begin beyond `after`.
SeqnoRange get_seqno_range(Reader& reader, Seqno after) {
  const Seqno first{reader.varint()};
  const std::uint64_t more = reader.varint();
  if (first <= after || more > UINT64_MAX - first.value) reader.fail();
  return {first, {first.value + more}};
}

std::size_t size_of(const std::vector<PacketRange>& packets) {
  std::size_t size = varint_size(packets.size());
  for (const PacketRange& range : packets) size += sizeof(Rank) + size_of(range.seqnos);
  return size;
}
void put(Writer& writer, const std::vector<PacketRange>& packets) {
  writer.varint(packets.size());
  for (const PacketRange& range : packets) {
    writer.number(range.origin);
    put(writer, range.seqnos);
  }
}
std::vector<PacketRange> get_packet_ranges(Reader& reader) {
  std::vector<PacketRange> packets(reader.count(sizeof(Rank) + 2));
  const PacketRange* before = nullptr;
  for (PacketRange& range : packets) {
    range.origin = reader.number<Rank>();
    if (before != nullptr && range.origin < before->origin) reader.fail();
    const bool same = before != nullptr && range.origin == before->origin;
    range.seqnos = get_seqno_range(reader, same ? before->seqnos.last : Seqno{});
    before = &range;
  }
  return packets;
}

std::size_t size_of(const std::vector<NodeId>& nodes) { return varint_size(nodes.size()) + nodes.size() * kNodeBytes; }
void put(Writer& writer, const std::vector<NodeId>& nodes) {
  writer.varint(nodes.size());
  for (const NodeId& node : nodes) put(writer, node);
}
std::vector<NodeId> get_nodes(Reader& reader) {
  std::vector<NodeId> nodes(reader.count(kNodeBytes));
  for (NodeId& node : nodes) node = get_node(reader);
  return nodes;
}

/// Strictly ascending: no duplicates, and one encoding for one set.
template <typename T>
bool ascending(const std::vector<T>& values) {
  return std::adjacent_find(values.begin(), values.end(), [](const T& a, const T& b) { return !(a < b); }) ==
         values.end();
}

template <typename Frame>
std::optional<Frame> finish(Reader& reader, Frame frame, bool valid = true) {
  if (!reader.done() || !valid) return std::nullopt;
  return frame;
}

Sync get_sync(Reader& reader) {
  Sync sync;
  sync.start_id = {reader.varint()};
  sync.previous = get_view_id(reader);
  sync.previous_members.resize(reader.count(9));
  for (MemberStart& member : sync.previous_members) {
    member.member = {reader.number<std::uint64_t>()};
    member.start_id = {reader.varint()};
  }
  const auto votes = reader.number<std::uint8_t>();
  if (votes > 1) reader.fail();
  if (votes == 1) sync.voting = get_voting_state(reader);
  sync.part = reader.number<std::uint16_t>();
  sync.parts = reader.number<std::uint16_t>();
  if (sync.part >= sync.parts) reader.fail();
  sync.streams.resize(reader.count(8 + kViewIdBytes + 2));
  for (StreamCut& stream : sync.streams) {
    stream.group = {reader.number<std::uint64_t>()};
    stream.view = get_view_id(reader);
    stream.received = get_seqnos(reader);
    stream.ahead = get_packet_ranges(reader);
  }
  return sync;
}

}  // namespace

std::optional<RawFrame> next_frame(Reader& reader) {
  if (!reader.ok() || reader.left() == 0) return std::nullopt;
  const auto type = static_cast<FrameType>(reader.number<std::uint8_t>());
  reader.number<std::uint8_t>();
  const auto length = reader.number<std::uint16_t>();
  const ByteView body = reader.bytes(length);
  if (!reader.ok()) return std::nullopt;
  return RawFrame{type, body};
}

std::size_t body_size(const Beacon&) { return 24; }
void encode_body(const Beacon& beacon, Writer& writer) {
  writer.number(beacon.boot_id);
  writer.number(beacon.network_namespace);
  writer.number(beacon.process_id);
  writer.number(beacon.receive_buffer_bytes);
}
template <>
std::optional<Beacon> decode_body(ByteView body) {
  Reader reader{body};
  Beacon beacon;
  beacon.boot_id = reader.number<std::uint64_t>();
  beacon.network_namespace = reader.number<std::uint64_t>();
  beacon.process_id = reader.number<std::uint32_t>();
  beacon.receive_buffer_bytes = reader.number<std::uint32_t>();
  return finish(reader, beacon);
}

std::size_t body_size(const Heartbeat& beat) { return varint_size(beat.heard.size()) + beat.heard.size() * 8; }
void encode_body(const Heartbeat& beat, Writer& writer) {
  writer.varint(beat.heard.size());
  for (const Incarnation heard : beat.heard) writer.number(heard.value);
}
template <>
std::optional<Heartbeat> decode_body(ByteView body) {
  Reader reader{body};
  Heartbeat beat;
  beat.heard.resize(reader.count(8));
  for (Incarnation& heard : beat.heard) heard = {reader.number<std::uint64_t>()};
  const bool valid = ascending(beat.heard);
  return finish(reader, std::move(beat), valid);
}

std::size_t body_size(const Probe&) { return 0; }
void encode_body(const Probe&, Writer&) {}
template <>
std::optional<Probe> decode_body(ByteView body) {
  Reader reader{body};
  return finish(reader, Probe{});
}

std::size_t body_size(const Leave&) { return 0; }
void encode_body(const Leave&, Writer&) {}
template <>
std::optional<Leave> decode_body(ByteView body) {
  Reader reader{body};
  return finish(reader, Leave{});
}

// Bits of a proposal's state.
constexpr unsigned kOpen = 1;
constexpr unsigned kRenewed = 2;

std::size_t body_size(const Proposal& proposal) {
  std::size_t size = varint_size(proposal.start_id.value) + kViewIdBytes + 3 + size_of(proposal.members);
  for (const StartChangeId seen : proposal.seen) size += varint_size(seen.value);
  return size;
}
void encode_body(const Proposal& proposal, Writer& writer) {
  writer.varint(proposal.start_id.value);
  put(writer, proposal.previous);
  writer.number(proposal.previous_rank);
  writer.number(static_cast<std::uint8_t>((proposal.open ? kOpen : 0U) | (proposal.renewed ? kRenewed : 0U)));
  put(writer, proposal.members);
  HAWSER_CHECK(proposal.seen.size() == proposal.members.size());
  for (const StartChangeId seen : proposal.seen) writer.varint(seen.value);
}
template <>
std::optional<Proposal> decode_body(ByteView body) {
  Reader reader{body};
  Proposal proposal;
  proposal.start_id = {reader.varint()};
  proposal.previous = get_view_id(reader);
  proposal.previous_rank = reader.number<Rank>();
  const auto state = reader.number<std::uint8_t>();
  proposal.open = (state & kOpen) != 0;
  proposal.renewed = (state & kRenewed) != 0;
  proposal.members = get_nodes(reader);
  proposal.seen.resize(proposal.members.size());
  for (StartChangeId& seen : proposal.seen) seen = {reader.varint()};
  const bool valid = ascending(proposal.members) && (state & ~(kOpen | kRenewed)) == 0;
  return finish(reader, std::move(proposal), valid);
}

std::size_t body_size(const StreamCut& stream) {
  return 8 + kViewIdBytes + size_of(stream.received) + size_of(stream.ahead);
}

std::size_t body_size(const Sync& sync) {
  std::size_t size = varint_size(sync.start_id.value) + kViewIdBytes + varint_size(sync.previous_members.size());
  for (const MemberStart& member : sync.previous_members) size += 8 + varint_size(member.start_id.value);
  size += 1 + (sync.voting ? size_of(*sync.voting) : 0);
  size += 4 + varint_size(sync.streams.size());
  for (const StreamCut& stream : sync.streams) size += body_size(stream);
  return size;
}
void encode_body(const Sync& sync, Writer& writer) {
  writer.varint(sync.start_id.value);
  put(writer, sync.previous);
  writer.varint(sync.previous_members.size());
  for (const MemberStart& member : sync.previous_members) {
    writer.number(member.member.value);
    writer.varint(member.start_id.value);
  }
  writer.number(static_cast<std::uint8_t>(sync.voting ? 1 : 0));
  if (sync.voting) put(writer, *sync.voting);
  writer.number(sync.part);
  writer.number(sync.parts);
  writer.varint(sync.streams.size());
  for (const StreamCut& stream : sync.streams) {
    writer.number(stream.group.value);
    put(writer, stream.view);
    put(writer, stream.received);
    put(writer, stream.ahead);
  }
}
template <>
std::optional<Sync> decode_body(ByteView body) {
  Reader reader{body};
  Sync sync = get_sync(reader);
  return finish(reader, std::move(sync));
}

std::size_t body_size(const Completion& completion) {
  std::size_t size = kViewIdBytes + size_of(completion.view.members);
  for (const StartChangeId id : completion.view.start_ids) size += varint_size(id.value);
  return size;
}
void encode_body(const Completion& completion, Writer& writer) {
  put(writer, completion.view.id);
  put(writer, completion.view.members);
  for (const StartChangeId id : completion.view.start_ids) writer.varint(id.value);
}
template <>
std::optional<Completion> decode_body(ByteView body) {
  Reader reader{body};
  Completion completion;
  completion.view.id = get_view_id(reader);
  completion.view.members = get_nodes(reader);
  completion.view.start_ids.resize(completion.view.members.size());
  for (StartChangeId& id : completion.view.start_ids) id = {reader.varint()};
  return finish(reader, std::move(completion));
}

std::size_t body_size(const RelayedSync& relayed) { return kNodeBytes + body_size(relayed.sync); }
void encode_body(const RelayedSync& relayed, Writer& writer) {
  put(writer, relayed.owner);
  encode_body(relayed.sync, writer);
}
template <>
std::optional<RelayedSync> decode_body(ByteView body) {
  Reader reader{body};
  RelayedSync relayed;
  relayed.owner = get_node(reader);
  relayed.sync = get_sync(reader);
  return finish(reader, std::move(relayed));
}

void encode_data_preamble(const Data& data, std::span<std::byte> into) {
  Writer writer{into.first(kDataPreambleBytes)};
  writer.number(data.group.value);
  put(writer, data.view);
  writer.number(data.origin);
  writer.number(data.seqno.value);
  writer.number(data.stable.value);
}
template <>
std::optional<Data> decode_body(ByteView body) {
  Reader reader{body};
  Data data;
  data.group = {reader.number<std::uint64_t>()};
  data.view = get_view_id(reader);
  data.origin = reader.number<Rank>();
  data.seqno = {reader.number<std::uint64_t>()};
  data.stable = {reader.number<std::uint64_t>()};
  data.records = reader.rest();
  const bool valid = data.seqno.value > 0 && data.stable < data.seqno;
  return finish(reader, data, valid);
}

std::size_t body_size(const FramePiece& piece) { return kPiecePreambleBytes + piece.bytes.size(); }
void encode_body(const FramePiece& piece, Writer& writer) {
  writer.number(piece.number);
  writer.number(piece.index);
  writer.number(piece.count);
  writer.bytes(piece.bytes);
}
template <>
std::optional<FramePiece> decode_body(ByteView body) {
  Reader reader{body};
  FramePiece piece;
  piece.number = reader.number<std::uint32_t>();
  piece.index = reader.number<std::uint16_t>();
  piece.count = reader.number<std::uint16_t>();
  piece.bytes = reader.rest();
  const bool valid = piece.count >= 2 && piece.count <= kPiecesMax && piece.index < piece.count && !piece.bytes.empty();
  return finish(reader, piece, valid);
}

std::size_t body_size(const Nak& nak) {
  std::size_t size = 8 + kViewIdBytes + 2 + varint_size(nak.missing.size());
  for (const SeqnoRange& range : nak.missing) size += size_of(range);
  return size;
}
void encode_body(const Nak& nak, Writer& writer) {
  writer.number(nak.group.value);
  put(writer, nak.view);
  writer.number(nak.origin);
  writer.varint(nak.missing.size());
  for (const SeqnoRange& range : nak.missing) put(writer, range);
}
template <>
std::optional<Nak> decode_body(ByteView body) {
  Reader reader{body};
  Nak nak;
  nak.group = {reader.number<std::uint64_t>()};
  nak.view = get_view_id(reader);
  nak.origin = reader.number<Rank>();
  nak.missing.resize(reader.count(2));
  Seqno after;  // the previous range's last
  for (SeqnoRange& range : nak.missing) {
    range = get_seqno_range(reader, after);
    after = range.last;
  }
  return finish(reader, std::move(nak));
}

std::size_t body_size(const Ack& ack) {
  return 8 + kViewIdBytes + varint_size(ack.stable.value) + varint_size(ack.arranged) + 1 + size_of(ack.received) +
         varint_size(ack.behind.size()) + sizeof(Rank) * ack.behind.size();
}
void encode_body(const Ack& ack, Writer& writer) {
  writer.number(ack.group.value);
  put(writer, ack.view);
  writer.varint(ack.stable.value);
  writer.varint(ack.arranged);
  writer.number(static_cast<std::uint8_t>(ack.asks ? 1 : 0));
  put(writer, ack.received);
  writer.varint(ack.behind.size());
  for (const Rank rank : ack.behind) writer.number(rank);
}
template <>
std::optional<Ack> decode_body(ByteView body) {
  Reader reader{body};
  Ack ack;
  ack.group = {reader.number<std::uint64_t>()};
  ack.view = get_view_id(reader);
  ack.stable = {reader.varint()};
  ack.arranged = reader.varint();
  const auto asks = reader.number<std::uint8_t>();
  if (asks > 1) reader.fail();
  ack.asks = asks == 1;
  ack.received = get_seqnos(reader);
  ack.behind.resize(reader.count(sizeof(Rank)));
  for (Rank& rank : ack.behind) rank = reader.number<Rank>();
  return finish(reader, std::move(ack));
}

}  // namespace hawser::wire
