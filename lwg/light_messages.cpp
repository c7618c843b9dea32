#include "lwg/light_messages.hpp"

#include "lwg/field_bytes.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {
namespace {

// The first byte of every message.
enum class Kind : std::uint8_t { data = 1, marker = 2, operations = 3, vote = 4, snapshot = 5, requests = 6 };

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
  marker.epoch = in.varint();
  marker.number = in.varint();
  return marker;
}

Role read_role(Reader& in) {
  const auto role = in.number<std::uint8_t>();
  if (role > static_cast<std::uint8_t>(Role::publisher)) in.fail();
  return static_cast<Role>(role);
}

std::string_view read_name(Reader& in) {
  const std::string_view name = in.text();
  if (name.empty() || name.size() > kGroupNameBytesMax) in.fail();
  return name;
}

GroupId read_heavy(Reader& in) {
  const GroupId heavy{in.number<std::uint64_t>()};
  if (heavy == kControlGroup) in.fail();
  return heavy;
}

PlacementReason read_reason(Reader& in) {
  const auto why = in.number<std::uint8_t>();
  if (why > static_cast<std::uint8_t>(PlacementReason::only_group)) in.fail();
  return static_cast<PlacementReason>(why);
}

Rank read_rank(Reader& in) {
  const std::uint64_t rank = in.varint();
  if (rank > UINT16_MAX) in.fail();
  return static_cast<Rank>(rank);
}

std::string_view read_configuration(Reader& in) {
  const std::string_view bytes = in.text();
  const auto configuration = Configuration::decode(bytes);
  if (!configuration || !configuration->is_set()) in.fail();
  return bytes;
}

template <typename Step>
void read_pattern(Step& step, Reader& in) {
  step.pattern = static_cast<Pattern::Kind>(in.number<std::uint8_t>());
  step.name = in.text();
  if (!pattern_of(step)) in.fail();
}

void read_fields(Request& request, Reader& in) {
  switch (request.kind) {
    case Request::Kind::join:
      request.role = read_role(in);
      request.proposed_id.value = in.number<std::uint64_t>();
      request.name = read_name(in);
      return;
    case Request::Kind::leave: request.name = read_name(in); return;
    case Request::Kind::release:
      request.heavy = read_heavy(in);
      request.seen = in.varint();
      return;
    case Request::Kind::watch:
    case Request::Kind::unwatch: return read_pattern(request, in);
    case Request::Kind::configure:
      request.configuration = read_configuration(in);
      request.name = read_name(in);
      return;
  }
  in.fail();
}

void read_fields(Operation& operation, Reader& in) {
  switch (operation.kind) {
    case Operation::Kind::create:
      operation.group.value = in.number<std::uint64_t>();
      operation.heavy = read_heavy(in);
      operation.why = read_reason(in);
      operation.name = read_name(in);
      return;
    case Operation::Kind::add:
      operation.group.value = in.number<std::uint64_t>();
      operation.role = read_role(in);
      operation.rank = read_rank(in);
      return;
    case Operation::Kind::remove:
      operation.group.value = in.number<std::uint64_t>();
      operation.rank = read_rank(in);
      return;
    case Operation::Kind::move:
      operation.group.value = in.number<std::uint64_t>();
      operation.heavy = read_heavy(in);
      operation.why = read_reason(in);
      return;
    case Operation::Kind::watch:
    case Operation::Kind::unwatch: operation.rank = read_rank(in); return read_pattern(operation, in);
    case Operation::Kind::configure:
      operation.group.value = in.number<std::uint64_t>();
      operation.configuration = read_configuration(in);
      return;
  }
  in.fail();
}

// The kind, and what it says of the rest.
template <typename Step>
void read_batch(std::uint64_t& number, std::vector<Step>& steps, Reader& in) {
  number = in.varint();
  constexpr std::size_t kStepBytesMin = 3;  // to leave a group whose name has one byte, or to watch all
  steps.resize(in.count(kStepBytesMin));
  for (Step& step : steps) {
    step.kind = static_cast<typename Step::Kind>(in.number<std::uint8_t>());
    read_fields(step, in);
    if (!in.ok()) return;
  }
}

RequestBatch read_requests(Reader& in) {
  RequestBatch batch;
  read_batch(batch.number, batch.requests, in);
  return batch;
}

