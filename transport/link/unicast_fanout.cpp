#include "transport/link/unicast_fanout.hpp"

#include <algorithm>
#include <iterator>
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

/// The frame of a greeting or a report; nothing where the datagram is something else, which is nearly always.
std::optional<Opened> open_own(ByteView datagram) {
  if (!begins_with(wire::FrameType::greeting, datagram) && !begins_with(wire::FrameType::traffic, datagram)) {
    return std::nullopt;
  }
  const wire::DecodedHeader decoded = wire::decode_header(datagram);
  if (decoded.fault != wire::HeaderFault::none) return std::nullopt;
  Reader reader{datagram.subspan(wire::kHeaderBytes)};
  const auto frame = wire::next_frame(reader);
  if (!frame || !reader.done()) return std::nullopt;
  return Opened{decoded.header, *frame};
}

}  // namespace

UnicastFanout::UnicastFanout(UnicastConfig config)
    : config_(std::move(config)),
      header_{config_.domain, config_.self.incarnation, kFirstCounter, 0, {}},
      dark_(config_.multicast_silence) {}

void UnicastFanout::on_start(Time now, Outbox& out) {
  last_multicast_ = now;
  if (!config_.greets || config_.candidates.empty()) return;
  candidates_due_ = now;
  on_timeout(now, out);
}

bool UnicastFanout::on_datagram(const ReceivedDatagram& datagram, Time now, Outbox& out) {
  if (datagram.group) on_multicast(datagram.from, *datagram.group, now, out);
  const auto opened = open_own(datagram.bytes.bytes());
  if (!opened) {
    greet_stranger(datagram, now, out);
    return false;
  }
  if (opened->header.domain != config_.domain) return false;  // The node counts what it can't read.
  return on_own_frame({opened->header.sender, datagram.from}, opened->frame, now, out);
}

bool UnicastFanout::on_own_frame(const NodeId& from, const wire::RawFrame& frame, Time now, Outbox& out) {
  const bool is_own = from.incarnation == config_.self.incarnation;
  if (frame.type == wire::FrameType::traffic) {
    const auto traffic = wire::decode_body<wire::Traffic>(frame.body);
    if (traffic && !is_own) on_traffic(from.endpoint, *traffic, now, out);
    return traffic.has_value();
  }
  const auto greeting = wire::decode_body<wire::Greeting>(frame.body);
  if (!config_.greets || !greeting) return false;
  if (!is_own) on_greeting(from, *greeting, now, out);
  return true;
}

void UnicastFanout::on_greeting(const NodeId& from, const wire::Greeting& greeting, Time now, Outbox& out) {
  const auto known = peers_.find(from.endpoint);
  const bool is_new = known == peers_.end() || known->second.incarnation != from.incarnation;
  if (is_new && greeting.at_rest) return;  // This node has parted from it, and it will find that out.
  Peer* const peer = is_new ? add_peer(from, now) : &known->second;
  if (peer == nullptr) return;
  take_in(greeting, from.endpoint, *peer);
  peer->last_greeting = now;
  peer->silent = false;
  greetings_due_ = std::min(greetings_due_, now + kGreetingInterval);
  candidates_due_ = std::min(candidates_due_, now + kCandidateInterval);
  if (is_new) greet(from.endpoint, out);
  if (is_new && heartbeat_ && needs_copy(*peer, kControlGroup)) {
    out.control.push_back({Destination::to_node(from.endpoint), *heartbeat_});
  }
  // No more than an honest greeting names: it must not make this node send to half of the network.
  const std::size_t others = std::min(greeting.others.size(), kOthersInGreetingMax);
  for (const Endpoint& other : std::span{greeting.others}.first(others)) {
    if (other != config_.self.endpoint && !peers_.contains(other)) greet(other, out);
  }
  if (config_.sends_multicast && peer->hears_multicast) note_reach(from.endpoint, *peer, false);
  deadline_ = std::min({deadline_, now + look_interval(), greetings_due_, candidates_due_});
}

/// Nothing where there is no room. Whoever was known at this place is forgotten.
UnicastFanout::Peer* UnicastFanout::add_peer(const NodeId& node, Time now) {
  if (!peers_.contains(node.endpoint) && peers_.size() >= kPeersMax && !make_room(now)) return nullptr;
  Peer peer;
  peer.incarnation = node.incarnation;
  peer.since = now;
  rest_since_.reset();
  at_rest_ = false;
  return &peers_.insert_or_assign(node.endpoint, std::move(peer)).first->second;
}

/// At the cost of who has been silent longest; false where nobody has been for long.
bool UnicastFanout::make_room(Time now) {
  const auto longest = std::min_element(peers_.begin(), peers_.end(), [](const auto& a, const auto& b) {
    return a.second.last_greeting < b.second.last_greeting;
  });
  if (now - longest->second.last_greeting <= kSilentAfter) return false;
  dark_.forget(longest->first);
  peers_.erase(longest);
  return true;
}

