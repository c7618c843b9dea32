// A node in a view with one peer, and then whatever the input says: datagrams made up or damaged, time, evidence,
// messages. It may be cut off or thrown out of its view; it must not crash, grow without bound, say what others could
// not decode, or ask its driver never to sleep.
#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "transport/core/check.hpp"
#include "transport/node.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"

namespace hawser {
namespace {

using std::chrono::milliseconds;

// An input is done within milliseconds, so that many are tried.
constexpr int kActionsMax = 100;
constexpr Duration kTimeMax = std::chrono::seconds{3};
/// Inputs have a few thousand bytes. Most of what they may hold on to are messages that have begun: of the peer one
/// bulk and one other in each of two groups.
constexpr std::size_t kGrowthBytesMax = 5 * kMessageBytesMax;
constexpr std::size_t kDatagramBytesMax = 65507;
constexpr Time kStart{std::chrono::hours{1}};
const NodeId kNode{{0x101}, {0x7f000001, 40001}};
const NodeId kPeer{{0x102}, {0x7f000001, 40002}};

NodeConfig config_of(const NodeId& self) {
  NodeConfig config;
  config.self = self;
  config.send_queue_bytes_max = 1U << 20U;
  return config;
}

template <typename Frame>
bool decodes(const wire::RawFrame& raw) {
  return raw.type == Frame::kType && wire::decode_body<Frame>(raw.body).has_value();
}

/// What a node of ours sends is good, whatever it was told.
void check_sent(ByteView datagram) {
  HAWSER_CHECK(wire::decode_header(datagram).fault == wire::HeaderFault::none);
  Reader reader{datagram.subspan(wire::kHeaderBytes)};
  while (const auto raw = wire::next_frame(reader)) {
    HAWSER_CHECK(decodes<wire::Beacon>(*raw) || decodes<wire::Heartbeat>(*raw) || decodes<wire::Probe>(*raw) ||
                 decodes<wire::Leave>(*raw) || decodes<wire::Proposal>(*raw) || decodes<wire::Sync>(*raw) ||
                 decodes<wire::Completion>(*raw) || decodes<wire::RelayedSync>(*raw) || decodes<wire::Data>(*raw) ||
                 decodes<wire::Nak>(*raw) || decodes<wire::Ack>(*raw));
  }
  HAWSER_CHECK(reader.done());
}

class Scene {
 public:
  Scene() {
    for (Side& side : sides_) {
      side.node.on_start(now_, out_);
      drain(side);
    }
    pass(milliseconds{60});
    HAWSER_CHECK(sides_[0].view.members.size() == 2 && sides_[1].view == sides_[0].view);
  }

  void act(Reader& input) {
    switch (input.number<std::uint8_t>() % 12) {
      case 0: return pass(milliseconds{input.number<std::uint8_t>()});
      case 1: return inject(kPeer, taken(input));
      case 2: return inject(stranger(input), taken(input));
      case 3: return inject_frame(input, true);
      case 4: return inject_frame(input, false);
      case 5: return replay(input);
      case 6: return multicast(input);
      case 7: return evidence(input);
      case 8: cut_ = input.number<std::uint8_t>() % 4; return;
      case 9: return forge(input);
      case 10: return pause(milliseconds{4 * input.number<std::uint8_t>()});
      default: return pass(milliseconds{1});
    }
  }

 private:
  struct Side {
    Side(const NodeId& self, std::uint64_t seed) : node(config_of(self), Rng{seed}) {}
    Node node;
    View view;
    std::deque<Buffer> inbox;
  };

  // ---- What the input asks for ----

