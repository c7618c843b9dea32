// Lets the faults of a schedule strike a world, and remembers what might excuse an exclusion.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/sim/fault_schedule.hpp"
#include "tests/sim/world.hpp"

namespace hawser::sim {

/// `world` must outlive it.
class FaultDriver {
 public:
  FaultDriver(std::vector<Fault> faults, World& world);

  /// When apply_due() has something to do.
  [[nodiscard]] Instant next_at() const;
  void apply_due();
  /// True while a fault waits for a view change to be under way; then strike_amid_change() is to be called once
  /// some_change() is true.
  [[nodiscard]] bool armed() const { return !armed_.empty(); }
  [[nodiscard]] bool some_change() const;
  void strike_amid_change();
  /// Heals the network, lets the paused go on; nothing strikes any more.
  void stop();

  struct Struck {
    Instant at;
    Fault fault;
  };
  /// What really struck, in order.
  [[nodiscard]] const std::vector<Struck>& log() const { return log_; }
  /// How often each kind really struck.
  [[nodiscard]] std::uint64_t struck(Fault::Kind kind) const { return struck_[static_cast<std::size_t>(kind)]; }
  /// Whether anything in the moments before `at` could have kept some node from hearing another for long: a pause, a
  /// cut, a partition, or the end of one. Loss is no excuse.
  [[nodiscard]] bool provoked(Instant at) const;

 private:
  void apply(const Fault& fault);
  void note_disturbance(const Fault& fault);

  static constexpr std::size_t kKinds = static_cast<std::size_t>(Fault::Kind::loss) + 1;
  struct Disturbance {
    Instant begin;
    Instant end = kNeverHappens;
    Fault::Kind kind;
    Site site;
    Site other;
  };

  std::vector<Fault> faults_;
  World& world_;
  std::size_t next_ = 0;
  std::vector<Fault> armed_;
  std::array<std::uint64_t, kKinds> struck_{};
  std::vector<Struck> log_;
  std::vector<Disturbance> disturbances_;
};

}  // namespace hawser::sim
