#include "transport/multicast/stragglers.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace hawser {
namespace {

bool covers(const std::vector<Seqno>& received, const std::vector<Seqno>& reference) {
  return std::equal(received.begin(), received.end(), reference.begin(), reference.end(), std::greater_equal<>{});
}

bool is_far_behind(const std::vector<Seqno>& received, const std::vector<Seqno>& reference) {
  for (Rank rank = 0; rank < reference.size(); ++rank) {
    if (reference[rank].value >= received[rank].value + kFarBehindPackets) return true;
  }
  return false;
}

}  // namespace

void Stragglers::start_view(std::size_t members, Rank self) {
  self_ = self;
  reference_at_ = Time::min();
  reference_.assign(members, {});
  heard_.assign(members, false);
  missed_.assign(members, 0);
  votes_.assign(members, {});
}

bool Stragglers::observe(const Stability& stability, Time now) {
  if (reference_at_ != Time::min() && now < reference_at_ + kCatchUpTime) return false;
  const std::vector<Rank> before = own_votes();
  if (reference_at_ != Time::min() && now < reference_at_ + 2 * kCatchUpTime) {
    judge(stability);
  } else {
    forgive();
  }
  take_reference(stability, now);
  return own_votes() != before;
}

// What this node has sent may still be in its own queues: it counts once anybody else has it.
void Stragglers::take_reference(const Stability& stability, Time now) {
  reference_at_ = now;
  reference_ = stability.received_by(self_);
  reference_[self_] = {};
  for (Rank rank = 0; rank < reference_.size(); ++rank) {
    if (rank != self_) reference_[self_] = std::max(reference_[self_], stability.received_by(rank)[self_]);
  }
  heard_.assign(heard_.size(), false);
}

void Stragglers::forgive() {
  missed_.assign(missed_.size(), 0);
  votes_.assign(votes_.size(), {});
}

void Stragglers::judge(const Stability& stability) {
  std::vector<Rank>& behind = votes_[self_];
  behind.clear();
  for (Rank rank = 0; rank < missed_.size(); ++rank) {
    if (covers(stability.received_by(rank), reference_)) {
      missed_[rank] = 0;
    } else if (heard_[rank]) {
      missed_[rank] = is_far_behind(stability.received_by(rank), reference_) ? kCatchUpsMissedMax : missed_[rank] + 1;
    }
    if (missed_[rank] >= kCatchUpsMissedMax) behind.push_back(rank);
  }
}

void Stragglers::on_votes(Rank member, std::vector<Rank> behind) {
  std::sort(behind.begin(), behind.end());
  behind.erase(std::unique(behind.begin(), behind.end()), behind.end());
  std::erase_if(behind, [&](Rank rank) { return rank >= votes_.size(); });
  votes_[member] = std::move(behind);
}

std::vector<Rank> Stragglers::outvoted() const {
  std::vector<std::size_t> votes(votes_.size());
  for (const std::vector<Rank>& behind : votes_) {
    for (const Rank rank : behind) ++votes[rank];
  }
  std::vector<Rank> outvoted;
  for (Rank rank = 0; rank < votes.size(); ++rank) {
    if (votes[rank] * 2 > votes.size()) outvoted.push_back(rank);
  }
  return outvoted;
}

}  // namespace hawser