  static ByteView taken(Reader& input) {
    return input.bytes(std::min<std::size_t>(input.number<std::uint16_t>(), input.left()));
  }
  static NodeId stranger(Reader& input) {
    const auto number = input.number<std::uint8_t>();  // The node's own incarnation and the peer's among them.
    return {{0x100U + number % 16}, {0x7f000001, static_cast<std::uint16_t>(40000 + number / 16)}};
  }
  /// `frames` behind a header that lets them in.
  void inject(const NodeId& from, ByteView frames) {
    Buffer datagram = Buffer::allocate(wire::kHeaderBytes + frames.size());
    datagram.resize(datagram.capacity());
    wire::encode_header({wire::domain_digest("default"), from.incarnation, ++counter_, 0, {}},
                        std::span{datagram.data(), datagram.size()});
    if (!frames.empty()) std::memcpy(datagram.data() + wire::kHeaderBytes, frames.data(), frames.size());
    receive(from, datagram);
  }
  /// One frame of the control group, and of the current view where that has a place in it.
  void inject_frame(Reader& input, bool with_view) {
    const auto type = input.number<std::uint8_t>();
    const ByteView rest = taken(input);
    std::vector<std::byte> frame(wire::kFrameHeaderBytes + 24 + rest.size());
    Writer writer{frame};
    writer.number(type);
    writer.number(std::uint8_t{0});
    writer.number(static_cast<std::uint16_t>(8 + (with_view ? 16 : 0) + rest.size()));
    writer.number(kControlGroup.value);
    if (with_view) {
      writer.number(sides_[0].view.id.epoch);
      writer.number(sides_[0].view.id.digest);
    }
    writer.bytes(rest);
    inject(kPeer, writer.written());
  }
  /// A word of the peer's on the next view, well-formed and near to what could be true.
  void forge(Reader& input) {
    const auto kind = input.number<std::uint8_t>();
    const View& view = sides_[0].view;
    const ViewId next{view.id.epoch + 1, input.number<std::uint8_t>()};
    const std::vector<StartChangeId> starts = near(view.start_ids, input);
    const std::vector<NodeId> both{kNode, kPeer};
    const std::vector<StartChangeId> seen = near(std::vector<StartChangeId>(2), input);
    const ViewId previous = kind % 8 < 4 ? view.id : next;
    wire::Sync sync{starts.back(), previous, {}, 0, 1, {{kControlGroup, previous, {}, {}}}};
    for (std::size_t rank = 0; rank < view.members.size(); ++rank) {
      sync.previous_members.push_back({view.members[rank].incarnation, starts[rank]});
      sync.streams.front().received.push_back({input.number<std::uint8_t>() % 4U});
    }
    const auto ahead = input.number<std::uint8_t>();
    const Seqno first{4U + ahead / 4U % 4U};
    if (ahead % 4 == 0) sync.streams.front().ahead = {{1, {first, {first.value + ahead / 16U}}}};
    switch (kind % 4) {
      case 0: return inject(wire::Proposal{starts.back(), previous, 1, true, kind % 8 < 4, both, seen});
      case 1: return inject(sync);
      case 2: return inject(wire::Completion{{next, view.members, starts}});
      default: return inject(wire::RelayedSync{view.members[kind / 8 % view.members.size()], sync});
    }
  }
  static std::vector<StartChangeId> near(std::vector<StartChangeId> ids, Reader& input) {
    for (StartChangeId& id : ids) id.value += input.number<std::uint8_t>() % 4;
    return ids;
  }
  template <typename Frame>
  void inject(const Frame& frame) {
    std::vector<std::byte> bytes(wire::kFrameHeaderBytes + wire::body_size(frame));
    Writer writer{bytes};
    wire::encode_frame(frame, writer);
    inject(kPeer, writer.written());
  }
  /// A datagram of the peer's once more, damaged in one place or cut short.
  void replay(Reader& input) {
    const auto index = input.number<std::uint8_t>();
    const auto offset = input.number<std::uint16_t>();
    const auto value = input.number<std::uint8_t>();
    if (index >= heard_.size()) return;
    Buffer datagram = Buffer::copy_of(heard_[heard_.size() - 1 - index].bytes());
    if (offset < datagram.size()) {
      datagram.data()[offset] = static_cast<std::byte>(value);
    } else {
      datagram.resize(offset % (datagram.size() + 1));
    }
    receive(kPeer, datagram);
  }
  void multicast(Reader& input) {
    const auto how = input.number<std::uint8_t>();
    const std::vector<std::byte> message(std::size_t{input.number<std::uint16_t>()});
    const ByteView part = message;
    Side& side = sides_[how % 2];
    const auto order = static_cast<Order>(how % kOrders);
    if (!side.node.groups().control().multicast(order, std::span{&part, 1}, now_, out_)) return;
    drain(side);
    if (how % 8 < 4) pass({});
  }
  /// Nobody is run for a while.
  void pause(Duration time) { now_ = std::min(now_ + time, kStart + kTimeMax); }
  void evidence(Reader& input) {
    const auto what = input.number<std::uint8_t>();
    const NodeId of = what % 2 == 0 ? kPeer : stranger(input);
    if (what % 4 < 2) {
      sides_[0].node.on_process_exit(of, now_, out_);
    } else {
      sides_[0].node.on_unreachable(of.endpoint, now_, out_);
    }
    drain(sides_[0]);
  }

