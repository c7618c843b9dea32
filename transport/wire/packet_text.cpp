#include "transport/wire/packet_text.hpp"

#include <array>
#include <cstdio>

#include "transport/core/ids.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"
#include "transport/wire/greeting.hpp"

namespace hawser::wire {
namespace {

template <typename List>
std::string numbers(const List& list) {
  std::string text;
  for (const auto& id : list) text += (text.empty() ? "" : " ") + std::to_string(id.value);
  return "[" + text + "]";
}

/// As everywhere else that a user sees it.
std::string group_name(GroupId group) {
  if (group == kControlGroup) return "control";
  std::array<char, 17> hex{};
  std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(group.value));
  return hex.data();
}

std::string text_of(const Beacon&) { return "beacon"; }
std::string text_of(const Heartbeat& f) { return "heartbeat, hears " + std::to_string(f.heard.size()); }
std::string text_of(const Leave&) { return "leave"; }
std::string text_of(const Proposal& f) {
  std::string members;
  for (const NodeId& member : f.members) members += " " + to_string(member.endpoint);
  return std::string{f.open ? "" : "answering "} + (f.renewed ? "renewed " : "") + "proposal " +
         std::to_string(f.start_id.value) + " from view " + to_string(f.previous) + " for" + members;
}
std::string text_of(const std::vector<PacketRange>& ahead) {
  std::string text;
  for (const auto& [origin, seqnos] : ahead) {
    text += (text.empty() ? " and " : ", ") + std::to_string(seqnos.first.value) + "-" +
            std::to_string(seqnos.last.value) + " of rank " + std::to_string(origin);
  }
  return text;
}
std::string text_of(const Sync& f) {
  std::string text = "sync " + std::to_string(f.start_id.value) + " of view " + to_string(f.previous) + " part " +
                     std::to_string(f.part) + " of " + std::to_string(f.parts);
  for (const StreamCut& stream : f.streams) {
    text += ", group " + group_name(stream.group) + " view " + to_string(stream.view) + " cut " +
            numbers(stream.received) + text_of(stream.ahead);
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
std::string text_of(const FramePiece& f) {
  return "piece " + std::to_string(f.index) + " of " + std::to_string(f.count) + " of long frame " +
         std::to_string(f.number);
}
std::string text_of(const Nak& f) {
  std::string ranges;
  for (const SeqnoRange& r : f.missing)
    ranges += " " + std::to_string(r.first.value) + "-" + std::to_string(r.last.value);
  return "nak in group " + group_name(f.group) + " " + to_string(f.view) + " of rank " + std::to_string(f.origin) +
         ":" + ranges;
}
std::string text_of(const Ack& f) {
  std::string text = "ack in group " + group_name(f.group) + " " + to_string(f.view) + " " + numbers(f.received) +
                     ", stable " + std::to_string(f.stable.value) + ", arranged " + std::to_string(f.arranged);
  if (!f.behind.empty()) text += ", behind";
  for (const Rank rank : f.behind) text += " " + std::to_string(rank);
  return text;
}

std::string text_of(const Greeting& f) {
  std::string text = "greeting, hears " + std::to_string(f.groups.size() + f.by_unicast.size()) + " groups, knows " +
                     std::to_string(f.others.size());
  if (!f.hears_you_by_multicast) return text + ", wants all by unicast";
  for (const GroupId group : f.by_unicast) text += ", wants " + group_name(group) + " by unicast";
  return text + (f.at_rest ? ", at rest" : "");
}
std::string text_of(const Traffic& f) {
  std::string text = "traffic";
  for (const GroupId group : f.groups) text += " " + group_name(group);
  return text;
}

const char* name_of(FrameType type) {
  switch (type) {
    case FrameType::beacon: return "beacon";
    case FrameType::heartbeat: return "heartbeat";
    case FrameType::probe: return "probe";
    case FrameType::leave: return "leave";
    case FrameType::proposal: return "proposal";
    case FrameType::sync: return "sync";
    case FrameType::completion: return "completion";
    case FrameType::relayed_sync: return "relayed sync";
    case FrameType::data: return "data";
    case FrameType::nak: return "nak";
    case FrameType::ack: return "ack";
    case FrameType::greeting: return "greeting";
    case FrameType::traffic: return "traffic";
    case FrameType::piece: return "piece";
  }
  return "unknown frame";
}

template <typename Frame>
std::string decoded(ByteView body) {
  const auto frame = decode_body<Frame>(body);
  return frame ? text_of(*frame) : std::string{name_of(Frame::kType)} + ", not readable";
}

std::string text_of(const RawFrame& raw) {
  switch (raw.type) {
    case FrameType::beacon: return decoded<Beacon>(raw.body);
    case FrameType::heartbeat: return decoded<Heartbeat>(raw.body);
    case FrameType::leave: return decoded<Leave>(raw.body);
    case FrameType::proposal: return decoded<Proposal>(raw.body);
    case FrameType::sync: return decoded<Sync>(raw.body);
    case FrameType::completion: return decoded<Completion>(raw.body);
    case FrameType::relayed_sync: return decoded<RelayedSync>(raw.body);
    case FrameType::data: return decoded<Data>(raw.body);
    case FrameType::nak: return decoded<Nak>(raw.body);
    case FrameType::piece: return decoded<FramePiece>(raw.body);
    case FrameType::ack: return decoded<Ack>(raw.body);
    case FrameType::greeting: return decoded<Greeting>(raw.body);
    case FrameType::traffic: return decoded<Traffic>(raw.body);
    case FrameType::probe: break;
  }
  return name_of(raw.type);
}

/// The frame that `rest` begins with and does not end.
std::string text_of_cut(ByteView rest) {
  if (rest.size() < kFrameHeaderBytes) return "…";
  const auto type = static_cast<FrameType>(rest[0]);
  // A data frame is told from its first bytes: what comes after them are records.
  if (type == FrameType::data && rest.size() >= kFrameHeaderBytes + kDataPreambleBytes) {
    return decoded<Data>(rest.subspan(kFrameHeaderBytes)) + " here";
  }
  return std::string{name_of(type)} + "…";
}

}  // namespace

std::string frames_text(ByteView frames) {
  std::string text;
  Reader reader{frames};
  while (reader.left() > 0) {
    if (!text.empty()) text += "; ";
    const ByteView rest = frames.last(reader.left());
    const auto frame = next_frame(reader);
    if (!frame) return text + text_of_cut(rest);
    text += text_of(*frame);
  }
  return text;
}

}  // namespace hawser::wire
