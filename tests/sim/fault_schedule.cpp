#include "tests/sim/fault_schedule.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hawser::sim {
namespace {

constexpr std::uint64_t kMidwayDatagramsMax = 60;
constexpr unsigned kIndependentLossPermilleMax = 300;

// Makes a schedule while it keeps in mind, roughly, what runs; the world decides what really can be done.
class Maker {
 public:
  Maker(const FaultPlan& plan, std::size_t sites, Rng rng) : plan_(plan), sites_(sites), rng_(rng), up_(sites, false) {}

  std::vector<Fault> make() {
    start_all();
    Instant at{rng_.between(Duration{200ms}, Duration{1500ms})};
    while (at.time_since_epoch() < plan_.length) {
      strike(at, Fault::Amid::nothing);
      // Some changes are overtaken: by a fault that waits for one, or by one that comes at about the right time.
      while (rng_.permille(plan_.amid_change_permille)) {
        at += rng_.between(Duration{}, Duration{30ms});
        strike(at, rng_.one_in(2) ? Fault::Amid::change : Fault::Amid::nothing);
      }
      at += rng_.between(Duration{1ms}, plan_.gap_max);
    }
    finale();
    std::stable_sort(faults_.begin(), faults_.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return std::move(faults_);
  }

 private:
  void start_all() {
    const Duration spread = rng_.one_in(3) ? Duration{} : Duration{300ms};
    for (Site site = 0; site < sites_; ++site) {
      if (site > 1 && rng_.one_in(6)) continue;  // It joins later.
      add(Fault{.at = Instant{rng_.between(Duration{}, spread)}, .kind = Fault::Kind::start, .site = site});
      up_[site] = true;
    }
  }

  // The calm that follows must begin in the midst of something.
  void finale() {
    for (std::uint64_t i = rng_.below(4); i > 0; --i) {
      strike(Instant{plan_.length - rng_.between(Duration{1us}, Duration{600ms})}, Fault::Amid::nothing);
    }
  }

  // One fault, and what ends it.
  void strike(Instant at, Fault::Amid amid) {
    const std::array<unsigned, 6> weights{plan_.crash, plan_.leave,     plan_.pause,
                                          plan_.cut,   plan_.partition, plan_.loss};
    unsigned total = 0;
    for (const unsigned weight : weights) total += weight;
    if (revive(at, amid) || total == 0) return;
    auto drawn = static_cast<unsigned>(rng_.below(total));
    std::size_t kind = 0;
    while (drawn >= weights[kind]) drawn -= weights[kind++];
    switch (kind) {
      case 0: return crash(at, amid);
      case 1: return leave(at, amid);
      case 2: return pause(at);
      case 3: return cut(at);
      case 4: return partition(at, amid);
      default: return loss(at);
    }
  }

  // Starts a process where few are left; now and then anyway.
  bool revive(Instant at, Fault::Amid amid) {
    const auto up = static_cast<std::size_t>(std::count(up_.begin(), up_.end(), true));
    const bool few = up <= std::max<std::size_t>(2, sites_ / 2);
    if (up == sites_ || !(few || rng_.one_in(4))) return false;
    const Site site = pick(false);
    add(Fault{.at = at, .kind = Fault::Kind::start, .site = site, .amount = port(), .amid = amid});
    up_[site] = true;
    return true;
  }

  void crash(Instant at, Fault::Amid amid) {
    const Site site = pick(true);
    const bool midway = rng_.one_in(3);
    add(Fault{.at = at,
              .kind = midway ? Fault::Kind::crash_midway : Fault::Kind::crash,
              .site = site,
              .amount = rng_.below(kMidwayDatagramsMax),
              .amid = amid});
    up_[site] = false;
    if (rng_.one_in(3)) return;
    add(Fault{.at = at + span(5ms, 100ms, 3s), .kind = Fault::Kind::start, .site = site, .amount = port()});
    up_[site] = true;
  }

  void leave(Instant at, Fault::Amid amid) {
    const Site site = pick(true);
    add(Fault{.at = at, .kind = Fault::Kind::leave, .site = site, .amid = amid});
    up_[site] = false;
  }

  void pause(Instant at) {
    const Site site = pick(true);
    add(Fault{.at = at, .kind = Fault::Kind::pause, .site = site});
    add(Fault{.at = at + span(30ms, 600ms, 4s), .kind = Fault::Kind::resume, .site = site});
  }

  void cut(Instant at) {
    const Site from = pick(true);
    const auto to = static_cast<Site>((from + 1 + rng_.below(sites_ - 1)) % sites_);
    add(Fault{.at = at, .kind = Fault::Kind::cut, .site = from, .other = to});
    add(Fault{.at = at + span(50ms, 500ms, 4s), .kind = Fault::Kind::mend, .site = from, .other = to});
  }

  void partition(Instant at, Fault::Amid amid) {
    Fault fault{.at = at, .kind = Fault::Kind::partition, .amid = amid};
    const std::uint64_t parts = rng_.one_in(4) ? 3 : 2;
    for (Site site = 0; site < sites_; ++site) fault.components.push_back(static_cast<std::uint8_t>(rng_.below(parts)));
    add(std::move(fault));
    add(Fault{.at = at + span(200ms, 1s, 5s), .kind = Fault::Kind::merge});
  }

  void loss(Instant at) {
    LossProfile profile{.independent_permille = static_cast<unsigned>(rng_.below(kIndependentLossPermilleMax + 1))};
    if (rng_.one_in(2)) {
      profile = {.independent_permille = static_cast<unsigned>(rng_.below(50)),
                 .burst_gap_max = rng_.between(Duration{60ms}, Duration{500ms}),
                 .burst_length_max = rng_.between(Duration{5ms}, Duration{50ms})};
    }
    const Instant end = at + span(500ms, 2s, 6s);
    const bool everywhere = rng_.one_in(2);
    const Site only = pick(true);
    for (Site site = 0; site < sites_; ++site) {
      if (!everywhere && site != only) continue;
      add(Fault{.at = at, .kind = Fault::Kind::loss, .site = site, .profile = profile});
      add(Fault{.at = end, .kind = Fault::Kind::loss, .site = site});
    }
  }

  // Half are short, a quarter up to the middle, a quarter up to the longest.
  Duration span(Duration shortish, Duration middle, Duration longest) {
    if (rng_.one_in(2)) return rng_.between(Duration{1us}, shortish);
    return rng_.one_in(2) ? rng_.between(shortish, middle) : rng_.between(middle, longest);
  }
  // A site that is up, or down, as far as there is one.
  Site pick(bool up) {
    auto site = static_cast<Site>(rng_.below(sites_));
    for (std::size_t i = 0; i < sites_ && up_[site] != up; ++i) site = static_cast<Site>((site + 1) % sites_);
    return site;
  }
  std::uint64_t port() { return rng_.one_in(2) ? 0 : rng_.below(8); }
  void add(Fault fault) { faults_.push_back(std::move(fault)); }

  const FaultPlan& plan_;
  std::size_t sites_;
  Rng rng_;
  std::vector<bool> up_;
  std::vector<Fault> faults_;
};

std::string_view name_of(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::start: return "start";
    case Fault::Kind::crash: return "crash";
    case Fault::Kind::crash_midway: return "crash midway";
    case Fault::Kind::leave: return "leave";
    case Fault::Kind::pause: return "pause";
    case Fault::Kind::resume: return "resume";
    case Fault::Kind::cut: return "cut";
    case Fault::Kind::mend: return "mend";
    case Fault::Kind::partition: return "partition";
    case Fault::Kind::merge: return "merge";
    case Fault::Kind::loss: return "loss";
    case Fault::Kind::clog: return "clog";
    case Fault::Kind::unclog: return "unclog";
    case Fault::Kind::jump: return "clock jump";
    case Fault::Kind::slow: return "slow";
    case Fault::Kind::fast: return "fast again";
    case Fault::Kind::drift: return "clock drift";
  }
  return "?";
}

std::string_view name_of(Fault::Amid amid) {
  switch (amid) {
    case Fault::Amid::nothing: return "";
    case Fault::Amid::change: return " (amid a change)";
    case Fault::Amid::flush: return " (amid a flush)";
    case Fault::Amid::merge: return " (amid a merge)";
  }
  return "";
}

}  // namespace

