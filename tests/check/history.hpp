// What the checkers read: the traces of all nodes of one run, and what they answer: violations.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pubsub-api/src/trace/trace.hpp"

namespace hawser::check {

/// What one node did, from its start to its end. A restarted process is another node: its incarnation is new.
struct NodeTrace {
  NodeId node;
  std::vector<TraceEvent> events;
  bool crashed = false;    ///< ended by a crash or a kill
  bool left = false;       ///< ended by leaving
  bool truncated = false;  ///< its last events may be missing: a killed process did not get to write them
  /// Which nodes could reach each other at the end: those with equal numbers. Counts for nodes that are alive.
  std::uint32_t component = 0;

  [[nodiscard]] bool alive() const { return !crashed && !left; }
};

/// One run. Every node that ever took part has a trace, if an empty one; no two have the same NodeId.
struct History {
  std::vector<NodeTrace> nodes;
  /// Faults and sending have stopped, and there was time enough since: liveness may be demanded.
  bool settled = false;
};

/// A property that does not hold.
struct Violation {
  std::string property;             ///< as in properties.hpp
  std::string what;                 ///< one line: who, what, where
  std::vector<std::string> around;  ///< the events around it, a line each
};

}  // namespace hawser::check