void UnicastFanout::take_in(const wire::Greeting& greeting, Endpoint from, Peer& peer) {
  const bool names_too_many = greeting.by_unicast.size() > kGroupsInGreetingMax;
  peer.hears_all = greeting.hears_all || names_too_many || greeting.groups.size() > kGroupsInGreetingMax;
  peer.groups.clear();
  if (!peer.hears_all) peer.groups.insert(greeting.groups.begin(), greeting.groups.end());
  peer.hears_multicast = greeting.hears_you_by_multicast && !names_too_many;
  peer.at_rest = greeting.at_rest;
  std::set<GroupId> by_unicast;
  if (!names_too_many) by_unicast.insert(greeting.by_unicast.begin(), greeting.by_unicast.end());
  for (const GroupId group : by_unicast) {
    if (!peer.by_unicast.contains(group)) changes_.push_back({from, true, group});
  }
  for (const GroupId group : peer.by_unicast) {
    if (!by_unicast.contains(group)) changes_.push_back({from, false, group});
  }
  peer.by_unicast = std::move(by_unicast);
}

// Who hears somebody's first multicast, or one after a silence, says so at once: then it comes only once.
void UnicastFanout::on_multicast(Endpoint from, GroupId group, Time now, Outbox& out) {
  if (group != kControlGroup) {
    if (dark_.on_multicast(from, group)) greet(from, out);
    return;
  }
  last_multicast_ = now;
  const auto known = peers_.find(from);
  if (known == peers_.end()) return;
  Peer& peer = known->second;
  peer.last_multicast = now;
  if (!std::exchange(peer.heard_by_multicast, true)) greet(from, out);
}

void UnicastFanout::on_traffic(Endpoint from, const wire::Traffic& traffic, Time now, Outbox& out) {
  if (!config_.greets || !config_.sends_multicast) return;
  bool found = false;
  const std::size_t groups = std::min(traffic.groups.size(), SentGroups::kTakenMax);
  for (const GroupId group : std::span{traffic.groups}.first(groups)) {
    if (groups_.contains(group) && !deaf_.contains(group)) found = dark_.on_report(from, group, now) || found;
  }
  // Again and again until it answers.
  if (found || (dark_.has_any() && !peers_.contains(from) && !dark_.of(from).empty())) greet(from, out);
}

void UnicastFanout::greet_stranger(const ReceivedDatagram& datagram, Time now, Outbox& out) {
  const bool hears_multicast = now - last_multicast_ <= config_.multicast_silence;
  if (hears_multicast && deaf_.empty() && !serves_by_unicast_) return;
  if (!config_.greets || now < strangers_due_) return;
  if (peers_.contains(datagram.from)) return;
  const wire::DecodedHeader decoded = wire::decode_header(datagram.bytes.bytes());
  if (decoded.fault != wire::HeaderFault::none || decoded.header.domain != config_.domain) return;
  strangers_due_ = now + kStrangerInterval;
  greet(datagram.from, out);
}

void UnicastFanout::on_address_change(const AddressChange& change, Outbox& out) {
  if (change.group == kControlGroup) return;  // Everybody hears it.
  if (!change.hears) {
    deaf_.erase(change.group);
    dark_.forget(change.group);
  }
  const bool changed = change.hears ? groups_.insert(change.group).second : groups_.erase(change.group) != 0;
  if (changed) greet_all(out);
}

void UnicastFanout::on_heard_group(GroupId group, Outbox& out) {
  if (deaf_.erase(group) != 0) greet_all(out);
}

void UnicastFanout::on_timeout(Time now, Outbox& out) {
  if (now < deadline_ && now < candidates_due_) return;
  update_peers(now, out);
  const bool is_alone =
      std::all_of(peers_.begin(), peers_.end(), [](const auto& entry) { return entry.second.silent; });
  if (now >= greetings_due_) {
    greet_all(out);
    greetings_due_ = is_alone ? kNever : now + kGreetingInterval;
  }
  if (now >= candidates_due_) {
    greet_the_silent(out);
    candidates_due_ = peers_.empty() && config_.candidates.empty() ? kNever : now + kCandidateInterval;
  }
  deadline_ = std::min({greetings_due_, candidates_due_, is_alone ? kNever : now + look_interval()});
}

