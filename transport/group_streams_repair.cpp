// What a group's members lack, and how they get it.
#include <algorithm>
#include <utility>

#include "transport/core/fault.hpp"
#include "transport/group_streams.hpp"

namespace hawser {

void GroupStreams::on_nak(const NodeId& from, const wire::Nak& nak, Time now, Outbox& out) {
  if (HAWSER_FAULT("multicast.repair_forgotten")) return;
  const Destination asker = Destination::to_node(from.endpoint);
  if (in_view() && nak.view == view_.id) {
    const auto rank = view_.rank_of(from);
    const bool alone = rank && laggards_.is_slow(*rank);
    return repair(nak, windows_, alone ? asker : Destination::to_group(group_), now, out);
  }
  for (Former& former : formers_) {
    if (nak.view == former.id) return repair(nak, former.windows, asker, now, out);
  }
}

// In the current view a repair is multicast: others who miss the same packet need not ask. In a former one only the
// asker is still there, and what a slow one misses most of the others have.
void GroupStreams::repair(const wire::Nak& nak, std::vector<ReceiveWindow>& windows, Destination to, Time now,
                          Outbox& out) {
  if (nak.origin >= windows.size()) return;
  ReceiveWindow& window = windows[nak.origin];
  RepairBudget& budget = to.multicast ? around_.repairs : around_.repairs_alone;
  std::size_t left = kRepairsPerNakMax;
  for (const wire::SeqnoRange& range : nak.missing) {
    const Seqno last = std::min(range.last, window.highest());
    for (Seqno seqno = std::max(range.first, Seqno{window.released().value + 1}); seqno <= last; ++seqno.value) {
      const Slice* records = window.held(seqno);
      if (records == nullptr || (to.multicast && window.was_repaired(seqno, now))) continue;
      if (left-- == 0 || !budget.take(credit_cost(records->size()), around_.credit_bytes, now)) {
        ++around_.counters.repairs_put_off;
        return;
      }
      if (to.multicast) window.on_repaired(seqno, now);
      const wire::Data data{group_, nak.view, nak.origin, seqno, {}, records->bytes()};
      out.data.push_back({to, around_.packer.datagram_of(data)});
      ++around_.counters.packets_repaired;
      if (&windows != &windows_ || nak.origin != self_rank_) ++around_.counters.repairs_for_others;
    }
  }
}

GroupStreams::Lack GroupStreams::lack_of(Rank rank, const StreamsEnd* end) const {
  const ReceiveWindow& window = windows_[rank];
  if (end == nullptr) return {window.missing(window.announced(), kNakRangesMax), view_.members[rank]};
  Lack lack{window.missing(end->cut[rank], kNakRangesMax), end->holders[rank]};
  for (const auto& [packets, holder] : end->ahead) {
    if (!lack.missing.empty()) break;
    if (packets.origin == rank) lack = {window.missing_of(packets.seqnos, kNakRangesMax), holder};
  }
  return lack;
}

void GroupStreams::check_gaps(const StreamsEnd* end, Time now, Outbox& out) {
  for (Rank rank = 0; rank < windows_.size(); ++rank) {
    Lack lack = lack_of(rank, end);
    if (lack.missing.empty() || lack.holder == around_.self) {
      naks_[rank].on_no_gap();
      continue;
    }
    naks_[rank].on_gap({lack.missing.front().first.value - 1}, nak_times_, rng_, now);
    if (!naks_[rank].due(nak_times_, rng_, now)) continue;
    const wire::Nak nak{group_, view_.id, rank, std::move(lack.missing)};
    around_.packer.send(Destination::to_node(lack.holder.endpoint), nak, out);
  }
}

}  // namespace hawser
