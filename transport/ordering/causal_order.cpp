#include "transport/ordering/causal_order.hpp"

#include <algorithm>

#include "transport/core/fault.hpp"
#include "transport/wire/byte_io.hpp"

namespace hawser {
namespace {

constexpr std::size_t kVarintBytesMax = 10;
constexpr std::size_t kReachBytesMin = 3;

// View digest, messages of the total order, count; then for each rank that is news: rank, packet, and how far the
// causal messages are behind that.
struct Stamp {
  std::uint64_t view = 0;
  std::uint64_t total_messages = 0;
  std::size_t count = 0;
};

Stamp read_stamp(Reader& in) {
  Stamp stamp;
  stamp.view = in.number<std::uint64_t>();
  stamp.total_messages = in.varint();
  stamp.count = in.count(kReachBytesMin);
  return stamp;
}

}  // namespace

void CausalOrder::start_view(ViewId view, std::size_t members) {
  view_ = view;
  said_.assign(members, {});
  waiting_.assign(members, {});
}

std::vector<std::byte> CausalOrder::stamp(const CausalClock& clock) const {
  std::vector<std::byte> bytes(8 + 3 * kVarintBytesMax * (1 + said_.size()));
  Writer out{bytes};
  std::vector<Dependency> news;
  for (Rank rank = 0; rank < said_.size(); ++rank) {
    const Reach now = reach(rank, clock);
    if (now != said_[rank]) news.push_back({rank, now});
  }
  out.number(view_.digest);
  out.varint(clock.total_messages);
  out.varint(news.size());
  for (const Dependency& dependency : news) {
    out.varint(dependency.rank);
    out.varint(dependency.reach.packet.value);
    out.varint(dependency.reach.packet.value - dependency.reach.causal.value);
  }
  bytes.resize(out.size());
  return bytes;
}

void CausalOrder::on_stamped(const CausalClock& clock) {
  for (Rank rank = 0; rank < said_.size(); ++rank) said_[rank] = reach(rank, clock);
}

Slice CausalOrder::without_stamp(const Slice& message) {
  Reader in{message.bytes()};
  const Stamp stamp = read_stamp(in);
  for (std::size_t left = 3 * stamp.count; left > 0 && in.ok(); --left) static_cast<void>(in.varint());
  return message.subslice(message.size() - in.left());
}

bool CausalOrder::on_message(Rank sender, Seqno packet, const Slice& message) {
  Reader in{message.bytes()};
  const Stamp stamp = read_stamp(in);
  Waiting waiting{packet, stamp.total_messages, {}, {}};
  for (std::size_t left = stamp.count; left > 0 && in.ok(); --left) {
    const std::uint64_t rank = in.varint();
    const std::uint64_t through = in.varint();
    const std::uint64_t behind = in.varint();
    if (rank > UINT16_MAX || behind > through) in.fail();
    waiting.dependencies.push_back({static_cast<Rank>(rank), {{through}, {through - behind}}});
  }
  if (!in.ok()) return false;
  if (stamp.view != view_.digest) {
    waiting.total_messages = 0;
    waiting.dependencies.clear();
  }
  waiting.payload = message.subslice(message.size() - in.left());
  waiting_[sender].push_back(std::move(waiting));
  return true;
}

CausalOrder::Reach CausalOrder::reach(Rank rank, const CausalClock& clock) const {
  const Seqno packet = clock.packets[rank];
  if (waiting_[rank].empty()) return {packet, packet};
  return {packet, std::min(packet, Seqno{waiting_[rank].front().packet.value - 1})};
}

bool CausalOrder::is_due(const Waiting& message, const CausalClock& clock) const {
  if (HAWSER_FAULT("causal.waits_for_nothing")) return true;
  if (clock.total_messages < message.total_messages) return false;
  return std::all_of(message.dependencies.begin(), message.dependencies.end(), [&](const Dependency& dependency) {
    if (dependency.rank >= waiting_.size()) return false;
    const Reach here = reach(dependency.rank, clock);
    return here.packet >= dependency.reach.packet && here.causal >= dependency.reach.causal;
  });
}

bool CausalOrder::has_waiting() const {
  return std::any_of(waiting_.begin(), waiting_.end(), [](const auto& queue) { return !queue.empty(); });
}

std::optional<CausalMessage> CausalOrder::next(const CausalClock& clock) {
  for (Rank sender = 0; sender < waiting_.size(); ++sender) {
    if (waiting_[sender].empty() || !is_due(waiting_[sender].front(), clock)) continue;
    CausalMessage message{sender, std::move(waiting_[sender].front().payload)};
    waiting_[sender].pop_front();
    return message;
  }
  return std::nullopt;
}

}  // namespace hawser
