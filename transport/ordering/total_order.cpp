#include "transport/ordering/total_order.hpp"

#include <algorithm>

#include "transport/core/check.hpp"
#include "transport/core/fault.hpp"

namespace hawser {

void TotalOrder::start_view(ViewId view, std::size_t members, Rank self) {
  view_ = view;
  sequencer_ = self == 0;
  waiting_.assign(members, {});
  turns_.clear();
  unsaid_.clear();
}

void TotalOrder::on_message(TotalMessage message) {
  const Rank sender = message.sender;
  waiting_[sender].push_back(std::move(message));
  if (!sequencer_) return;
  if (unsaid_.empty() || unsaid_.back().sender != sender) unsaid_.push_back({sender, 0, {}});
  ++unsaid_.back().count;
}

// view digest, then (sender, count) pairs: the digest keeps out a record that waited for the next view.
std::vector<std::byte> TotalOrder::take_sequence(std::size_t bytes_max) {
  if (unsaid_.empty()) return {};
  std::vector<std::byte> record(std::min(bytes_max, 8 + unsaid_.size() * 13));
  HAWSER_CHECK(record.size() >= kSequenceBytesMin);
  Writer writer{record};
  writer.number(view_.digest);
  std::size_t said = 0;
  for (; said < unsaid_.size() && writer.room() >= 13; ++said) {
    writer.varint(unsaid_[said].sender);
    writer.varint(unsaid_[said].count);
  }
  record.resize(writer.size());
  unsaid_.erase(unsaid_.begin(), unsaid_.begin() + static_cast<std::ptrdiff_t>(said));
  return record;
}

void TotalOrder::on_sequence(ByteView record, Seqno packet) {
  Reader reader{record};
  if (reader.number<std::uint64_t>() != view_.digest) return;
  while (reader.ok() && reader.left() > 0) {
    const std::uint64_t sender = reader.varint();
    const std::uint64_t count = reader.varint();
    if (!reader.ok() || sender >= waiting_.size() || count == 0) return;
    turns_.push_back({static_cast<Rank>(sender), count, packet});
  }
}

std::optional<TotalMessage> TotalOrder::pop(Rank sender) {
  if (waiting_[sender].empty()) return std::nullopt;
  TotalMessage message = std::move(waiting_[sender].front());
  waiting_[sender].pop_front();
  return message;
}

std::optional<Turn> TotalOrder::upcoming() const {
  if (HAWSER_FAULT("total.no_sequencer")) {
    for (const auto& queue : waiting_) {
      if (!queue.empty()) return Turn{queue.front(), {}};
    }
    return std::nullopt;
  }
  if (turns_.empty() || waiting_[turns_.front().sender].empty()) return std::nullopt;
  return Turn{waiting_[turns_.front().sender].front(), turns_.front().packet};
}

std::optional<TotalMessage> TotalOrder::next() {
  const std::optional<Turn> turn = upcoming();
  if (!turn) return std::nullopt;
  if (HAWSER_FAULT("total.no_sequencer")) return pop(turn->message.sender);
  SequenceRun& run = turns_.front();
  auto message = pop(run.sender);
  if (message && --run.count == 0) turns_.pop_front();
  return message;
}

std::optional<TotalMessage> TotalOrder::next_leftover(const std::vector<bool>& goes_on) {
  for (Rank sender = 0; sender < waiting_.size(); ++sender) {
    if (!goes_on[sender] && !HAWSER_FAULT("total.leftovers_of_everybody")) waiting_[sender].clear();
  }
  while (!turns_.empty()) {
    if (auto message = next()) return message;
    turns_.pop_front();
  }
  for (Rank sender = 0; sender < waiting_.size(); ++sender) {
    if (auto message = pop(sender)) return message;
  }
  return std::nullopt;
}

}  // namespace hawser
