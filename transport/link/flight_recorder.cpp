#include "transport/link/flight_recorder.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"
#include "transport/wire/packet_text.hpp"

namespace hawser {
namespace {

bool is_traffic(wire::FrameType type) {
  using wire::FrameType;
  return type == FrameType::data || type == FrameType::ack || type == FrameType::nak || type == FrameType::heartbeat ||
         type == FrameType::probe || type == FrameType::greeting || type == FrameType::traffic;
}

/// Steps from frame header to frame header.
bool has_only_traffic(ByteView frames) {
  Reader reader{frames};
  while (const auto frame = wire::next_frame(reader)) {
    if (!is_traffic(frame->type)) return false;
  }
  return reader.ok();
}

}  // namespace

void FlightRecorder::on_received(const ReceivedDatagram& datagram, Time now) {
  Destination peer = Destination::to_node(datagram.from);
  peer.multicast = datagram.group.has_value();
  peer.group = datagram.group.value_or(GroupId{});
  note_datagram(FlightEntry::Kind::received, peer, datagram.bytes.bytes(), now);
}

void FlightRecorder::on_sent(std::span<const OutboundDatagram> datagrams, Time now) {
  for (const OutboundDatagram& datagram : datagrams) {
    note_datagram(FlightEntry::Kind::sent, datagram.destination, datagram.bytes.bytes(), now);
  }
}

void FlightRecorder::on_event(std::string_view text, Time now) {
  Note& note = events_.next(kEventsKept);
  note = {.at = now, .kind = FlightEntry::Kind::event, .peer = {}, .bytes = 0, .kept = 0, .head = {}};
  keep(note, std::as_bytes(std::span{text}));
}

void FlightRecorder::note_datagram(FlightEntry::Kind kind, const Destination& peer, ByteView datagram, Time now) {
  const ByteView frames = datagram.size() < wire::kHeaderBytes ? ByteView{} : datagram.subspan(wire::kHeaderBytes);
  Note& note = has_only_traffic(frames) ? traffic_.next(kTrafficKept) : protocol_.next(kProtocolKept);
  note.at = now;
  note.kind = kind;
  note.peer = peer;
  note.bytes = static_cast<std::uint32_t>(datagram.size());
  keep(note, frames);
}

void FlightRecorder::keep(Note& note, ByteView bytes) {
  note.kept = static_cast<std::uint32_t>(std::min(bytes.size(), kBytesKept));
  if (note.kept > 0) std::memcpy(note.head.data(), bytes.data(), note.kept);
}

FlightRecorder::Note& FlightRecorder::Ring::next(std::size_t size) {
  // At once, so that nothing moves while a thread that has failed a check reads it.
  if (notes.capacity() == 0) notes.reserve(size);
  if (notes.size() < size) return notes.emplace_back();
  Note& oldest = notes[at];
  at = (at + 1) % size;
  return oldest;
}

FlightEntry FlightRecorder::in_words(const Note& note) {
  const ByteView head = std::span{note.head}.first(note.kept);
  FlightEntry entry{.at = note.at, .kind = note.kind, .peer = note.peer, .bytes = note.bytes, .text = {}};
  if (note.kind == FlightEntry::Kind::event) {
    entry.text.assign(reinterpret_cast<const char*>(head.data()), head.size());
  } else {
    entry.text = note.bytes < wire::kHeaderBytes ? "too short" : wire::frames_text(head);
  }
  return entry;
}

std::vector<FlightEntry> FlightRecorder::entries() const {
  std::vector<const Note*> all;
  for (const Ring* ring : {&traffic_, &protocol_, &events_}) {
    for (std::size_t i = 0; i < ring->notes.size(); ++i) {
      all.push_back(&ring->notes[(ring->at + i) % ring->notes.size()]);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Note* a, const Note* b) { return a->at < b->at; });
  std::vector<FlightEntry> entries;
  entries.reserve(all.size());
  for (const Note* note : all) entries.push_back(in_words(*note));
  return entries;
}

std::string_view name_of(FlightEntry::Kind kind) {
  switch (kind) {
    case FlightEntry::Kind::received: return "received";
    case FlightEntry::Kind::sent: return "sent";
    case FlightEntry::Kind::event: break;
  }
  return "event";
}

std::string to_string(const FlightEntry& entry, Time now) {
  std::array<char, 32> age{};
  std::snprintf(age.data(), age.size(), "%.6f s", std::chrono::duration<double>(entry.at - now).count());
  std::string kind{name_of(entry.kind)};
  kind.resize(name_of(FlightEntry::Kind::received).size(), ' ');  // The longest: what follows stands in a column.
  std::string text = std::string{age.data()} + "  " + kind + "  ";
  if (entry.kind == FlightEntry::Kind::event) return text + entry.text;
  const bool is_sent = entry.kind == FlightEntry::Kind::sent;
  if (!entry.peer.multicast || !is_sent) text += to_string(entry.peer.endpoint);
  if (entry.peer.multicast) {
    std::array<char, 32> group{};
    std::snprintf(group.data(), group.size(), "group %016llx", static_cast<unsigned long long>(entry.peer.group.value));
    text += (is_sent ? "" : " in ") + std::string{group.data()};
  }
  return text + "  " + std::to_string(entry.bytes) + " bytes  " + entry.text;
}

}  // namespace hawser
