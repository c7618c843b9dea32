// A view change in the simulator: exact, up to far more nodes than one machine runs, and the same on any machine.
#include <algorithm>

#include "tests/bench/view_change.hpp"
#include "tests/sim/world.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;
using sim::Instant;
using sim::Site;

constexpr Duration kSettlesWithin = 60s;
constexpr Duration kCoarseStep = 50ms;
constexpr Duration kStep = 100us;  // How exact the figure is: to look after every event takes most of the time.

bool is_about_views(const OutboundDatagram& datagram) {
  Reader reader{datagram.bytes.bytes().subspan(wire::kHeaderBytes)};
  while (const auto frame = wire::next_frame(reader)) {
    if (frame->type == wire::FrameType::proposal || frame->type == wire::FrameType::sync) return true;
  }
  return false;
}

sim::WorldOptions options_of(std::uint32_t members, std::uint64_t seed) {
  sim::WorldOptions options;
  options.nodes = members;
  options.seed = seed;
  options.start_all = false;
  options.topics.clear();
  options.nodes_per_host = members;
  options.exit_evidence = true;
  options.keep_texts = false;
  return options;
}

class SimulatedChange {
 public:
  SimulatedChange(ViewChangeCause cause, std::uint32_t members, std::uint64_t seed)
      : cause_(cause), members_(members), world_(options_of(members, seed)) {
    world_.network().set_tap([this](Site, const OutboundDatagram& datagram, Instant) {
      ++run_.datagrams;
      run_.bytes += datagram.bytes.size();
      if (is_about_views(datagram)) ++run_.view_datagrams;
    });
  }

  ViewChangeRun run() {
    const bool joins = cause_ == ViewChangeCause::join;
    for (Site site = 0; site < members_ - (joins ? 1 : 0); ++site) world_.start(site, 0);
    world_.settle(kSettlesWithin);
    if (cause_ == ViewChangeCause::merge) part();
    run_ = {};
    const Instant began = world_.now();
    const std::uint32_t expected = strike();
    while (!all_have(expected)) {
      if (world_.now() > began + kSettlesWithin) throw sim::ScenarioFailed("not all have the next view in time");
      world_.run_for(kStep);
    }
    run_.last_view_ms = std::chrono::duration<double, std::milli>(world_.now() - began).count();
    return run_;
  }

 private:
  void part() {
    std::vector<std::uint8_t> halves(members_);
    for (Site site = 0; site < members_; ++site) halves[site] = site % 2 == 0 ? 0 : 1;
    world_.network().partition(halves);
    const std::uint32_t larger = (members_ + 1) / 2;
    for (Duration waited{}; largest_view() != larger; waited += kCoarseStep) {
      if (waited > kSettlesWithin) throw sim::ScenarioFailed("the halves do not part in time");
      world_.run_for(kCoarseStep);
    }
    world_.run_for(1s);
  }

  // Returns how many members the next view has.
  std::uint32_t strike() {
    const Site last = members_ - 1;
    switch (cause_) {
      case ViewChangeCause::crash: world_.crash(last); return members_ - 1;
      case ViewChangeCause::leave: world_.leave(last); return members_ - 1;
      case ViewChangeCause::join: world_.start(last, 0); return members_;
      case ViewChangeCause::merge: world_.heal(); return members_;
    }
    return members_;
  }

  [[nodiscard]] std::size_t view_size(Site site) {
    return world_.at(site).bus().node().view_of(kControlGroup).members.size();
  }
  bool all_have(std::uint32_t members) {
    for (Site site = 0; site < members_; ++site) {
      const bool counts = world_.at(site).usable();
      if (counts && view_size(site) != members) return false;
    }
    return true;
  }
  std::size_t largest_view() {
    std::size_t largest = 0;
    for (Site site = 0; site < members_; ++site) largest = std::max(largest, view_size(site));
    return largest;
  }

  ViewChangeCause cause_;
  std::uint32_t members_;
  ViewChangeRun run_;
  sim::World world_;
};

}  // namespace

Result<ViewChangeRun> simulate_view_change(ViewChangeCause cause, std::uint32_t members, std::uint64_t seed) {
  try {
    return SimulatedChange{cause, members, seed}.run();
  } catch (const sim::ScenarioFailed& failure) {
    return Error{Errc::timeout, failure.what()};
  }
}

}  // namespace hawser::bench
