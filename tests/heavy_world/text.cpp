#include "tests/heavy_world/text.hpp"

#include <array>
#include <variant>

#include "transport/wire/datagram.hpp"

namespace hawser::heavy {
namespace {

constexpr std::array kOrderNames{"unordered", "fifo", "bulk", "causal", "total", "safe", "gbcast"};

std::string text_of(GroupId group) {
  return group == kControlGroup ? std::string{} : " in group " + std::to_string(group.value);
}

template <typename List>
std::string numbers(const List& list) {
  std::string text;
  for (const auto& id : list) text += " " + std::to_string(id.value);
  return text;
}

std::string text_of(const wire::Proposal& f) {
  return "proposal " + std::to_string(f.start_id.value) + " of " + names_of(f.members) + ", seen" + numbers(f.seen);
}
std::string text_of(const wire::Sync& f) {
  std::string text = "sync " + std::to_string(f.start_id.value) + " of " + to_string(f.previous);
  for (const wire::StreamCut& cut : f.streams) text += ", cut" + text_of(cut.group) + numbers(cut.received);
  return text;
}
std::string text_of(const wire::Completion& f) { return "completion of " + to_string(f.view.id); }
std::string text_of(const wire::RelayedSync& f) { return "relayed " + text_of(f.sync); }
std::string text_of(const wire::Data& f) {
  return "packet " + std::to_string(f.seqno.value) + " of rank " + std::to_string(f.origin) + " of " +
         to_string(f.view) + text_of(f.group);
}
std::string text_of(const wire::Nak& f) { return "NAK of rank " + std::to_string(f.origin) + text_of(f.group); }
std::string text_of(const wire::Ack& f) { return "ack" + numbers(f.received) + text_of(f.group); }

template <typename Frame>
std::string decoded(const wire::RawFrame& raw) {
  const auto frame = wire::decode_body<Frame>(raw.body);
  return frame ? text_of(*frame) : "a malformed frame";
}

std::string text_of(const wire::RawFrame& raw) {
  switch (raw.type) {
    case wire::FrameType::proposal: return decoded<wire::Proposal>(raw);
    case wire::FrameType::sync: return decoded<wire::Sync>(raw);
    case wire::FrameType::completion: return decoded<wire::Completion>(raw);
    case wire::FrameType::relayed_sync: return decoded<wire::RelayedSync>(raw);
    case wire::FrameType::data: return decoded<wire::Data>(raw);
    case wire::FrameType::nak: return decoded<wire::Nak>(raw);
    case wire::FrameType::ack: return decoded<wire::Ack>(raw);
    default: return "a frame of membership";
  }
}

struct RecordText {
  std::string operator()(const trace::HeavyView& view) const {
    return "view " + names_of(view.view.members) + " " + to_string(view.view.id) + " from " +
           names_of(view.transitional) + text_of(view.group);
  }
  std::string operator()(const trace::HeavySent& sent) const { return "sent" + text_of(sent.group); }
  std::string operator()(const trace::HeavyUnsent& unsent) const { return "given back" + text_of(unsent.group); }
  std::string operator()(const trace::HeavyLeft& left) const { return "left" + text_of(left.group); }
  std::string operator()(const trace::HeavyDelivered& delivered) const {
    return "delivered " + names_of({delivered.sender}) + "'s " +
           kOrderNames.at(static_cast<std::size_t>(delivered.order)) + text_of(delivered.group);
  }
  template <typename Other>
  std::string operator()(const Other&) const {
    return "something else";
  }
};

}  // namespace

NodeId id_of(std::size_t node) { return {{0x101 + node}, {0x7f000001, static_cast<std::uint16_t>(40001 + node)}}; }

std::string name_of(std::size_t node) { return std::string(1, static_cast<char>('A' + node)); }

std::string names_of(const std::vector<NodeId>& nodes) {
  std::string names;
  for (const NodeId& node : nodes) names += name_of(node.incarnation.value - 0x101);
  return names;
}

std::string text_of_datagram(const Buffer& datagram) {
  Reader reader{datagram.bytes().subspan(wire::kHeaderBytes)};
  std::string text;
  while (const auto raw = wire::next_frame(reader)) text += (text.empty() ? "" : "; ") + text_of(*raw);
  return text;
}

std::string text_of_sent(const Outbound& sent, const Datagrams& datagrams) {
  std::string to = "all";
  for (std::size_t node = 0; node < 3 && !sent.to.multicast; ++node) {
    if (id_of(node).endpoint == sent.to.endpoint) to = name_of(node);
  }
  return "to " + to + ": " + text_of_datagram(datagrams.at(sent.datagram));
}

std::string text_of_record(const TraceRecord& record) { return std::visit(RecordText{}, record); }

std::string text_of_message(const Message& message) {
  return std::string(1, message.sender) + " sends a " + kOrderNames.at(static_cast<std::size_t>(message.order)) +
         " message" + text_of(message.group);
}

}  // namespace hawser::heavy