  // ---- The two nodes and the network between them ----

  void receive(const NodeId& from, const Buffer& datagram) {
    if (datagram.size() > kDatagramBytesMax) return;
    sides_[0].node.on_datagram(from.endpoint, datagram, now_, out_);
    drain(sides_[0]);
  }
  void drain(Side& side) {
    side.node.flush(now_, out_);
    Side& other = &side == sides_ ? sides_[1] : sides_[0];
    const bool lost = (cut_ >> (&side == sides_ ? 0U : 1U) & 1U) != 0;
    for (const auto* list : {&out_.control, &out_.data}) {
      for (const OutboundDatagram& datagram : *list) {
        check_sent(datagram.bytes.bytes());
        const bool meant =
            datagram.destination.multicast || datagram.destination.endpoint == other.node.self().endpoint;
        if (meant && !lost) other.inbox.push_back(datagram.bytes);
      }
    }
    for (const GroupEvent& event : out_.events) {
      if (const auto* installed = std::get_if<ViewInstalled>(&event)) side.view = installed->view;
      if (const auto* message = std::get_if<Delivered>(&event)) {
        HAWSER_CHECK(message->sender < side.view.members.size());
      }
    }
    out_ = {};
  }
  /// Empties the inboxes, then serves all deadlines of the next `time`.
  void pass(Duration time) {
    const Time until = std::min(now_ + time, kStart + kTimeMax);
    for (;;) {
      deliver();
      Time next = kNever;
      for (Side& side : sides_) next = std::min(next, side.node.next_deadline());
      if (next > until) break;
      now_ = std::max(now_, next);
      for (Side& side : sides_) {
        if (side.node.next_deadline() > now_) continue;
        side.node.on_timeout(now_, out_);
        drain(side);
        HAWSER_CHECK(side.node.next_deadline() > now_);
      }
    }
    now_ = until;
  }
  void deliver() {
    while (!sides_[0].inbox.empty() || !sides_[1].inbox.empty()) {
      for (Side& side : sides_) {
        if (side.inbox.empty()) continue;
        const Buffer datagram = std::move(side.inbox.front());
        side.inbox.pop_front();
        const bool to_peer = &side != sides_;
        if (!to_peer) remember(datagram);
        side.node.on_datagram(to_peer ? kNode.endpoint : kPeer.endpoint, datagram, now_, out_);
        drain(side);
      }
    }
  }
  void remember(const Buffer& datagram) {
    heard_.push_back(datagram);
    if (heard_.size() > 32) heard_.pop_front();
  }

  Side sides_[2]{{kNode, 1}, {kPeer, 2}};  // The first is under test; the second is told nothing but by the first.
  Time now_ = kStart;
  Outbox out_;
  std::deque<Buffer> heard_;
  std::uint64_t counter_ = 1U << 20U;
  unsigned cut_ = 0;  // bit 0: the node is not heard; bit 1: the peer is not heard
};

}  // namespace
}  // namespace hawser

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::size_t before = __sanitizer_get_current_allocated_bytes();
  hawser::Scene scene;
  hawser::Reader input{std::as_bytes(std::span{bytes, size})};
  for (int i = 0; i < hawser::kActionsMax && input.ok() && input.left() > 0; ++i) scene.act(input);
  HAWSER_CHECK(__sanitizer_get_current_allocated_bytes() < before + hawser::kGrowthBytesMax);
  return 0;
}