OperationBatch read_operations(Reader& in) {
  OperationBatch batch;
  read_batch(batch.number, batch.operations, in);
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
    case Kind::requests: return read_requests(in);
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
  std::vector<std::byte> bytes(1 + varint_size(marker.epoch) + varint_size(marker.number));
  Writer out{bytes};
  write_kind(out, Kind::marker);
  out.varint(marker.epoch);
  out.varint(marker.number);
  return bytes;
}

namespace {

std::size_t text_bytes(std::string_view text) { return varint_size(text.size()) + text.size(); }

}  // namespace

std::size_t encoded_bytes(const Request& request) {
  const std::size_t name = text_bytes(request.name);
  switch (request.kind) {
    case Request::Kind::join: return 1 + 1 + 8 + name;
    case Request::Kind::leave: return 1 + name;
    case Request::Kind::release: return 1 + 8 + varint_size(request.seen);
    case Request::Kind::watch:
    case Request::Kind::unwatch: return 1 + 1 + name;
    case Request::Kind::configure: return 1 + text_bytes(request.configuration) + name;
  }
  return 0;
}

std::size_t encoded_bytes(const Operation& operation) {
  const std::size_t name = text_bytes(operation.name);
  switch (operation.kind) {
    case Operation::Kind::create: return 1 + 8 + 8 + 1 + name;
    case Operation::Kind::add: return 1 + 8 + 1 + varint_size(operation.rank);
    case Operation::Kind::remove: return 1 + 8 + varint_size(operation.rank);
    case Operation::Kind::move: return 1 + 8 + 8 + 1;
    case Operation::Kind::watch:
    case Operation::Kind::unwatch: return 1 + varint_size(operation.rank) + 1 + name;
    case Operation::Kind::configure: return 1 + 8 + text_bytes(operation.configuration);
  }
  return 0;
}

namespace {

template <typename Step>
void write_pattern(const Step& step, Writer& out) {
  out.number(static_cast<std::uint8_t>(step.pattern));
  out.text(step.name);
}

void write_fields(const Request& request, Writer& out) {
  switch (request.kind) {
    case Request::Kind::join:
      out.number(static_cast<std::uint8_t>(request.role));
      out.number(request.proposed_id.value);
      return out.text(request.name);
    case Request::Kind::leave: return out.text(request.name);
    case Request::Kind::release: out.number(request.heavy.value); return out.varint(request.seen);
    case Request::Kind::watch:
    case Request::Kind::unwatch: return write_pattern(request, out);
    case Request::Kind::configure: out.text(request.configuration); return out.text(request.name);
  }
}

void write_fields(const Operation& operation, Writer& out) {
  switch (operation.kind) {
    case Operation::Kind::create:
    case Operation::Kind::move:
      out.number(operation.group.value);
      out.number(operation.heavy.value);
      out.number(static_cast<std::uint8_t>(operation.why));
      if (operation.kind == Operation::Kind::create) out.text(operation.name);
      return;
    case Operation::Kind::add:
      out.number(operation.group.value);
      out.number(static_cast<std::uint8_t>(operation.role));
      return out.varint(operation.rank);
    case Operation::Kind::remove: out.number(operation.group.value); return out.varint(operation.rank);
    case Operation::Kind::watch:
    case Operation::Kind::unwatch: out.varint(operation.rank); return write_pattern(operation, out);
    case Operation::Kind::configure: out.number(operation.group.value); return out.text(operation.configuration);
  }
}

template <typename Step>
std::vector<std::byte> encode_batch(Kind kind, std::uint64_t number, std::span<const Step> batch) {
  std::size_t size = 1 + varint_size(number) + varint_size(batch.size());
  for (const Step& step : batch) size += encoded_bytes(step);
  std::vector<std::byte> bytes(size);
  Writer out{bytes};
  write_kind(out, kind);
  out.varint(number);
  out.varint(batch.size());
  for (const Step& step : batch) {
    out.number(static_cast<std::uint8_t>(step.kind));
    write_fields(step, out);
  }
  return bytes;
}

}  // namespace

std::vector<std::byte> encode(std::uint64_t number, std::span<const Request> batch) {
  return encode_batch(Kind::requests, number, batch);
}

std::vector<std::byte> encode(std::uint64_t number, std::span<const Operation> batch) {
  return encode_batch(Kind::operations, number, batch);
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
