#include "transport/group_orders.hpp"

#include <utility>

#include "transport/core/fault.hpp"

namespace hawser {
namespace {

RecordKind kind_of(const TotalMessage& message) { return static_cast<RecordKind>(message.kind); }

}  // namespace

void GroupOrders::start_view(ViewId view, std::size_t members, Rank self) {
  total_.start_view(view, members, self);
  causal_.start_view(view, members);
  clock_ = {std::vector<Seqno>(members), 0};
  taken_.assign(members, {});
  safe_waiting_ = 0;
  last_.assign(members, {});
}

void GroupOrders::on_message(Rank sender, Seqno packet, RecordKind kind, Slice message) {
  if (kind == RecordKind::causal) {
    static_cast<void>(causal_.on_message(sender, packet, message));  // no sender of ours stamps it wrongly
  } else if (kind == RecordKind::sequence) {
    if (sender == 0) total_.on_sequence(message.bytes(), packet);
  } else if (kind == RecordKind::gbcast) {
    last_[sender].push_back(std::move(message));
  } else {
    if (kind == RecordKind::safe) ++safe_waiting_;
    total_.on_message({sender, static_cast<std::uint8_t>(kind), packet, std::move(message)});
  }
}

std::optional<OrderedMessage> GroupOrders::next(const Stability& stability) {
  const std::optional<Turn> turn = total_.upcoming();
  if (!turn || !may_pass(*turn, stability)) return next_causal();
  ++clock_.total_messages;
  return take_total(*total_.next());
}

bool GroupOrders::may_pass(const Turn& turn, const Stability& stability) const {
  if (kind_of(turn.message) != RecordKind::safe || HAWSER_FAULT("safe.delivered_at_once")) return true;
  if (stability.stable(turn.message.sender) < turn.message.packet || stability.stable(0) < turn.said) return false;
  for (Rank rank = 0; rank < taken_.size(); ++rank) {
    if (stability.stable(rank) < taken_[rank] && !HAWSER_FAULT("safe.not_after_what_all_have")) return false;
  }
  return true;
}

std::optional<OrderedMessage> GroupOrders::next_overtaken() {
  auto message = total_.next();
  if (!message) return next_causal();
  ++clock_.total_messages;
  return take_overtaken(std::move(*message));
}

std::optional<OrderedMessage> GroupOrders::next_leftover(const std::vector<bool>& goes_on) {
  if (auto message = total_.next_leftover(goes_on)) return take_overtaken(std::move(*message));
  for (Rank sender = 0; sender < last_.size(); ++sender) {
    if (last_[sender].empty()) continue;
    OrderedMessage message{sender, RecordKind::gbcast, std::move(last_[sender].front())};
    last_[sender].pop_front();
    return message;
  }
  return std::nullopt;
}

OrderedMessage GroupOrders::take_overtaken(TotalMessage message) {
  OrderedMessage ordered = take_total(std::move(message));
  if (ordered.kind == RecordKind::safe) ordered.kind = RecordKind::total;
  return ordered;
}

OrderedMessage GroupOrders::take_total(TotalMessage message) {
  const RecordKind kind = kind_of(message);
  if (kind == RecordKind::safe) --safe_waiting_;
  taken_[message.sender] = message.packet;
  return {message.sender, kind, std::move(message.payload)};
}

std::optional<OrderedMessage> GroupOrders::next_causal() {
  if (!causal_.has_waiting()) return std::nullopt;
  auto message = causal_.next(clock_);
  if (!message) return std::nullopt;
  return OrderedMessage{message->sender, RecordKind::causal, std::move(message->payload)};
}

}  // namespace hawser
