#include "transport/multicast/laggards.hpp"

#include <algorithm>

namespace hawser {

void Laggards::start_view(std::size_t members) {
  members_.assign(members, {});
  observed_at_ = Time::min();
}

std::vector<Rank> Laggards::observe(const std::vector<Seqno>& acknowledged, Seqno sent, bool held_up, Time now) {
  const Duration elapsed = observed_at_ == Time::min() ? Duration{} : std::min(now - observed_at_, kLagObservedMax);
  observed_at_ = now;
  const std::vector<bool> blamed = held_up ? to_blame(acknowledged, sent) : std::vector<bool>(members_.size(), false);
  const std::uint64_t of_the_others = credited(acknowledged).value;
  const std::uint64_t on_the_way = sent.value - of_the_others;
  std::vector<Rank> slow;
  for (Rank rank = 0; rank < members_.size(); ++rank) {
    Member& member = members_[rank];
    if (member.slow) {
      if (acknowledged[rank].value + on_the_way >= of_the_others) member = {};
      continue;
    }
    member.blame = std::max(member.blame + (blamed[rank] ? elapsed : -kLagForgiveness * elapsed), Duration{});
    if (member.blame < kLagPatience) continue;
    member.slow = true;
    slow.push_back(rank);
  }
  return slow;
}

std::vector<bool> Laggards::to_blame(const std::vector<Seqno>& acknowledged, Seqno sent) const {
  const Seqno stable = credited(acknowledged);
  const Seqno middle{stable.value + (sent.value - stable.value + 1) / 2};
  std::vector<bool> blamed(members_.size());
  std::size_t behind = 0;
  for (Rank rank = 0; rank < members_.size(); ++rank) {
    blamed[rank] = !members_[rank].slow && acknowledged[rank] < middle;
    if (members_[rank].slow || blamed[rank]) ++behind;
  }
  if (behind * 2 >= members_.size()) blamed.assign(members_.size(), false);
  return blamed;
}

Seqno Laggards::credited(const std::vector<Seqno>& acknowledged) const {
  Seqno low{UINT64_MAX};
  for (Rank rank = 0; rank < members_.size(); ++rank) {
    if (!members_[rank].slow) low = std::min(low, acknowledged[rank]);
  }
  return members_.empty() ? Seqno{} : low;
}

}  // namespace hawser
