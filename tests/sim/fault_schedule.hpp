// Which faults strike a run, and when: data, made from a seed, so that a run can be repeated with fewer of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/event_queue.hpp"
#include "tests/sim/loss_model.hpp"
#include "tests/sim/sim_time.hpp"
#include "transport/core/rng.hpp"

namespace hawser::sim {

/// One thing that is done to the world. Where it can't be done (nothing runs at the site…) it is nothing.
struct Fault {
  enum class Kind : std::uint8_t {
    start,         ///< a process at `site`; `amount` chooses its port
    crash,         ///< of `site`'s process
    crash_midway,  ///< of `site`'s process, `amount` datagrams from now, in the middle of an outbox
    leave,         ///< orderly
    pause,         ///< `site`'s process stands still…
    resume,        ///< …and goes on
    cut,           ///< `other` hears nothing from `site`…
    mend,          ///< …and hears it again
    partition,     ///< sites with different numbers in `components` don't hear each other
    merge,         ///< no partition any more
    loss,          ///< `site` loses datagrams as `profile` says; none where it is empty
    clog,          ///< what gets from `site` to `other` is held; from anywhere to `site` where they are equal…
    unclog,        ///< … and comes all at once
    jump,          ///< the clock of `site`'s host jumps forward by `amount` nanoseconds
    slow,          ///< `site`'s process takes `amount` nanoseconds of its time for each datagram…
    fast,          ///< … and no more than before
    drift,         ///< the same clock goes wrong by `amount` - kDriftZero parts per million; as before where it is 0
  };
  /// What it waits for, for at most kPatience after `at`.
  enum class Amid : std::uint8_t {
    nothing,
    change,  ///< some node is in the middle of a view change
    flush,   ///< … because it has lost another
    merge,   ///< two nodes that were apart are in the middle of coming together
  };
  Instant at;
  Kind kind = Kind::start;
  Site site = 0;
  Site other = 0;
  std::uint64_t amount = 0;
  std::vector<std::uint8_t> components;
  LossProfile profile;
  Amid amid = Amid::nothing;

  static constexpr Duration kPatience = 2s;
  static constexpr std::uint64_t kDriftZero = 1'000'000;
};

std::string to_string(const Fault& fault);

/// What one run is exposed to: weights, against each other. Zero: never.
struct FaultPlan {
  Duration length = 60s;  ///< faults strike from the begin to here
  Duration gap_max = 2s;  ///< between two faults that have nothing to do with each other
  unsigned crash = 0;
  unsigned leave = 0;
  unsigned pause = 0;
  unsigned cut = 0;
  unsigned partition = 0;
  unsigned loss = 0;
  unsigned amid_change_permille = 0;  ///< faults that are followed by another in the middle of the change they cause
};

/// Sorted by time. Every site is started in the first moments, or is left for later.
std::vector<Fault> make_fault_schedule(const FaultPlan& plan, std::size_t sites, Rng rng);

}  // namespace hawser::sim
