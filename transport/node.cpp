#include "transport/node.hpp"

#include <algorithm>
#include <set>

#include "transport/membership/membership.hpp"
#include "transport/membership/view_agreement.hpp"
#include "transport/native_groups.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"
#include "transport/wire/long_frames.hpp"
#include "transport/wire/packer.hpp"

namespace hawser {
namespace {

MembershipConfig membership_config(const NodeConfig& config) {
  const auto buffer = static_cast<std::uint32_t>(std::min<std::size_t>(config.receive_buffer_bytes, UINT32_MAX));
  return {config.self,
          {config.host.boot_id, config.host.network_namespace, config.host.process_id, buffer},
          {config.heartbeat_interval, config.silence_timeout},
          config.discovery_window};
}

}  // namespace

class Node::Impl {
 public:
  Impl(const NodeConfig& config, Rng rng)
      : config_(config),
        domain_(wire::domain_digest(config.domain)),
        packer_(domain_, config.self.incarnation, config.datagram_bytes_max),
        membership_(membership_config(config), packer_),
        agreement_(config.self),
        groups_(config.self, {config.datagram_bytes_max, config.send_queue_bytes_max}, packer_, agreement_, rng,
                config.voting) {}

  void on_start(Time now, Outbox& out) {
    last_input_ = now;
    out.addresses.push_back({kControlGroup, true});
    membership_.on_start(now);
    step(now, out);
  }

  void on_datagram(Endpoint from, const Buffer& datagram, Time now, Outbox& out) {
    fence_if_paused(now, out);
    const wire::DecodedHeader decoded = wire::decode_header(datagram.bytes());
    if (decoded.fault != wire::HeaderFault::none || decoded.header.domain != domain_) {
      ++counters_.datagrams_refused;
      return;
    }
    const NodeId sender{decoded.header.sender, from};
    if (sender.incarnation == config_.self.incarnation || membership_.is_shut_out(sender, now)) return;
    Reader reader{datagram.bytes().subspan(wire::kHeaderBytes)};
    if (shows_life(reader)) membership_.on_heard(sender, now);
    while (const auto frame = wire::next_frame(reader)) {
      if (!on_frame(sender, *frame, datagram, now, out)) reader.fail();
    }
    if (!reader.ok()) ++counters_.datagrams_refused;
    step(now, out);
  }

  void on_process_exit(const NodeId& node, Time now, Outbox& out) {
    fence_if_paused(now, out);
    membership_.on_process_exit(node, out);
    step(now, out);
  }

  void on_unreachable(Endpoint endpoint, Time now, Outbox& out) {
    fence_if_paused(now, out);
    membership_.on_unreachable(endpoint, now, out);
    step(now, out);
  }

  void on_stored(std::uint64_t ticket, Time now, Outbox& out) {
    fence_if_paused(now, out);
    groups_.on_stored(ticket, now, out);
    step(now, out);
  }

  void on_store_failed(Time now, Outbox& out) {
    fence_if_paused(now, out);
    groups_.on_store_failed(now, out);
    step(now, out);
  }

  void on_timeout(Time now, Outbox& out) {
    fence_if_paused(now, out);
    groups_.on_timeout(now, out);
    step(now, out);
  }

  void set_backlog(bool waiting, Time now) { membership_.set_backlog(waiting, now); }

  void flush(Time now, Outbox& out) { groups_.flush(now, out); }

  // Said three times: nobody repairs this one, and a loss would only cost the others the time to find out.
  void leave(Outbox& out) {
    for (int i = 0; i < 3; ++i) {
      Outbox copy;
      packer_.send(Destination::to_group(kControlGroup), wire::Leave{}, copy);
      out.control.push_back(std::move(copy.control.front()));
    }
  }

  [[nodiscard]] Time next_deadline() const {
    return std::min({membership_.next_deadline(), groups_.next_deadline(), last_input_ + kFenceChecks});
  }

