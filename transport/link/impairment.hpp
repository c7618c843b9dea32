// Makes a good network a bad one: what has come is delayed, lost or doubled before the node sees it. For trying out how
// an application and Hawser itself bear that; what goes to each node has a fate of its own, as on a real network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "transport/core/result.hpp"
#include "transport/core/rng.hpp"
#include "transport/core/time.hpp"
#include "transport/link/received_datagram.hpp"

namespace hawser {

struct ImpairmentConfig {
  Duration delay{};                       ///< of every datagram
  Duration jitter{};                      ///< up to so much more, of each its own: so they overtake each other
  std::uint32_t loss_per_million = 0;     ///< of the datagrams
  std::uint32_t doubled_per_million = 0;  ///< of those that are not lost: they come twice, with a jitter each
  std::uint64_t seed = 1;                 ///< the same seed, the same fates
  bool operator==(const ImpairmentConfig&) const = default;
};

/// "delay=5ms,jitter=200us,loss=1%,duplicate=0.1%,seed=7": any of these, in any order, once each. Units of time: us, ms
/// and s, up to 10 s.
/// Errors: invalid_argument  the message names the part that is wrong, and what may stand there.
Result<ImpairmentConfig> parse_impairment(std::string_view text);

/// Threads: single-threaded.
class Impairment {
 public:
  explicit Impairment(const ImpairmentConfig& config) : config_(config), rng_(config.seed) {}

  /// Decides what becomes of it. Where kHeldBytesMax are held already, it is lost, as in any full queue.
  void on_datagram(ReceivedDatagram datagram, Time now);
  /// Appends those whose time has come, by their times.
  void release(Time now, std::vector<ReceivedDatagram>& into);
  /// When the next is due; kNever where none is held.
  [[nodiscard]] Time next_deadline() const { return held_.empty() ? kNever : held_.begin()->first; }

  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::uint64_t doubled() const { return doubled_; }

  static constexpr std::size_t kHeldBytesMax = std::size_t{64} << 20U;

 private:
  void hold(ReceivedDatagram datagram, Time now);

  const ImpairmentConfig config_;
  Rng rng_;
  std::multimap<Time, ReceivedDatagram> held_;  // Of equal times, in the order in which they came.
  std::size_t held_bytes_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t doubled_ = 0;
};

}  // namespace hawser
