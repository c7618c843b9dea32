// Who has what: every member's acknowledgements in one view, and what all have.
#pragma once

#include <algorithm>
#include <vector>

#include "transport/core/ids.hpp"

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

  /// What every member has of `origin`'s packets.
  [[nodiscard]] Seqno stable(Rank origin) const {
    Seqno low{UINT64_MAX};
    for (const std::vector<Seqno>& row : received_) low = std::min(low, row[origin]);
    return received_.empty() ? Seqno{} : low;
  }

 private:
  std::vector<std::vector<Seqno>> received_;  // [member][origin]
};

}  // namespace hawser
