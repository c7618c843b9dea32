#include "tests/sim/packet_text.hpp"

#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"

namespace hawser::sim {
namespace {

using namespace wire;

template <typename List>
std::string numbers(const List& list) {
  std::string text;
  for (const auto& id : list) text += (text.empty() ? "" : " ") + std::to_string(id.value);
  return "[" + text + "]";
}

std::string group_name(GroupId group) { return group == kControlGroup ? "control" : std::to_string(group.value); }

std::string text_of(const Beacon&) { return "beacon"; }
std::string text_of(const Heartbeat& f) { return "heartbeat, hears " + std::to_string(f.heard.size()); }
std::string text_of(const Probe&) { return "probe"; }
std::string text_of(const Leave&) { return "leave"; }
std::string text_of(const Proposal& f) {
  std::string members;
  for (const NodeId& member : f.members) members += " " + to_string(member.endpoint);
  return std::string{f.open ? "" : "answering "} + (f.renewed ? "renewed " : "") + "proposal " +
         std::to_string(f.start_id.value) + " from view " + to_string(f.previous) + " for" + members;
}
std::string text_of(const Sync& f) {
  std::string text = "sync " + std::to_string(f.start_id.value) + " of view " + to_string(f.previous) + " part " +
                     std::to_string(f.part) + " of " + std::to_string(f.parts);
  for (const StreamCut& stream : f.streams) {
    text +=
        ", group " + group_name(stream.group) + " view " + to_string(stream.view) + " cut " + numbers(stream.received);
  }
  return text;
}
std::string text_of(const Completion& f) { return "completion of view " + to_string(f.view.id); }
std::string text_of(const RelayedSync& f) { return "relayed " + text_of(f.sync) + " of " + to_string(f.owner); }
std::string text_of(const Data& f) {
  return "data of group " + group_name(f.group) + " " + to_string(f.view) + " of rank " + std::to_string(f.origin) +
         " number " + std::to_string(f.seqno.value) + ", stable " + std::to_string(f.stable.value) + ", " +
         std::to_string(f.records.size()) + " bytes";
}
std::string text_of(const Nak& f) {
  std::string ranges;
  for (const SeqnoRange& r : f.missing)
    ranges += " " + std::to_string(r.first.value) + "-" + std::to_string(r.last.value);
  return "nak in group " + group_name(f.group) + " " + to_string(f.view) + " of rank " + std::to_string(f.origin) +
         ":" + ranges;
}
std::string text_of(const Ack& f) {
  return "ack in group " + group_name(f.group) + " " + to_string(f.view) + " " + numbers(f.received) + ", stable " +
         std::to_string(f.stable.value) + ", arranged " + std::to_string(f.arranged);
}

template <typename Frame>
std::string decoded(ByteView body) {
  const auto frame = decode_body<Frame>(body);
  return frame.has_value() ? text_of(*frame) : "a malformed frame";
}

std::string text_of(const RawFrame& raw) {
  switch (raw.type) {
    case FrameType::beacon: return decoded<Beacon>(raw.body);
    case FrameType::heartbeat: return decoded<Heartbeat>(raw.body);
    case FrameType::probe: return text_of(Probe{});
    case FrameType::leave: return decoded<Leave>(raw.body);
    case FrameType::proposal: return decoded<Proposal>(raw.body);
    case FrameType::sync: return decoded<Sync>(raw.body);
    case FrameType::completion: return decoded<Completion>(raw.body);
    case FrameType::relayed_sync: return decoded<RelayedSync>(raw.body);
    case FrameType::data: return decoded<Data>(raw.body);
    case FrameType::nak: return decoded<Nak>(raw.body);
    case FrameType::ack: return decoded<Ack>(raw.body);
  }
  return "an unknown frame";
}

}  // namespace

std::string packet_text(const OutboundDatagram& datagram) {
  const Destination& to = datagram.destination;
  std::string text = to.multicast ? "to all" : "to " + to_string(to.endpoint);
  const ByteView bytes = datagram.bytes.bytes();
  if (bytes.size() < kHeaderBytes) return text + ": too short";
  Reader reader{bytes.subspan(kHeaderBytes)};
  const char* separator = ": ";
  while (const auto frame = next_frame(reader)) {
    text += separator + text_of(*frame);
    separator = "; ";
  }
  return text;
}

}  // namespace hawser::sim
