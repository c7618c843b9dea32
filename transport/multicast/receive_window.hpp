// One member's stream in one view, as held here: what came, what is missing, what may be forgotten.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/limits.hpp"
#include "transport/core/state_digest.hpp"
#include "transport/core/time.hpp"
#include "transport/wire/frames.hpp"

namespace hawser {

/// The same packet is not repaired for all twice within this, the most that a round trip on a LAN takes: the first may
/// be on its way still. Who asked, and was answered alone, waits for longer before it asks again (NakTimes).
inline constexpr Duration kRepairInterval = std::chrono::milliseconds{3};

/// Invariant: released ≤ delivered ≤ contiguous ≤ last heard of; packets in (released, highest] may be held. Those
/// ahead are beyond `delivered`, and held.
class ReceiveWindow {
 public:
  /// Keeps the packet. False where it is a duplicate, or too far ahead.
  bool on_packet(Seqno seqno, Slice records);
  /// The sender says that it has sent this many.
  void on_announced(Seqno last) { announced_ = std::max(announced_, last); }

  /// The next packet in order that was not taken yet; nullptr where it is missing.
  [[nodiscard]] const Slice* next() const;
  void taken();

  /// Notes that this packet, which is held and beyond what was delivered, has been looked into ahead of its turn.
  void go_ahead(Seqno seqno);
  [[nodiscard]] bool is_ahead(Seqno seqno) const;
  /// Which packets were, beyond the gap: ascending, disjoint.
  [[nodiscard]] std::vector<wire::SeqnoRange> ahead() const;
  [[nodiscard]] std::size_t ranges_ahead() const { return ahead_.size(); }

  /// Every member has all up to `seqno`: forget what was delivered of it.
  void release(Seqno seqno);

  /// The packet; nullptr where it is not held.
  [[nodiscard]] const Slice* held(Seqno seqno) const;
  /// It goes to all once more. It must be held.
  void on_repaired(Seqno seqno, Time now);
  /// It did so within kRepairInterval.
  [[nodiscard]] bool was_repaired(Seqno seqno, Time now) const;

  [[nodiscard]] Seqno contiguous() const { return contiguous_; }
  [[nodiscard]] Seqno delivered() const { return delivered_; }
  [[nodiscard]] Seqno released() const { return released_; }
  [[nodiscard]] bool has_gap() const { return contiguous_ < announced_; }
  /// What is missing up to `through`, at most `ranges_max` ranges, ascending.
  [[nodiscard]] std::vector<wire::SeqnoRange> missing(Seqno through, std::size_t ranges_max) const {
    return missing_of({{contiguous_.value + 1}, through}, ranges_max);
  }
  /// What is missing of these, likewise.
  [[nodiscard]] std::vector<wire::SeqnoRange> missing_of(wire::SeqnoRange packets, std::size_t ranges_max) const;
  /// Nothing is held beyond this one.
  [[nodiscard]] Seqno highest() const { return {released_.value + slots_.size()}; }
  [[nodiscard]] Seqno announced() const { return announced_; }

  void add_to(StateDigest& digest) const { digest.add(slots_, ahead_, released_, delivered_, contiguous_, announced_); }

 private:
  struct Slot {
    Slice records;
    bool here = false;
    Time repaired = Time::min();
    void add_to(StateDigest& digest) const {
      digest.add(records, here);
      digest.add_past(repaired, kRepairInterval);
    }
  };
  [[nodiscard]] const Slot* slot(Seqno seqno) const;

  std::deque<Slot> slots_;               // slots_[i] is number released_ + 1 + i
  std::vector<wire::SeqnoRange> ahead_;  // Ascending, disjoint, not touching.
  Seqno released_;
  Seqno delivered_;
  Seqno contiguous_;
  Seqno announced_;
};

}  // namespace hawser
