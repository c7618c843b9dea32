#include "tests/sim/fault_driver.hpp"

#include <algorithm>
#include <utility>

namespace hawser::sim {
namespace {

// The silence timeout, what it may grow by, and the time in which word of it spreads.
constexpr Duration kEchoOfDisturbance = 3s;

}  // namespace

FaultDriver::FaultDriver(std::vector<Fault> faults, World& world) : faults_(std::move(faults)), world_(world) {}

Instant FaultDriver::next_at() const {
  Instant next = next_ < faults_.size() ? faults_[next_].at : kNeverHappens;
  for (const Fault& fault : armed_) next = std::min(next, fault.at + Fault::kPatience);
  return next;
}

void FaultDriver::apply_due() {
  for (std::size_t i = 0; i < armed_.size();) {
    if (armed_[i].at + Fault::kPatience > world_.now()) {
      ++i;
      continue;
    }
    apply(armed_[i]);
    armed_.erase(armed_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (; next_ < faults_.size() && faults_[next_].at <= world_.now(); ++next_) {
    if (faults_[next_].amid != Fault::Amid::nothing) {
      armed_.push_back(faults_[next_]);
    } else {
      apply(faults_[next_]);
    }
  }
}

bool FaultDriver::has_come(Fault::Amid amid) const {
  if (amid == Fault::Amid::merge) return world_.amid_merge();
  for (Site site = 0; site < world_.size(); ++site) {
    const SimNode& node = world_.at(site);
    if (amid == Fault::Amid::flush ? node.amid_flush() : node.amid_change()) return true;
  }
  return false;
}

bool FaultDriver::awaited_has_come() const {
  return std::any_of(armed_.begin(), armed_.end(), [&](const Fault& fault) { return has_come(fault.amid); });
}

void FaultDriver::strike_awaited() {
  for (const Fault& fault : std::exchange(armed_, {})) {
    if (!has_come(fault.amid)) {  // also where one before it has ended that
      armed_.push_back(fault);
      continue;
    }
    if (fault.kind == Fault::Kind::partition) ++partitions_amid_[static_cast<std::size_t>(fault.amid)];
    apply(fault);
  }
}

void FaultDriver::stop() {
  next_ = faults_.size();
  armed_.clear();
  world_.heal();
  for (Site site = 0; site < world_.size(); ++site) {
    world_.at(site).cancel_crash();
    world_.at(site).set_datagram_cost(world_.options().datagram_cost);
    if (world_.at(site).paused()) world_.resume(site);
  }
  for (Disturbance& disturbance : disturbances_) disturbance.end = std::min(disturbance.end, world_.now());
}

bool FaultDriver::provoked(Instant at) const {
  return std::any_of(disturbances_.begin(), disturbances_.end(), [&](const Disturbance& disturbance) {
    return disturbance.begin <= at && (disturbance.end == kNeverHappens || at <= disturbance.end + kEchoOfDisturbance);
  });
}

void FaultDriver::apply(const Fault& fault) {
  SimNode& node = world_.at(fault.site);
  const bool starts = fault.kind == Fault::Kind::start;
  const bool ends = fault.kind == Fault::Kind::crash || fault.kind == Fault::Kind::crash_midway;
  if ((starts && node.running()) || (ends && !node.running())) return;
  if ((fault.kind == Fault::Kind::leave || fault.kind == Fault::Kind::pause) && !node.usable()) return;
  if (fault.kind == Fault::Kind::resume && !node.paused()) return;
  ++struck_[static_cast<std::size_t>(fault.kind)];
  log_.push_back({world_.now(), fault});
  note_disturbance(fault);
  switch (fault.kind) {
    case Fault::Kind::start: return world_.start(fault.site, static_cast<unsigned>(fault.amount));
    case Fault::Kind::crash: return world_.crash(fault.site);
    case Fault::Kind::crash_midway: return world_.crash_after(fault.site, fault.amount);
    case Fault::Kind::leave: return world_.leave(fault.site);
    case Fault::Kind::pause: return world_.pause(fault.site);
    case Fault::Kind::resume: return world_.resume(fault.site);
    case Fault::Kind::cut: return world_.network().cut(fault.site, fault.other);
    case Fault::Kind::mend: return world_.network().mend(fault.site, fault.other);
    case Fault::Kind::partition: return world_.network().partition(fault.components);
    case Fault::Kind::merge: return world_.network().partition(std::vector<std::uint8_t>(world_.size(), 0));
    case Fault::Kind::loss: return world_.network().set_loss(fault.site, fault.profile, world_.now());
    case Fault::Kind::clog:
    case Fault::Kind::unclog: return clog(fault);
    case Fault::Kind::jump:
      count_jump(fault.site);
      return world_.jump_clock(fault.site, Duration{static_cast<std::int64_t>(fault.amount)});
    case Fault::Kind::slow: return node.set_datagram_cost(Duration{static_cast<std::int64_t>(fault.amount)});
    case Fault::Kind::fast: return node.set_datagram_cost(world_.options().datagram_cost);
    case Fault::Kind::drift:
      return world_.set_drift(fault.site, static_cast<int>(fault.amount) - static_cast<int>(Fault::kDriftZero));
  }
}

void FaultDriver::clog(const Fault& fault) {
  Network& network = world_.network();
  for (Site from = 0; from < world_.size(); ++from) {
    const bool is_node = fault.site == fault.other;
    if (!is_node && from != fault.site) continue;
    if (fault.kind == Fault::Kind::clog) {
      network.clog(from, fault.other);
    } else {
      network.unclog(from, fault.other, world_.now());
    }
  }
}

void FaultDriver::count_jump(Site site) {
  for (Site other = 0; other < world_.size(); ++other) {
    const SimNode& node = world_.at(other);
    if (node.running() && node.host() == world_.at(site).host()) ++clocks_jumped_;
  }
}

void FaultDriver::note_disturbance(const Fault& fault) {
  const auto end_all = [&](Fault::Kind kind) {
    for (Disturbance& d : disturbances_) {
      const bool same = kind == Fault::Kind::partition || (d.site == fault.site && d.other == fault.other);
      if (d.kind == kind && same) d.end = std::min(d.end, world_.now());
    }
  };
  switch (fault.kind) {
    case Fault::Kind::pause:
    case Fault::Kind::cut:
    case Fault::Kind::clog:
    case Fault::Kind::slow:
    case Fault::Kind::partition:
      disturbances_.push_back({.begin = world_.now(), .kind = fault.kind, .site = fault.site, .other = fault.other});
      break;
    case Fault::Kind::resume: return end_all(Fault::Kind::pause);
    case Fault::Kind::mend: return end_all(Fault::Kind::cut);
    case Fault::Kind::unclog: return end_all(Fault::Kind::clog);
    case Fault::Kind::fast: return end_all(Fault::Kind::slow);
    case Fault::Kind::jump:
      disturbances_.push_back({world_.now(), world_.now(), fault.kind, fault.site, fault.other});
      break;
    case Fault::Kind::merge: return end_all(Fault::Kind::partition);
    default: break;
  }
}

}  // namespace hawser::sim
