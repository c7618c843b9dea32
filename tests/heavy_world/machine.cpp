#include "tests/heavy_world/machine.hpp"

#include <algorithm>
#include <utility>

#include "transport/core/check.hpp"
#include "transport/wire/datagram.hpp"

namespace hawser::heavy {
namespace {

constexpr std::size_t kDatagramBytesMax = 1472;
constexpr std::size_t kReceiveBufferBytes = 212992;
constexpr Duration kHeartbeatInterval = std::chrono::milliseconds{25};

template <typename Frame>
Frame decoded(const wire::RawFrame& raw) {
  auto frame = wire::decode_body<Frame>(raw.body);
  HAWSER_CHECK(frame.has_value());  // Everything here was sent by these machines.
  return std::move(*frame);
}

}  // namespace

Machine::Machine(const NodeId& node, Datagrams& datagrams)
    : datagrams_(datagrams),
      packer_(wire::domain_digest("heavy world"), node.incarnation, kDatagramBytesMax),
      agreement_(node),
      groups_(node, {kDatagramBytesMax}, packer_, agreement_, Rng{node.incarnation.value}),
      traced_(groups_, trace_) {
  groups_.set_credit(kReceiveBufferBytes / 2);
}

std::uint64_t Machine::digest() const {
  StateDigest digest{now_};
  digest.add(agreement_, groups_);
  return digest.value();
}

Effect Machine::take(const Input& input) {
  refused_ = false;
  std::visit([&](const auto& what) { give(what); }, input.what);
  Effect effect;
  end_step(effect);
  effect.refused = refused_;
  return effect;
}

void Machine::give(const Input::Arrival& arrival) {
  const Buffer datagram = datagrams_.at(arrival.datagram);
  Reader reader{datagram.bytes().subspan(wire::kHeaderBytes)};
  while (const auto raw = wire::next_frame(reader)) give_frame(arrival.from, *raw, datagram);
  HAWSER_CHECK(reader.ok());
}

void Machine::give_frame(const NodeId& from, const wire::RawFrame& raw, const Buffer& datagram) {
  using Type = wire::FrameType;
  switch (raw.type) {
    case Type::data: {
      const auto data = decoded<wire::Data>(raw);
      return groups_.on_data(data, Slice{datagram, data.records}, now_, out_);
    }
    case Type::ack: return groups_.on_ack(from, decoded<wire::Ack>(raw), now_, out_);
    case Type::nak: return groups_.on_nak(from, decoded<wire::Nak>(raw), now_, out_);
    case Type::proposal: return give_proposal(from, decoded<wire::Proposal>(raw));
    case Type::sync: return groups_.on_sync(from, decoded<wire::Sync>(raw), now_, out_);
    case Type::completion: return groups_.on_completion(from, decoded<wire::Completion>(raw));
    case Type::relayed_sync: return groups_.on_relayed_sync(decoded<wire::RelayedSync>(raw), now_, out_);
    default: HAWSER_CHECK(false);
  }
}

void Machine::give_proposal(const NodeId& from, wire::Proposal proposal) {
  if (agreement_.is_straggler(from, proposal)) groups_.say_change(Destination::to_node(from.endpoint), out_);
  groups_.on_membership(agreement_.on_proposal(from, std::move(proposal), now_), now_, out_);
}

void Machine::give(const Input::Target& target) {
  for (const NodeId& node : target.gone) agreement_.forget(node);
  groups_.on_membership(agreement_.on_target(target.members, now_), now_, out_);
}

void Machine::give(const Input::Send& send) {
  HeavyGroup* const group = traced_.find(send.group);
  const ByteView bytes = std::as_bytes(std::span{send.text});
  refused_ = group == nullptr || !group->multicast(send.order, {&bytes, 1}, now_, out_);
}

void Machine::give(const Input::Arrange& arrange) {
  refused_ = !traced_.arrange(arrange.group, arrange.old_members, arrange.members, now_, out_);
}

void Machine::give(const Input::Timeout&) {
  now_ = std::max(now_, groups_.next_deadline());
  groups_.on_timeout(now_, out_);
}

void Machine::give(const Input::Beat&) {
  now_ += kHeartbeatInterval;
  groups_.send_acks(out_);
}

// As a driver does it when it has no more input at hand.
void Machine::end_step(Effect& effect) {
  for (bool more = true; more;) {
    groups_.flush(now_, out_);
    for (auto* const list : {&out_.control, &out_.data}) {
      for (const OutboundDatagram& datagram : *list) {
        effect.sent.push_back({datagram.destination, datagrams_.number_of(datagram.bytes)});
      }
    }
    const std::vector<GroupEvent> events = std::exchange(out_.events, {});
    out_ = {};
    for (const GroupEvent& event : events) traced_.record_event(event, now_);
    more = resumed_ != groups_.view(kControlGroup).id;
    if (more) send_anew();
  }
  effect.records = std::exchange(trace_.records, {});
}

void Machine::send_anew() {
  resumed_ = groups_.view(kControlGroup).id;
  for (const UnsentMessage& message : traced_.resume(resumed_)) {
    HeavyGroup* const group = traced_.find(message.group);
    const ByteView bytes = message.payload.bytes();
    if (group != nullptr) HAWSER_CHECK(group->multicast(message.order, {&bytes, 1}, now_, out_));
  }
}

}  // namespace hawser::heavy
