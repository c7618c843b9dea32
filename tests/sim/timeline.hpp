// All that happened in a run, in the order of world time: for people.
#pragma once

#include <deque>
#include <ostream>
#include <string>

#include "tests/sim/runner.hpp"

namespace hawser::sim {

/// Prints, when the run ends, which faults struck, when each process ran, and every event of every trace, one a line.
/// `out` must outlive it.
class Timeline : public Observer {
 public:
  enum class Packets : std::uint8_t { hidden, shown };
  Timeline(std::ostream& out, Packets packets) : out_(out), packets_(packets) {}

  void on_begin(World& world) override;
  void on_end(World& world, const FaultDriver& faults) override;

 private:
  struct Line {
    Duration at;
    std::string what;
  };
  void add_processes(const World& world);

  std::ostream& out_;
  Packets packets_;
  std::deque<Line> lines_;
};

}  // namespace hawser::sim
