#include "transport/link/unicast_fanout.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace hawser {
namespace {

// The node counts its own datagrams from 1: no two of a sender's have the same number.
constexpr std::uint64_t kFirstCounter = std::uint64_t{1} << 63U;
// How often it is looked whether multicast still comes, in its silence.
constexpr int kLooksPerSilence = 3;

struct Opened {
  wire::DatagramHeader header;
  wire::RawFrame frame;
};

bool begins_with(wire::FrameType type, ByteView datagram) {
  return datagram.size() > wire::kHeaderBytes && datagram[wire::kHeaderBytes] == static_cast<std::byte>(type);
}

/// The greeting's frame; nothing where the datagram is something else, which is nearly always.
std::optional<Opened> open_greeting(ByteView datagram) {
  if (!begins_with(wire::FrameType::greeting, datagram)) return std::nullopt;
  const wire::DecodedHeader decoded = wire::decode_header(datagram);
  if (decoded.fault != wire::HeaderFault::none) return std::nullopt;
  Reader reader{datagram.subspan(wire::kHeaderBytes)};
  const auto frame = wire::next_frame(reader);
  if (!frame || !reader.done()) return std::nullopt;
  return Opened{decoded.header, *frame};
}

}  // namespace

UnicastFanout::UnicastFanout(UnicastConfig config)
    : config_(std::move(config)), header_{config_.domain, config_.self.incarnation, kFirstCounter, 0, {}} {}

void UnicastFanout::on_start(Time now, Outbox& out) {
  last_multicast_ = now;
  if (!config_.greets || config_.candidates.empty()) return;
  candidates_due_ = now;
  on_timeout(now, out);
}

bool UnicastFanout::on_datagram(const ReceivedDatagram& datagram, Time now, Outbox& out) {
  if (datagram.by_multicast) {
    last_multicast_ = now;
    if (!peers_.empty()) on_multicast(datagram.from, now, out);
    return false;
  }
  if (!config_.greets) return false;
  const auto opened = open_greeting(datagram.bytes.bytes());
  if (!opened) greet_stranger(datagram, now, out);
  if (!opened || opened->header.domain != config_.domain) return false;  // The node counts what it can't read.
  const auto greeting = wire::decode_body<wire::Greeting>(opened->frame.body);
  if (!greeting) return false;
  if (opened->header.sender != config_.self.incarnation) {
    on_greeting({opened->header.sender, datagram.from}, *greeting, now, out);
  }
  return true;
}

void UnicastFanout::on_greeting(const NodeId& from, const wire::Greeting& greeting, Time now, Outbox& out) {
  auto known = peers_.find(from.endpoint);
  if (known == peers_.end() && peers_.size() >= kPeersMax) return;
  const bool is_new = known == peers_.end() || known->second.incarnation != from.incarnation;
  if (is_new) {
    Peer peer;
    peer.incarnation = from.incarnation;
    peer.since = now;
    known = peers_.insert_or_assign(from.endpoint, std::move(peer)).first;
    greetings_due_ = std::min(greetings_due_, now + kGreetingInterval);
    candidates_due_ = std::min(candidates_due_, now + kCandidateInterval);
  }
  Peer& peer = known->second;
  peer.hears_all = greeting.hears_all || greeting.groups.size() > kGroupsInGreetingMax;
  peer.groups.clear();
  if (!peer.hears_all) peer.groups.insert(greeting.groups.begin(), greeting.groups.end());
  peer.hears_multicast = greeting.hears_you_by_multicast;
  peer.last_greeting = now;
  peer.silent = false;
  if (is_new) greet(from.endpoint, out);
  if (is_new && heartbeat_ && needs_copy(peer, kControlGroup)) {
    out.control.push_back({Destination::to_node(from.endpoint), *heartbeat_});
  }
  // No more than an honest greeting names: it must not make this node send to half of the network.
  const std::size_t others = std::min(greeting.others.size(), kOthersInGreetingMax);
  for (const Endpoint& other : std::span{greeting.others}.first(others)) {
    if (other != config_.self.endpoint && !peers_.contains(other)) greet(other, out);
  }
  if (config_.sends_multicast && peer.hears_multicast) note_reach(from.endpoint, peer, false);
  deadline_ = std::min({deadline_, now + look_interval(), greetings_due_, candidates_due_});
}

// Who hears somebody's first multicast, or one after a silence, says so at once: then it comes only once.
void UnicastFanout::on_multicast(Endpoint from, Time now, Outbox& out) {
  const auto known = peers_.find(from);
  if (known == peers_.end()) return;
  Peer& peer = known->second;
  peer.last_multicast = now;
  if (!std::exchange(peer.heard_by_multicast, true)) greet(from, out);
}

void UnicastFanout::greet_stranger(const ReceivedDatagram& datagram, Time now, Outbox& out) {
  if (now - last_multicast_ <= config_.multicast_silence || now < strangers_due_) return;
  if (peers_.contains(datagram.from)) return;
  const wire::DecodedHeader decoded = wire::decode_header(datagram.bytes.bytes());
  if (decoded.fault != wire::HeaderFault::none || decoded.header.domain != config_.domain) return;
  strangers_due_ = now + kStrangerInterval;
  greet(datagram.from, out);
}