  [[nodiscard]] NodeCounters counters() const {
    NodeCounters counters = counters_;
    const GroupCounters& group = groups_.counters();
    counters.packets_sent = group.packets_sent;
    counters.packets_received = group.packets_received;
    counters.packets_repaired = group.packets_repaired;
    counters.repairs_for_others = group.repairs_for_others;
    counters.packets_ahead = group.packets_ahead;
    counters.cuts_ahead = group.cuts_ahead;
    counters.primaries = group.primaries;
    counters.attempts_cut_short = group.attempts_cut_short;
    counters.slow_members = group.slow_members;
    counters.views_installed = group.views_installed;
    counters.group_views_installed = group.group_views_installed;
    counters.arrangements = group.arrangements;
    counters.views_completed = group.views_completed;
    counters.views_skipped = group.views_skipped;
    counters.start_changes = group.start_changes;
    counters.start_changes_overtaken = group.start_changes_overtaken;
    counters.cuts_differed = group.cuts_differed;
    counters.proposals_sent = group.proposals_sent;
    return counters;
  }

  [[nodiscard]] std::vector<std::pair<NodeId, HostIdentity>> peers_on_this_host() const {
    std::vector<std::pair<NodeId, HostIdentity>> peers;
    const HostIdentity& own = config_.host;
    if (own == HostIdentity{}) return peers;
    for (const auto& [node, beacon] : membership_.beacons()) {
      if (beacon.boot_id != own.boot_id || beacon.network_namespace != own.network_namespace) continue;
      peers.emplace_back(node, HostIdentity{beacon.boot_id, beacon.network_namespace, beacon.process_id});
    }
    return peers;
  }

  const NodeConfig config_;
  NativeGroups& groups() { return groups_; }

 private:
  // At least this often the driver comes by, so that a long gap between inputs means that the process was stopped.
  static constexpr Duration kFenceChecks = std::chrono::milliseconds{50};

  void fence_if_paused(Time now, Outbox& out) {
    const Duration away = now - last_input_;
    last_input_ = now;
    if (away < config_.silence_timeout) return;
    ++counters_.self_fences;
    membership_.on_fence(out);
    step(now, out);
  }

  /// A node whose multicasts do not come is not heard, though its process lives: views are agreed on by multicast.
  /// What goes by unicast goes on where nothing else does; but for repairs, which end with what is to be repaired.
  static bool shows_life(Reader datagram) {
    using Type = wire::FrameType;
    const auto first = wire::next_frame(datagram);
    if (!first) return false;
    const bool is_long = first->type == Type::piece && first->body.size() > wire::kPiecePreambleBytes;
    const auto type = is_long ? static_cast<Type>(first->body[wire::kPiecePreambleBytes]) : first->type;
    return type == Type::heartbeat || type == Type::beacon || type == Type::data;
  }

  /// What every input ends with: heartbeats that are due, and the group told whom it should have.
  void step(Time now, Outbox& out) {
    if (membership_.on_timeout(now, out)) groups_.send_acks(out);
    for (const NodeId& node : groups_.take_outvoted()) membership_.on_outvoted(node, now, out);
    for (const NodeId& node : membership_.take_gone()) agreement_.forget(node);
    if (membership_.update_target(now)) follow_target(now, out);
    // Half: the other half is for other senders, and for what the kernel needs beside the bytes.
    groups_.set_credit(std::max(membership_.smallest_receive_buffer(), 4 * config_.datagram_bytes_max) / 2);
  }

  void follow_target(Time now, Outbox& out) {
    groups_.on_membership(agreement_.on_target(membership_.target(), now), now, out);
  }

  template <typename Frame, typename Handler>
  static bool with(const wire::RawFrame& raw, Handler handler) {
    auto frame = wire::decode_body<Frame>(raw.body);
    if (!frame) return false;
    handler(std::move(*frame));
    return true;
  }

  bool on_frame(const NodeId& from, const wire::RawFrame& raw, const Buffer& datagram, Time now, Outbox& out) {
    switch (raw.type) {
      case wire::FrameType::data:
        return with<wire::Data>(raw,
                                [&](const wire::Data& f) { groups_.on_data(f, Slice{datagram, f.records}, now, out); });
      case wire::FrameType::ack:
        return with<wire::Ack>(raw, [&](const wire::Ack& f) { groups_.on_ack(from, f, now, out); });
      case wire::FrameType::nak:
        return with<wire::Nak>(raw, [&](const wire::Nak& f) { groups_.on_nak(from, f, now, out); });
      case wire::FrameType::beacon:
        return with<wire::Beacon>(raw, [&](const wire::Beacon& f) { membership_.on_beacon(from, f); });
      case wire::FrameType::heartbeat:
        return with<wire::Heartbeat>(raw,
                                     [&](wire::Heartbeat f) { membership_.on_heartbeat(from, std::move(f), now); });
      case wire::FrameType::probe: return raw.body.empty();
      case wire::FrameType::piece:
        return with<wire::FramePiece>(raw, [&](const wire::FramePiece& f) { on_piece(from, f, now, out); });
      case wire::FrameType::leave: return with<wire::Leave>(raw, [&](wire::Leave) { membership_.on_leave(from, out); });
      default: return on_view_frame(from, raw, now, out);
    }
  }

