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
  /// True while a fault waits for something; then strike_awaited() is to be called once awaited_has_come() is true.
  [[nodiscard]] bool armed() const { return !armed_.empty(); }
  [[nodiscard]] bool awaited_has_come() const;
  void strike_awaited();
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
  /// How often a partition struck because what it had waited for came.
  [[nodiscard]] std::uint64_t partitions_amid(Fault::Amid amid) const {
    return partitions_amid_[static_cast<std::size_t>(amid)];
  }
  /// Processes whose clock has jumped.
  [[nodiscard]] std::uint64_t clocks_jumped() const { return clocks_jumped_; }
  /// Whether anything in the moments before `at` could have kept some node from hearing another for long: a pause, a
  /// cut, a clog, a partition, a slow node, or the end of one; a clock that jumped. Loss is no excuse.
  [[nodiscard]] bool provoked(Instant at) const;

 private:
  [[nodiscard]] bool has_come(Fault::Amid amid) const;
  void apply(const Fault& fault);
  void clog(const Fault& fault);
  void count_jump(Site site);
  void note_disturbance(const Fault& fault);

  static constexpr std::size_t kKinds = static_cast<std::size_t>(Fault::Kind::drift) + 1;
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
  std::array<std::uint64_t, static_cast<std::size_t>(Fault::Amid::merge) + 1> partitions_amid_{};
  std::uint64_t clocks_jumped_ = 0;
  std::vector<Struck> log_;
  std::vector<Disturbance> disturbances_;
};

}  // namespace hawser::sim
