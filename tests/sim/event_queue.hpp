// What happens next in the simulated world: a binary heap of small events.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/sim_time.hpp"
#include "transport/core/check.hpp"

namespace hawser::sim {

/// A place where a process can run; its number never changes, its processes come and go.
using Site = std::uint32_t;

/// "A", "B", … "Z", "S26", "S27"…
inline std::string site_name(Site site) {
  return site < 26 ? std::string(1, static_cast<char>('A' + site)) : "S" + std::to_string(site);
}

struct Event {
  enum class Kind : std::uint8_t {
    arrival,       ///< a datagram is at the site's sockets; value: where Network keeps it
    wake,          ///< the site's event loop has something to do
    unreachable,   ///< ICMP came back; value: the dead endpoint, packed
    process_exit,  ///< a process of this site's host has gone; value: its number
    written,       ///< a write to the site's disk is over; value: the number of the process that asked for it
    stored,        ///< what the site's store of topics was asked is done; value: as above
    give_up,       ///< an orderly leave has taken too long
  };
  Instant at;
  std::uint64_t order = 0;  ///< of two events at one instant, the one scheduled first comes first
  std::uint64_t value = 0;
  Site site = 0;
  Kind kind = Kind::wake;
};

/// Earliest first; the order is total, so that a run can be repeated exactly.
class EventQueue {
 public:
  void schedule(Instant at, Event::Kind kind, Site site, std::uint64_t value = 0) {
    heap_.push_back(Event{at, next_order_++, value, site, kind});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  /// The instant of the next event; kNeverHappens where there is none.
  [[nodiscard]] Instant next_at() const { return heap_.empty() ? kNeverHappens : heap_.front().at; }
  Event pop() {
    HAWSER_CHECK(!heap_.empty());
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
  }

 private:
  static bool later(const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }

  std::vector<Event> heap_;
  std::uint64_t next_order_ = 0;
};

}  // namespace hawser::sim
