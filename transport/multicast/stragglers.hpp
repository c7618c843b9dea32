// Who stays behind for so long that the others had better go on without it. Each member of a view judges by the
// acknowledgements that it hears, and says whom it finds behind with its own; what most members say is carried out
// (membership/quarantine.hpp).
//
// A member is behind while it says that it lacks something that this node has had for kCatchUpTime, and of this node's
// own stream what another member has had. It is time that counts, not packets: whoever keeps up is never behind,
// however much is on its way, and a node that is slow itself finds nobody behind. But who is behind by so much that it
// is about to hold up the sender (kUnstablePacketsMax) has no more time: that would stop everybody.
#pragma once

#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/time.hpp"
#include "transport/multicast/send_window.hpp"
#include "transport/multicast/stability.hpp"

namespace hawser {

inline constexpr Duration kCatchUpTime = std::chrono::milliseconds{125};
/// Who is behind so many times on end is a straggler,
inline constexpr int kCatchUpsMissedMax = 16;
/// … or so many packets of one stream: half of what a sender may have on its way.
inline constexpr std::uint64_t kFarBehindPackets = kUnstablePacketsMax / 2;

/// Threads: single-threaded.
class Stragglers {
 public:
  void start_view(std::size_t members, Rank self);

  /// To be called from time to time. After a gap of more than twice kCatchUpTime nothing is held against anybody any
  /// more: this node did not run, or there was nothing to have. True where own_votes() have changed.
  bool observe(const Stability& stability, Time now);
  /// `member` says what it has, in whatever view it is: one that can't follow into this one stays behind, too.
  void on_heard(Rank member) { heard_[member] = true; }
  /// `member` finds these behind. Ranks that the view does not have are left out.
  void on_votes(Rank member, std::vector<Rank> behind);

  /// Whom this node finds behind, ascending.
  [[nodiscard]] std::vector<Rank> own_votes() const { return votes_.empty() ? std::vector<Rank>{} : votes_[self_]; }
  /// Whom more than half of all members find behind, ascending.
  [[nodiscard]] std::vector<Rank> outvoted() const;

 private:
  void judge(const Stability& stability);
  void forgive();
  void take_reference(const Stability& stability, Time now);

  Rank self_ = 0;
  Time reference_at_ = Time::min();
  std::vector<Seqno> reference_;          // what this node had then, by rank
  std::vector<bool> heard_;               // by rank: it has said since what it has
  std::vector<int> missed_;               // by rank: how often on end it has not caught up in time
  std::vector<std::vector<Rank>> votes_;  // by voter
};

}  // namespace hawser
