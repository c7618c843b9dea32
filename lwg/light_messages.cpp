#include "lwg/light_messages.hpp"

#include "lwg/field_bytes.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {
namespace {

// The first byte of every message.
enum class Kind : std::uint8_t { data = 1, marker = 2, operations = 3, vote = 4, snapshot = 5 };

void write_kind(Writer& out, Kind kind) { out.number(static_cast<std::uint8_t>(kind)); }

std::vector<std::byte> finish(std::vector<std::byte> bytes, const Writer& out) {
  bytes.resize(out.size());
  return bytes;
}

LightData read_data(Reader& in) {
  LightData data;
  data.group.value = in.number<std::uint64_t>();
  data.era.epoch = in.varint();
  data.era.digest = in.number<std::uint16_t>();
  data.era.number = in.varint();
  data.payload = in.rest();
  return data;
}

Marker read_marker(Reader& in) {
  Marker marker;
  marker.era.control_view = read_view_id(in);
  marker.era.number = in.varint();
  return marker;
}

Operation read_operation(Reader& in) {
  Operation operation;
  const auto kind = in.number<std::uint8_t>();
  operation.kind = static_cast<Operation::Kind>(kind);
  if (operation.kind == Operation::Kind::ready) {
    const auto role = in.number<std::uint8_t>();
    if (role > static_cast<std::uint8_t>(Role::publisher)) in.fail();
    operation.role = static_cast<Role>(role);
    operation.proposed_id.value = in.number<std::uint64_t>();
  } else if (operation.kind != Operation::Kind::remove) {
    in.fail();
  }
  operation.name = in.text();
  if (operation.name.empty() || operation.name.size() > kGroupNameBytesMax) in.fail();
  return operation;
}

OperationBatch read_operations(Reader& in) {
  OperationBatch batch;
  batch.number = in.varint();
  constexpr std::size_t kOperationBytesMin = 3;  // remove of a name of one byte
  batch.operations.resize(in.count(kOperationBytesMin));
  for (Operation& operation : batch.operations) operation = read_operation(in);
  return batch;
}

LineageVote read_vote(Reader& in) {
  LineageVote vote;
  vote.round = read_view_id(in);
  const auto has_directory = in.number<std::uint8_t>();
  if (has_directory > 1) in.fail();
  if (has_directory == 1) vote.lineage = read_node(in);
  return vote;
}

SnapshotPart read_part(Reader& in) {
  SnapshotPart part;
  part.round = read_view_id(in);
  const auto last = in.number<std::uint8_t>();
  if (last > 1) in.fail();
  part.last = last == 1;
  part.bytes = in.rest();
  return part;
}

std::optional<LightMessage> read_body(Kind kind, Reader& in) {
  switch (kind) {
    case Kind::data: return read_data(in);
    case Kind::marker: return read_marker(in);
    case Kind::operations: return read_operations(in);
    case Kind::vote: return read_vote(in);
    case Kind::snapshot: return read_part(in);
  }
  return std::nullopt;
}

}  // namespace

std::optional<LightData> decode_light_data(ByteView bytes) {
  Reader in{bytes};
  if (in.number<std::uint8_t>() != static_cast<std::uint8_t>(Kind::data)) return std::nullopt;
  const LightData data = read_data(in);
  return in.done() ? std::optional{data} : std::nullopt;
}

std::optional<LightMessage> decode_light_message(ByteView bytes) {
  Reader in{bytes};
  const auto kind = static_cast<Kind>(in.number<std::uint8_t>());
  std::optional<LightMessage> message = read_body(kind, in);
  if (!in.done()) message.reset();
  return message;
}

ByteView encode_data_header(LightGroupId group, const EraTag& era, std::array<std::byte, kDataHeaderBytesMax>& room) {
  Writer out{room};
  write_kind(out, Kind::data);
  out.number(group.value);
  out.varint(era.epoch);
  out.number(era.digest);
  out.varint(era.number);
  return out.written();
}

std::vector<std::byte> encode(const Marker& marker) {
  std::vector<std::byte> bytes(1 + kViewIdBytes + varint_size(marker.era.number));
  Writer out{bytes};
  write_kind(out, Kind::marker);
  write_view_id(out, marker.era.control_view);
  out.varint(marker.era.number);
  return finish(std::move(bytes), out);
}

std::size_t encoded_bytes(const Operation& operation) {
  const std::size_t role_and_id = operation.kind == Operation::Kind::ready ? 9 : 0;
  return 1 + role_and_id + varint_size(operation.name.size()) + operation.name.size();
}

std::vector<std::byte> encode(std::uint64_t number, std::span<const Operation> batch) {
  std::size_t size = 1 + varint_size(number) + varint_size(batch.size());
  for (const Operation& operation : batch) size += encoded_bytes(operation);
  std::vector<std::byte> bytes(size);
  Writer out{bytes};
  write_kind(out, Kind::operations);
  out.varint(number);
  out.varint(batch.size());
  for (const Operation& operation : batch) {
    out.number(static_cast<std::uint8_t>(operation.kind));
    if (operation.kind == Operation::Kind::ready) {
      out.number(static_cast<std::uint8_t>(operation.role));
      out.number(operation.proposed_id.value);
    }
    out.text(operation.name);
  }
  return finish(std::move(bytes), out);
}

std::vector<std::byte> encode(const LineageVote& vote) {
  std::vector<std::byte> bytes(1 + kViewIdBytes + 1 + kNodeBytes);
  Writer out{bytes};
  write_kind(out, Kind::vote);
  write_view_id(out, vote.round);
  out.number(static_cast<std::uint8_t>(vote.lineage.has_value()));
  if (vote.lineage) write_node(out, *vote.lineage);
  return finish(std::move(bytes), out);
}

std::vector<std::byte> encode(const SnapshotPart& part) {
  std::vector<std::byte> bytes(1 + kViewIdBytes + 1 + part.bytes.size());
  Writer out{bytes};
  write_kind(out, Kind::snapshot);
  write_view_id(out, part.round);
  out.number(static_cast<std::uint8_t>(part.last));
  out.bytes(part.bytes);
  return finish(std::move(bytes), out);
}

}  // namespace hawser
