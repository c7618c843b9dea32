#include "transport/arrangement.hpp"

#include <algorithm>

#include "transport/wire/byte_io.hpp"

namespace hawser {
namespace {

// A group's views in one control view are numbered below its epoch, so that epochs grow along every node's history.
constexpr unsigned kEpochShift = 32;

std::size_t size_of(const std::vector<Rank>& ranks) {
  std::size_t size = varint_size(ranks.size());
  for (const Rank rank : ranks) size += varint_size(rank);
  return size;
}

void put(Writer& writer, const std::vector<Rank>& ranks) {
  writer.varint(ranks.size());
  for (const Rank rank : ranks) writer.varint(rank);
}

std::vector<Rank> get_ranks(Reader& reader, std::size_t members) {
  std::vector<Rank> ranks(reader.count(1));
  for (Rank& rank : ranks) {
    const std::uint64_t value = reader.varint();
    if (value >= members) reader.fail();
    rank = static_cast<Rank>(value);
  }
  std::vector<Rank> sorted = ranks;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) reader.fail();
  return ranks;
}

}  // namespace

std::vector<std::byte> encode(const Arrangement& arrangement, ViewId control_view) {
  std::vector<std::byte> bytes(16 + size_of(arrangement.old_members) + size_of(arrangement.members));
  Writer writer{bytes};
  writer.number(control_view.digest);
  writer.number(arrangement.group.value);
  put(writer, arrangement.old_members);
  put(writer, arrangement.members);
  return bytes;
}

std::optional<Arrangement> decode_arrangement(ByteView bytes, const View& control_view) {
  Reader reader{bytes};
  if (reader.number<std::uint64_t>() != control_view.id.digest) return std::nullopt;
  Arrangement arrangement;
  arrangement.group = {reader.number<std::uint64_t>()};
  arrangement.old_members = get_ranks(reader, control_view.members.size());
  arrangement.members = get_ranks(reader, control_view.members.size());
  if (!reader.done() || arrangement.group == kControlGroup) return std::nullopt;
  return arrangement;
}

std::vector<std::byte> encode(const Renewal& renewal) {
  std::vector<std::byte> bytes(16);
  Writer writer{bytes};
  writer.number(renewal.group.value);
  writer.number(renewal.view);
  return bytes;
}

std::optional<Renewal> decode_renewal(ByteView bytes) {
  Reader reader{bytes};
  Renewal renewal{{reader.number<std::uint64_t>()}, reader.number<std::uint64_t>()};
  if (!reader.done() || renewal.group == kControlGroup) return std::nullopt;
  return renewal;
}

ViewId arranged_view_id(ViewId control_view, GroupId group, std::uint64_t number) {
  return {control_view.epoch << kEpochShift | number, mix64(mix64(control_view.digest ^ group.value) ^ number)};
}

ViewId carried_view_id(ViewId next, GroupId group, ViewId previous) {
  return {next.epoch << kEpochShift, mix64(mix64(next.digest ^ group.value) ^ mix64(previous.digest))};
}

}  // namespace hawser