std::string to_string(const Fault& fault) {
  std::string text{name_of(fault.kind)};
  switch (fault.kind) {
    case Fault::Kind::merge: break;
    case Fault::Kind::partition:
      for (const std::uint8_t part : fault.components) text += " " + std::to_string(part);
      break;
    case Fault::Kind::cut:
    case Fault::Kind::mend:
    case Fault::Kind::clog:
    case Fault::Kind::unclog: text += " " + site_name(fault.site) + " -> " + site_name(fault.other); break;
    case Fault::Kind::loss:
      text += " at " + site_name(fault.site) + ": " + std::to_string(fault.profile.independent_permille) + " permille";
      if (fault.profile.burst_gap_max > Duration{}) text += " and bursts";
      break;
    case Fault::Kind::slow:
      text += " " + site_name(fault.site) + ": " + std::to_string(fault.amount / 1000) + " us a datagram";
      break;
    case Fault::Kind::jump:
      text += " at " + site_name(fault.site) + " by " + std::to_string(fault.amount / 1'000'000) + " ms";
      break;
    default: text += " " + site_name(fault.site);
  }
  return text + std::string{name_of(fault.amid)};
}

std::vector<Fault> make_fault_schedule(const FaultPlan& plan, std::size_t sites, Rng rng) {
  return Maker{plan, sites, rng}.make();
}

}  // namespace hawser::sim