void UnicastFanout::on_address_change(const AddressChange& change, Outbox& out) {
  if (change.group == kControlGroup) return;  // Everybody hears it.
  const bool changed = change.hears ? groups_.insert(change.group).second : groups_.erase(change.group) != 0;
  if (changed) greet_all(out);
}

void UnicastFanout::on_timeout(Time now, Outbox& out) {
  if (now < deadline_ && now < candidates_due_) return;
  update_peers(now, out);
  if (now >= greetings_due_) {
    greet_all(out);
    greetings_due_ = peers_.empty() ? kNever : now + kGreetingInterval;
  }
  if (now >= candidates_due_) {
    greet_the_silent(out);
    candidates_due_ = now + kCandidateInterval;
  }
  deadline_ = std::min({greetings_due_, candidates_due_, peers_.empty() ? kNever : now + look_interval()});
}

void UnicastFanout::update_peers(Time now, Outbox& out) {
  std::erase_if(peers_, [&](const auto& entry) { return now - entry.second.last_greeting > kForgottenAfter; });
  for (auto& [endpoint, peer] : peers_) {
    peer.silent = now - peer.last_greeting > kSilentAfter;
    if (peer.heard_by_multicast && now - peer.last_multicast > config_.multicast_silence) {
      peer.heard_by_multicast = false;
      greet(endpoint, out);
    }
    const bool by_unicast = !config_.sends_multicast || !peer.hears_multicast;
    if (by_unicast && now - peer.since > kNewcomerPatience) note_reach(endpoint, peer, true);
  }
}

void UnicastFanout::note_reach(Endpoint endpoint, Peer& peer, bool by_unicast) {
  if (std::exchange(peer.told_by_unicast, by_unicast) != by_unicast) changes_.push_back({endpoint, by_unicast});
}

std::vector<ReachChange> UnicastFanout::take_changes() { return std::exchange(changes_, {}); }

void UnicastFanout::greet_all(Outbox& out) {
  ++turn_;
  for (const auto& [endpoint, peer] : peers_) {
    if (!peer.silent) greet(endpoint, out);
  }
}

void UnicastFanout::greet_the_silent(Outbox& out) {
  for (const Endpoint& candidate : config_.candidates) {
    if (candidate != config_.self.endpoint && !peers_.contains(candidate)) greet(candidate, out);
  }
  for (const auto& [endpoint, peer] : peers_) {
    if (peer.silent) greet(endpoint, out);
  }
}

Duration UnicastFanout::look_interval() const { return config_.multicast_silence / kLooksPerSilence; }

void UnicastFanout::greet(Endpoint to, Outbox& out) {
  const wire::Greeting greeting = greeting_for(to);
  ++header_.counter;
  Buffer datagram = Buffer::allocate(wire::kHeaderBytes + wire::kFrameHeaderBytes + wire::body_size(greeting));
  datagram.resize(datagram.capacity());
  const std::span bytes{datagram.data(), datagram.size()};
  wire::encode_header(header_, bytes);
  Writer writer{bytes.subspan(wire::kHeaderBytes)};
  wire::encode_frame(greeting, writer);
  out.control.push_back({Destination::to_node(to), std::move(datagram)});
}

wire::Greeting UnicastFanout::greeting_for(Endpoint to) {
  wire::Greeting greeting;
  const auto known = peers_.find(to);
  greeting.hears_you_by_multicast = known != peers_.end() && known->second.heard_by_multicast;
  greeting.hears_all = groups_.size() > kGroupsInGreetingMax;
  if (!greeting.hears_all) greeting.groups.assign(groups_.begin(), groups_.end());
  // All of them, or a part that moves on with every turn.
  const std::size_t count = std::min(peers_.size(), kOthersInGreetingMax);
  const std::size_t first = peers_.size() > count ? turn_ * count % peers_.size() : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = std::next(peers_.begin(), static_cast<std::ptrdiff_t>((first + i) % peers_.size()));
    if (at->first != to && !at->second.silent) greeting.others.push_back(at->first);
  }
  std::sort(greeting.others.begin(), greeting.others.end());
  return greeting;
}

bool UnicastFanout::needs_copy(const Peer& peer, GroupId group) const {
  if (peer.silent || (config_.sends_multicast && peer.hears_multicast)) return false;
  return group == kControlGroup || peer.hears_all || peer.groups.contains(group);
}

void UnicastFanout::route(std::vector<OutboundDatagram>& datagrams, std::vector<OutboundDatagram>& routed) {
  for (OutboundDatagram& datagram : datagrams) {
    if (datagram.destination.multicast) {
      if (begins_with(wire::FrameType::heartbeat, datagram.bytes.bytes())) heartbeat_ = datagram.bytes;
      for (const auto& [endpoint, peer] : peers_) {
        if (!needs_copy(peer, datagram.destination.group)) continue;
        routed.push_back({Destination::to_node(endpoint), datagram.bytes});
      }
      if (!config_.sends_multicast) continue;
    }
    routed.push_back(std::move(datagram));
  }
  datagrams.clear();
}

}  // namespace hawser
