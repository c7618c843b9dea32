// The simulated LAN: carries datagrams as bytes from site to site; delays, loses, doubles, reorders and cuts.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "tests/sim/event_queue.hpp"
#include "tests/sim/loss_model.hpp"
#include "tests/sim/sim_time.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/rng.hpp"

namespace hawser::sim {

/// How the LAN behaves all the time; loss and cuts come and go.
struct NetworkProfile {
  Duration delay_min = 30us;
  Duration delay_max = 80us;
  unsigned reorder_permille = 0;  ///< datagrams that may be overtaken by later ones of the same flow
  Duration reorder_delay_max = 2ms;
  unsigned duplicate_permille = 0;
  bool loop_back = false;           ///< senders hear their own multicasts, as with IP_MULTICAST_LOOP
  bool unreachable_errors = false;  ///< a unicast to a port without a process brings an ICMP error back
};

/// Where a site's processes live. The address is its host's; each restart may take another port.
Endpoint endpoint_of(Site site, std::uint32_t host, unsigned port_choice);
/// Endpoint::address and port in one number, and back.
std::uint64_t pack(Endpoint endpoint);
Endpoint unpack(std::uint64_t packed);

/// A datagram at a receiver's socket.
struct Arrival {
  Endpoint from;
  Endpoint to;  ///< where unicast
  bool multicast = false;
  Buffer bytes;
};

/// Between two sites multicast and unicast are two flows: each keeps its order unless reordering strikes, and nothing
/// orders one against the other. `queue` must outlive it.
class Network {
 public:
  Network(const NetworkProfile& profile, std::size_t sites, Rng rng, EventQueue& queue);

  /// Schedules the arrivals of `datagram`, whose bytes are copied. `listening[s]`: a process at site s hears
  /// the group.
  void send(Site from, Endpoint source, const OutboundDatagram& datagram, const std::vector<bool>& listening,
            Instant now);
  /// As send(), but every other receiver misses it: the sender died while the kernel was at it.
  void send_half(Site from, Endpoint source, const OutboundDatagram& datagram, const std::vector<bool>& listening,
                 Instant now);
  /// Sees every datagram that is sent from now on, for people who debug.
  using Tap = std::function<void(Site from, const OutboundDatagram& datagram, Instant now)>;
  void set_tap(Tap tap) { tap_ = std::move(tap); }

  /// What Event::value of an arrival names. To be taken exactly once.
  Arrival take(std::uint64_t slot);
  /// A datagram found no process at `to`: lets the sender know, if this network does that and the way back is open.
  void bounce(Site at, const Arrival& arrival, Instant now);

  /// From now on nothing gets from `from` to `to`; the other direction is untouched.
  void cut(Site from, Site to) { cut_[from * sites_ + to] = true; }
  void mend(Site from, Site to) { cut_[from * sites_ + to] = false; }
  /// Sites with different numbers don't hear each other.
  void partition(std::vector<std::uint8_t> component);
  /// What gets from `from` to `to` is held from now on…
  void clog(Site from, Site to) { clogged_[from * sites_ + to] = true; }
  /// … and comes all at once.
  void unclog(Site from, Site to, Instant now);
  void set_loss(Site receiver, const LossProfile& profile, Instant now) { loss_[receiver].change(profile, now); }
  /// No cut, no clog, no partition, no loss, no duplicates, no reordering from now on.
  void heal(Instant now);
  [[nodiscard]] bool passes(Site from, Site to) const {
    return component_[from] == component_[to] && !cut_[from * sites_ + to];
  }

  [[nodiscard]] std::size_t sites() const { return sites_; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  /// Datagrams that a clog has held.
  [[nodiscard]] std::uint64_t held() const { return held_count_; }
  /// A digest of every datagram handed to the network so far: when, from where, how long, and what is in it.
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

 private:
  void send_copy(Site from, Site to, const Arrival& what, Instant now);
  void schedule(Site from, Site to, const Arrival& what, Instant at);
  struct Held {
    Site from;
    Site to;
    Arrival what;
  };
  void note(Site from, const OutboundDatagram& datagram, Instant now);

  NetworkProfile profile_;
  std::size_t sites_;
  Rng rng_;
  EventQueue& queue_;
  std::vector<std::uint8_t> component_;
  std::vector<bool> cut_;           // [from * sites_ + to]
  std::vector<bool> clogged_;       // [from * sites_ + to]
  std::vector<Held> held_;          // in the order of sending
  std::vector<LossModel> loss_;     // by receiver
  std::vector<Instant> flow_tail_;  // [(from * sites_ + to) * 2 + multicast]: the flow's latest arrival
  std::vector<Arrival> in_flight_;
  std::vector<std::uint32_t> free_slots_;  // of in_flight_
  Tap tap_;
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t held_count_ = 0;
  std::uint64_t digest_ = 0;
};

}  // namespace hawser::sim
