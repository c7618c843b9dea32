#include "tests/sim/hard_faults.hpp"

#include <algorithm>
#include <utility>

#include "transport/node.hpp"

namespace hawser::sim {
namespace {

constexpr Duration kGapMax = 6s;
const Duration kSilence = NodeConfig{}.silence_timeout;
// So long nobody is taken for gone yet.
const Duration kBorne = kSilence * 7 / 8;
// For one datagram. A node reads up to 64 before it looks at its clock again: with more it would find itself paused.
const Duration kCostMax = kSilence * 4 / 5 / 64;
// Beyond what a clock is off by itself, and still far from what the silence timeout could bear.
constexpr std::uint64_t kDriftPpmMax = 20'000;

class Maker {
 public:
  Maker(Duration length, std::size_t sites, Rng rng) : length_(length), sites_(sites), rng_(rng) {}

  std::vector<Fault> make() {
    for (Instant at{gap()}; at.time_since_epoch() < length_; at += gap()) strike(at);
    std::stable_sort(faults_.begin(), faults_.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return std::move(faults_);
  }

 private:
  void strike(Instant at) {
    switch (rng_.below(8)) {
      case 0: return clog(at);
      case 1: return restart_many(at);
      case 2: return start_many(at);
      case 3: return jump(at);
      case 4: return drift(at);
      case 5: return slow(at);
      case 6: return part_amid_flush(at);
      default: return part_amid_merge(at);
    }
  }

  // One link, or all that comes to one node.
  void clog(Instant at) {
    const Site site = any_site();
    const auto other = rng_.one_in(2) ? site : static_cast<Site>((site + 1 + rng_.below(sites_ - 1)) % sites_);
    add({.at = at, .kind = Fault::Kind::clog, .site = site, .other = other});
    const Duration held = rng_.one_in(2) ? rng_.between(1ms, kBorne) : rng_.between(kBorne, 3s);
    add({.at = at + held, .kind = Fault::Kind::unclog, .site = site, .other = other});
  }

  // As after a power cut, or a rollout.
  void restart_many(Instant at) {
    const Instant back = at + rng_.between(Duration{1us}, Duration{1500ms});
    for (const Site site : many()) {
      add({.at = at, .kind = Fault::Kind::crash, .site = site});
      add({.at = back, .kind = Fault::Kind::start, .site = site, .amount = rng_.below(8)});
    }
  }

  // Whoever is down comes at the same moment; so some go first, one by one.
  void start_many(Instant at) {
    const Instant come = at + rng_.between(1s, 3s);
    for (const Site site : many()) {
      add({.at = at + rng_.between(0ms, 500ms), .kind = Fault::Kind::leave, .site = site});
      add({.at = come, .kind = Fault::Kind::start, .site = site, .amount = rng_.below(8)});
    }
  }

  // Within the silence timeout, or beyond.
  void jump(Instant at) {
    const Duration forward = rng_.one_in(2) ? rng_.between(1ms, kBorne) : rng_.between(kSilence, 20s);
    add({.at = at,
         .kind = Fault::Kind::jump,
         .site = any_site(),
         .amount = static_cast<std::uint64_t>(forward.count())});
  }

  void drift(Instant at) {
    const std::uint64_t rate = Fault::kDriftZero - kDriftPpmMax + rng_.below(2 * kDriftPpmMax + 1);
    add({.at = at, .kind = Fault::Kind::drift, .site = any_site(), .amount = rate});
  }

  // From what only costs time to what nobody can catch up with.
  void slow(Instant at) {
    const Site site = any_site();
    const Duration cost = rng_.between(rng_.one_in(2) ? Duration{200us} : Duration{2ms}, kCostMax);
    add({.at = at, .kind = Fault::Kind::slow, .site = site, .amount = static_cast<std::uint64_t>(cost.count())});
    add({.at = at + rng_.between(500ms, 8s), .kind = Fault::Kind::fast, .site = site});
  }

  void part_amid_flush(Instant at) {
    add({.at = at, .kind = Fault::Kind::crash, .site = any_site()});
    part(at, Fault::Amid::flush);
    add({.at = at + rng_.between(1s, 4s), .kind = Fault::Kind::merge});
  }

  void part_amid_merge(Instant at) {
    part(at, Fault::Amid::nothing);
    const Instant merge = at + rng_.between(800ms, 2s);
    add({.at = merge, .kind = Fault::Kind::merge});
    part(merge, Fault::Amid::merge);
    add({.at = merge + rng_.between(1s, 4s), .kind = Fault::Kind::merge});
  }

  void part(Instant at, Fault::Amid amid) {
    Fault fault{.at = at, .kind = Fault::Kind::partition, .amid = amid};
    for (Site site = 0; site < sites_; ++site) fault.components.push_back(static_cast<std::uint8_t>(rng_.below(2)));
    add(std::move(fault));
  }

  // At least half of all.
  std::vector<Site> many() {
    std::vector<Site> sites;
    for (Site site = 0; site < sites_; ++site) sites.push_back(site);
    const std::uint64_t spared = rng_.below(sites_ / 2 + 1);
    for (std::uint64_t i = 0; i < spared; ++i) {
      sites.erase(sites.begin() + static_cast<std::ptrdiff_t>(rng_.below(sites.size())));
    }
    return sites;
  }
  Site any_site() { return static_cast<Site>(rng_.below(sites_)); }
  Duration gap() { return rng_.between(Duration{200ms}, kGapMax); }
  void add(Fault fault) { faults_.push_back(std::move(fault)); }

  Duration length_;
  std::size_t sites_;
  Rng rng_;
  std::vector<Fault> faults_;
};

}  // namespace

std::vector<Fault> make_hard_faults(Duration length, std::size_t sites, Rng rng) {
  return Maker{length, sites, rng}.make();
}

}  // namespace hawser::sim
