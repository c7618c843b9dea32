// Who has what: every member's acknowledgements in one view, and what all have.
#pragma once

#include <algorithm>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// A packet is stable once every member has it: then nobody can ask for it.
class Stability {
 public:
  void start_view(std::size_t members) { received_.assign(members, std::vector<Seqno>(members)); }

  /// `received` is by rank, as long as the view; entries never go back (late acknowledgements are harmless).
  void on_ack(Rank member, const std::vector<Seqno>& received) {
    std::vector<Seqno>& row = received_[member];
    for (std::size_t rank = 0; rank < row.size(); ++rank) row[rank] = std::max(row[rank], received[rank]);
  }

  /// What each member has of `origin`'s packets, by rank.
  [[nodiscard]] std::vector<Seqno> received_of(Rank origin) const {
    std::vector<Seqno> received;
    received.reserve(received_.size());
    for (const std::vector<Seqno>& row : received_) received.push_back(row[origin]);
    return received;
  }

  /// What `member` has of everyone's packets, by rank.
  [[nodiscard]] const std::vector<Seqno>& received_by(Rank member) const { return received_[member]; }

  /// What every member has of `origin`'s packets.
  [[nodiscard]] Seqno stable(Rank origin) const {
    Seqno low{UINT64_MAX};
    for (const std::vector<Seqno>& row : received_) low = std::min(low, row[origin]);
    return received_.empty() ? Seqno{} : low;
  }

  void add_to(StateDigest& digest) const { digest.add(received_); }

 private:
  std::vector<std::vector<Seqno>> received_;  // [member][origin]
};

}  // namespace hawser
