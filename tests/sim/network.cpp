#include "tests/sim/network.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hawser::sim {
namespace {

constexpr std::uint32_t kFirstAddress = 0x0a000001;  // 10.0.0.1
constexpr unsigned kFirstPort = 40000;
constexpr unsigned kPortsPerSite = 64;
// A clogged switch has memory for so many datagrams of all links together; it drops the rest.
constexpr std::size_t kHeldMax = 20'000;

Site site_of(Endpoint endpoint) { return (endpoint.port - kFirstPort) / kPortsPerSite; }

// The bytes' digest, cheap enough for every datagram: eight at a time.
std::uint64_t digest_bytes(ByteView bytes, std::uint64_t digest) {
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    digest = (digest ^ word) * 0x9e3779b97f4a7c15U;
    digest ^= digest >> 32U;
  }
  for (; at < bytes.size(); ++at) digest = (digest ^ static_cast<std::uint64_t>(bytes[at])) * 0x9e3779b97f4a7c15U;
  return digest;
}

}  // namespace

Endpoint endpoint_of(Site site, std::uint32_t host, unsigned port_choice) {
  return {kFirstAddress + host,
          static_cast<std::uint16_t>(kFirstPort + site * kPortsPerSite + port_choice % kPortsPerSite)};
}

std::uint64_t pack(Endpoint endpoint) { return (std::uint64_t{endpoint.address} << 16U) | endpoint.port; }

Endpoint unpack(std::uint64_t packed) {
  return {static_cast<std::uint32_t>(packed >> 16U), static_cast<std::uint16_t>(packed & 0xffffU)};
}

Network::Network(const NetworkProfile& profile, std::size_t sites, Rng rng, EventQueue& queue)
    : profile_(profile),
      sites_(sites),
      rng_(rng),
      queue_(queue),
      component_(sites, 0),
      cut_(sites * sites, false),
      clogged_(sites * sites, false),
      loss_(sites),
      flow_tail_(sites * sites * 2) {}

void Network::send(Site from, Endpoint source, const OutboundDatagram& datagram, const std::vector<bool>& listening,
                   Instant now) {
  note(from, datagram, now);
  const Arrival copy{source, datagram.destination.endpoint, datagram.destination.multicast,
                     Buffer::copy_of(datagram.bytes.bytes())};
  if (!copy.multicast) {
    const Site to = site_of(copy.to);
    if (to < sites_) send_copy(from, to, copy, now);
    return;
  }
  for (Site to = 0; to < sites_; ++to) {
    if (listening[to] && (to != from || profile_.loop_back)) send_copy(from, to, copy, now);
  }
}

void Network::send_half(Site from, Endpoint source, const OutboundDatagram& datagram,
                        const std::vector<bool>& listening, Instant now) {
  std::vector<bool> half = listening;
  const auto parity = static_cast<Site>(rng_.below(2));
  for (Site to = 0; to < sites_; ++to) half[to] = half[to] && to % 2 == parity;
  send(from, source, datagram, half, now);
}

Arrival Network::take(std::uint64_t slot) {
  Arrival arrival = std::move(in_flight_[slot]);
  free_slots_.push_back(static_cast<std::uint32_t>(slot));
  return arrival;
}

void Network::bounce(Site at, const Arrival& arrival, Instant now) {
  const Site sender = site_of(arrival.from);
  if (!profile_.unreachable_errors || arrival.multicast || !passes(at, sender)) return;
  queue_.schedule(now + rng_.between(profile_.delay_min, profile_.delay_max), Event::Kind::unreachable, sender,
                  pack(arrival.to));
}

void Network::partition(std::vector<std::uint8_t> component) {
  HAWSER_CHECK(component.size() == sites_);
  component_ = std::move(component);
}

void Network::heal(Instant now) {
  std::fill(component_.begin(), component_.end(), std::uint8_t{0});
  std::fill(cut_.begin(), cut_.end(), false);
  for (Site from = 0; from < sites_; ++from) {
    for (Site to = 0; to < sites_; ++to) unclog(from, to, now);
  }
  for (LossModel& loss : loss_) loss.change({}, now);
  profile_.reorder_permille = 0;
  profile_.duplicate_permille = 0;
}

void Network::send_copy(Site from, Site to, const Arrival& what, Instant now) {
  if (!passes(from, to)) return;
  if (loss_[to].drops(now, rng_)) {
    ++lost_;
    return;
  }
  if (clogged_[from * sites_ + to]) {
    if (held_.size() == kHeldMax) return;
    ++held_count_;
    held_.push_back({from, to, what});
    return;
  }
  Instant at = now + rng_.between(profile_.delay_min, profile_.delay_max);
  Instant& tail = flow_tail_[(from * sites_ + to) * 2 + (what.multicast ? 1 : 0)];
  if (profile_.reorder_permille > 0 && rng_.permille(profile_.reorder_permille)) {
    at += rng_.between(Duration{}, profile_.reorder_delay_max);
  } else {
    tail = at = std::max(at, tail);
  }
  schedule(from, to, what, at);
  if (profile_.duplicate_permille > 0 && rng_.permille(profile_.duplicate_permille)) {
    schedule(from, to, what, at + rng_.between(Duration{}, profile_.reorder_delay_max));
  }
}

// At the same instant, so that the receiver's socket has to take them as one burst; each flow in its order.
void Network::unclog(Site from, Site to, Instant now) {
  clogged_[from * sites_ + to] = false;
  const Instant at = now + profile_.delay_max;
  std::erase_if(held_, [&](const Held& held) {
    if (held.from != from || held.to != to) return false;
    Instant& tail = flow_tail_[(from * sites_ + to) * 2 + (held.what.multicast ? 1 : 0)];
    tail = std::max(at, tail);
    schedule(from, to, held.what, tail);
    return true;
  });
}

void Network::schedule(Site /*from*/, Site to, const Arrival& what, Instant at) {
  std::uint64_t slot = in_flight_.size();
  if (free_slots_.empty()) {
    in_flight_.push_back(what);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    in_flight_[slot] = what;
  }
  queue_.schedule(at, Event::Kind::arrival, to, slot);
}

void Network::note(Site from, const OutboundDatagram& datagram, Instant now) {
  ++sent_;
  if (tap_) tap_(from, datagram, now);
  digest_ = digest_bytes(datagram.bytes.bytes(), digest_ ^ static_cast<std::uint64_t>(now.time_since_epoch().count()));
  digest_ = mix64(digest_ ^ from ^ pack(datagram.destination.endpoint));
}

}  // namespace hawser::sim
