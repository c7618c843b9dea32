#include "transport/multicast/receive_window.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "transport/core/check.hpp"

namespace hawser {

const ReceiveWindow::Slot* ReceiveWindow::slot(Seqno seqno) const {
  if (seqno <= released_ || seqno.value > released_.value + slots_.size()) return nullptr;
  return &slots_[seqno.value - released_.value - 1];
}

bool ReceiveWindow::on_packet(Seqno seqno, Slice records) {
  if (seqno <= contiguous_ || seqno.value > released_.value + kReceiveWindowPackets) return false;
  on_announced(seqno);
  const std::uint64_t index = seqno.value - released_.value - 1;
  if (index >= slots_.size()) slots_.resize(index + 1);
  Slot& slot = slots_[index];
  if (slot.here) return false;
  slot.records = std::move(records);
  slot.here = true;
  while (contiguous_.value - released_.value < slots_.size() && slots_[contiguous_.value - released_.value].here) {
    ++contiguous_.value;
  }
  return true;
}

const Slice* ReceiveWindow::next() const {
  if (delivered_ == contiguous_) return nullptr;
  return &slots_[delivered_.value - released_.value].records;
}

void ReceiveWindow::taken() {
  ++delivered_.value;
  if (!ahead_.empty() && ahead_.front().last <= delivered_) ahead_.erase(ahead_.begin());
}

void ReceiveWindow::go_ahead(Seqno seqno) {
  const auto after = std::find_if(ahead_.begin(), ahead_.end(), [&](const auto& range) { return range.first > seqno; });
  const bool joins_after = after != ahead_.end() && after->first.value == seqno.value + 1;
  const auto before = after == ahead_.begin() ? ahead_.end() : std::prev(after);
  const bool joins_before = before != ahead_.end() && before->last.value + 1 == seqno.value;
  if (joins_before && joins_after) {
    before->last = after->last;
    ahead_.erase(after);
  } else if (joins_before) {
    before->last = seqno;
  } else if (joins_after) {
    after->first = seqno;
  } else {
    ahead_.insert(after, {seqno, seqno});
  }
}

bool ReceiveWindow::is_ahead(Seqno seqno) const {
  return std::any_of(ahead_.begin(), ahead_.end(),
                     [&](const auto& range) { return range.first <= seqno && seqno <= range.last; });
}

std::vector<wire::SeqnoRange> ReceiveWindow::ahead() const {
  std::vector<wire::SeqnoRange> beyond;
  for (const auto& [first, last] : ahead_) {
    if (last > contiguous_) beyond.push_back({std::max(first, Seqno{contiguous_.value + 1}), last});
  }
  return beyond;
}

void ReceiveWindow::release(Seqno seqno) {
  const Seqno through = std::min(seqno, delivered_);
  while (released_ < through) {
    slots_.pop_front();
    ++released_.value;
  }
}

bool ReceiveWindow::was_repaired(Seqno seqno, Time now) const {
  const Slot* found = slot(seqno);
  return found != nullptr && found->repaired != Time::min() && now - found->repaired < kRepairInterval;
}

void ReceiveWindow::on_repaired(Seqno seqno, Time now) {
  HAWSER_CHECK(held(seqno) != nullptr);
  slots_[seqno.value - released_.value - 1].repaired = now;
}

const Slice* ReceiveWindow::held(Seqno seqno) const {
  const Slot* found = slot(seqno);
  return found != nullptr && found->here ? &found->records : nullptr;
}

std::vector<wire::SeqnoRange> ReceiveWindow::missing_of(wire::SeqnoRange packets, std::size_t ranges_max) const {
  std::vector<wire::SeqnoRange> ranges;
  for (Seqno seqno = std::max(packets.first, Seqno{contiguous_.value + 1}); seqno <= packets.last; ++seqno.value) {
    const Slot* found = slot(seqno);
    if (found != nullptr && found->here) continue;
    if (!ranges.empty() && ranges.back().last.value + 1 == seqno.value) {
      ranges.back().last = seqno;
    } else {
      if (ranges.size() == ranges_max) break;
      ranges.push_back({seqno, seqno});
    }
    if (found == nullptr && seqno > highest()) {
      ranges.back().last = packets.last;
      break;
    }
  }
  return ranges;
}

}  // namespace hawser