  // A long one has no pieces and no data in it.
  void on_piece(const NodeId& from, const wire::FramePiece& piece, Time now, Outbox& out) {
    const auto whole = long_frames_.on_piece(from.incarnation, piece);
    if (!whole) return;
    Reader reader{whole->bytes()};
    const auto frame = wire::next_frame(reader);
    const bool allowed = frame && frame->type != wire::FrameType::piece && frame->type != wire::FrameType::data;
    if (!allowed || !on_frame(from, *frame, *whole, now, out)) ++counters_.datagrams_refused;
  }

  bool on_view_frame(const NodeId& from, const wire::RawFrame& raw, Time now, Outbox& out) {
    switch (raw.type) {
      case wire::FrameType::proposal:
        return with<wire::Proposal>(raw, [&](wire::Proposal f) {
          // Its sender's picture came with it or before it: take it in first.
          if (membership_.update_target(now, f.members)) follow_target(now, out);
          if (agreement_.is_straggler(from, f)) groups_.say_change(Destination::to_node(from.endpoint), out);
          groups_.on_membership(agreement_.on_proposal(from, std::move(f), now), now, out);
        });
      case wire::FrameType::sync:
        return with<wire::Sync>(raw, [&](wire::Sync f) { groups_.on_sync(from, std::move(f), now, out); });
      case wire::FrameType::completion:
        return with<wire::Completion>(raw, [&](const wire::Completion& f) { groups_.on_completion(from, f); });
      case wire::FrameType::relayed_sync:
        return with<wire::RelayedSync>(raw, [&](const wire::RelayedSync& f) { groups_.on_relayed_sync(f, now, out); });
      default: return false;
    }
  }

  const std::uint64_t domain_;
  wire::Packer packer_;
  wire::LongFrames long_frames_;
  Membership membership_;
  ViewAgreement agreement_;
  NativeGroups groups_;
  NodeCounters counters_;
  Time last_input_;
};

Node::Node(const NodeConfig& config, Rng rng) : impl_(std::make_unique<Impl>(config, rng)) {}
Node::~Node() = default;
void Node::on_start(Time now, Outbox& out) { impl_->on_start(now, out); }
void Node::on_datagram(Endpoint from, const Buffer& datagram, Time now, Outbox& out) {
  impl_->on_datagram(from, datagram, now, out);
}
void Node::on_process_exit(const NodeId& node, Time now, Outbox& out) { impl_->on_process_exit(node, now, out); }
void Node::on_unreachable(Endpoint endpoint, Time now, Outbox& out) { impl_->on_unreachable(endpoint, now, out); }
void Node::on_stored(std::uint64_t ticket, Time now, Outbox& out) { impl_->on_stored(ticket, now, out); }
void Node::on_store_failed(Time now, Outbox& out) { impl_->on_store_failed(now, out); }
void Node::on_timeout(Time now, Outbox& out) { impl_->on_timeout(now, out); }
void Node::set_backlog(bool waiting, Time now) { impl_->set_backlog(waiting, now); }
void Node::flush(Time now, Outbox& out) { impl_->flush(now, out); }
void Node::leave(Time, Outbox& out) { impl_->leave(out); }
Time Node::next_deadline() const { return impl_->next_deadline(); }
HeavyGroups& Node::groups() { return impl_->groups(); }
const View& Node::view_of(GroupId group) const { return impl_->groups().view(group); }
StableMark Node::mark() const { return impl_->groups().mark(); }
bool Node::is_stable(const StableMark& mark) const { return impl_->groups().is_stable(mark); }
bool Node::is_primary() const { return impl_->groups().primary().is_primary(); }
const NodeId& Node::self() const { return impl_->config_.self; }
NodeCounters Node::counters() const { return impl_->counters(); }
std::vector<std::pair<NodeId, HostIdentity>> Node::peers_on_this_host() const { return impl_->peers_on_this_host(); }

}  // namespace hawser