void UnicastFanout::update_peers(Time now, Outbox& out) {
  std::erase_if(peers_, [&](const auto& entry) { return now - entry.second.last_greeting > kForgottenAfter; });
  serves_by_unicast_ = false;
  for (auto& [endpoint, peer] : peers_) {
    peer.silent = now - peer.last_greeting > kSilentAfter;
    if (peer.silent) dark_.forget(endpoint);
    if (peer.heard_by_multicast && now - peer.last_multicast > config_.multicast_silence) {
      peer.heard_by_multicast = false;
      greet(endpoint, out);
    }
    const bool by_unicast = !config_.sends_multicast || !peer.hears_multicast;
    if (by_unicast && now - peer.since > kNewcomerPatience) note_reach(endpoint, peer, true);
    serves_by_unicast_ = serves_by_unicast_ || (peer.told_by_unicast && !peer.silent);
  }
  part_at_rest(now, out);
}

void UnicastFanout::part_at_rest(Time now, Outbox& out) {
  if (is_needed()) {
    rest_since_.reset();
  } else if (!rest_since_) {
    rest_since_ = now;
  }
  at_rest_ = rest_since_ && now - *rest_since_ >= kRestBeforeParting;
  if (!at_rest_) return;
  std::erase_if(peers_, [&](const auto& entry) {
    const auto& [endpoint, peer] = entry;
    if (needs_unicast(peer) || (!peer.at_rest && !peer.silent)) return false;
    greet(endpoint, out);  // It may not have heard yet that this node is at rest, too.
    return true;
  });
  if (peers_.empty()) greetings_due_ = candidates_due_ = kNever;
}

bool UnicastFanout::needs_unicast(const Peer& peer) {
  return !peer.heard_by_multicast || !peer.hears_multicast || !peer.by_unicast.empty();
}

/// Somebody who is there needs unicast, or this node does.
bool UnicastFanout::is_needed() const {
  if (!config_.sends_multicast || !config_.candidates.empty() || !deaf_.empty() || dark_.has_any()) return true;
  return std::any_of(peers_.begin(), peers_.end(),
                     [](const auto& entry) { return !entry.second.silent && needs_unicast(entry.second); });
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
  out.control.push_back({Destination::to_node(to), datagram_of(greeting_for(to))});
}

template <typename Frame>
Buffer UnicastFanout::datagram_of(const Frame& frame) {
  ++header_.counter;
  Buffer datagram = Buffer::allocate(wire::kHeaderBytes + wire::kFrameHeaderBytes + wire::body_size(frame));
  datagram.resize(datagram.capacity());
  const std::span bytes{datagram.data(), datagram.size()};
  wire::encode_header(header_, bytes);
  Writer writer{bytes.subspan(wire::kHeaderBytes)};
  wire::encode_frame(frame, writer);
  return datagram;
}

wire::Greeting UnicastFanout::greeting_for(Endpoint to) {
  wire::Greeting greeting;
  const auto known = peers_.find(to);
  const std::vector<GroupId> dark = dark_.of(to);
  std::set_union(deaf_.begin(), deaf_.end(), dark.begin(), dark.end(), std::back_inserter(greeting.by_unicast));
  const bool too_many = greeting.by_unicast.size() > kGroupsInGreetingMax;
  if (too_many) greeting.by_unicast.clear();
  greeting.hears_you_by_multicast = known != peers_.end() && known->second.heard_by_multicast && !too_many;
  greeting.at_rest = at_rest_ && greeting.hears_you_by_multicast && greeting.by_unicast.empty();
  greeting.hears_all = groups_.size() > kGroupsInGreetingMax;
  if (!greeting.hears_all) {
    std::set_difference(groups_.begin(), groups_.end(), greeting.by_unicast.begin(), greeting.by_unicast.end(),
                        std::back_inserter(greeting.groups));
  }
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
  if (peer.silent) return false;
  if (peer.by_unicast.contains(group)) return true;
  if (config_.sends_multicast && peer.hears_multicast) return false;
  return group == kControlGroup || peer.hears_all || peer.groups.contains(group);
}

/// Appends a report where one is due.
void UnicastFanout::note_sent(std::vector<OutboundDatagram>& datagrams) {
  for (const OutboundDatagram& datagram : datagrams) {
    if (!datagram.destination.multicast) continue;
    sent_.on_sent(datagram.destination.group);
    if (datagram.destination.group != kControlGroup) continue;
    if (!begins_with(wire::FrameType::heartbeat, datagram.bytes.bytes())) continue;
    heartbeat_ = datagram.bytes;
    ++heartbeats_;
  }
  if (heartbeats_ < kHeartbeatsPerReport) return;
  heartbeats_ = 0;
  const wire::Traffic traffic{sent_.take()};
  if (traffic.groups.empty() || !config_.greets || !config_.sends_multicast) return;
  datagrams.push_back({Destination::to_group(kControlGroup), datagram_of(traffic)});
}

void UnicastFanout::route(std::vector<OutboundDatagram>& datagrams, std::vector<OutboundDatagram>& routed) {
  note_sent(datagrams);
  if (routed.empty() && is_idle()) return routed.swap(datagrams);
  for (OutboundDatagram& datagram : datagrams) {
    if (datagram.destination.multicast) {
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
