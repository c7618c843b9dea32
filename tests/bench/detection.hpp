// How fast members notice that one of them is gone, and whether they ever think so of one that is not: on hosts of
// their own, beside processes that take all of the processors' time, with loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/node_diary.hpp"
#include "tests/bench/output.hpp"
#include "tests/hosts/lab.hpp"

namespace hawser::bench {

struct DetectionPlan {
  double minutes = 10;
  std::uint32_t strikes_max = 0;  ///< ends sooner, after so many; 0: only the time counts
  std::uint32_t members = 5;      ///< two of them on the first host, one on each other
  std::uint32_t stress = 2;       ///< processes that never wait, at the members' own priority
  std::string loss = "1%";        ///< of the datagrams that each member receives, those from its own host too
  std::uint32_t silence_ms = 250;
  double heartbeat_ms = 0;  ///< 0: a sixteenth of the silence, as a Bus has it
  double quiet_seconds_min = 1;
  double quiet_seconds_max = 3;  ///< between two strikes: a time from the least to this
  std::uint64_t seed = 1;        ///< of who is struck, and when
};
/// A sixteenth of the silence where it is not said.
[[nodiscard]] double heartbeat_ms_of(const DetectionPlan& plan);

enum class StrikeKind {
  silent,  ///< nothing passes any more between one host and the others; its processes live
  killed,  ///< a process is killed on the host where another member lives
  alone,   ///< a process is killed on a host where no other member lives
};
std::string_view to_string(StrikeKind kind);

/// What was done to whom. Nodes by their names, times of CLOCK_MONOTONIC.
struct Strike {
  StrikeKind kind = StrikeKind::silent;
  std::vector<std::string> struck;
  std::vector<std::string> survivors;
  std::string same_host;  ///< killed, but not alone: the survivor that lives beside it
  std::int64_t at_ns = 0;
  std::int64_t healed_ns = 0;  ///< silent: from here on all is as before
};
/// A node and what it went through. A process that is started again is another one.
struct Watch {
  std::string node;
  std::vector<DiaryEntry> diary;
};

/// Of all strikes of one kind, in nanoseconds since the strike.
struct DetectionTimes {
  std::uint32_t strikes = 0;
  std::vector<std::int64_t> each_ns;       ///< each survivor has been told that all who were struck have failed
  std::vector<std::int64_t> first_ns;      ///< the first survivor has
  std::vector<std::int64_t> same_host_ns;  ///< killed: that of the same host has
  std::vector<std::int64_t> last_ns;       ///< the last has
  std::vector<std::int64_t> last_view_ns;  ///< the last survivor has the view of the survivors
  std::uint32_t missed = 0;                ///< survivors that were told nothing, or never had that view
};
DetectionTimes detection_times(StrikeKind kind, const std::vector<Strike>& strikes, const std::vector<Watch>& watches);

/// A node was said to have failed that had not.
struct Suspicion {
  std::string by;
  std::string of;
  std::string cause;
  std::int64_t at_ns = 0;
};
/// All after `since_ns` but those of whom was killed, and, of a silent host and the others, of each other until it is
/// healed. By time.
std::vector<Suspicion> false_suspicions(const std::vector<Strike>& strikes, const std::vector<Watch>& watches,
                                        std::int64_t since_ns);

struct DetectionRun {
  std::vector<Strike> strikes;
  std::vector<Watch> watches;
  std::int64_t began_ns = 0;      ///< all are in one view for the first time
  std::int64_t ended_ns = 0;      ///< nothing after it counts
  std::uint64_t self_fences = 0;  ///< how often a node that lived to the end was not run for a whole silence timeout
};
/// `lab` has a host less than there are members. `progress` is told of each strike.
/// Errors: the first that any process reports; timeout  the members do not come together.
Result<DetectionRun> run_detection(const DetectionPlan& plan, hosts::Lab& lab, Output& progress);

/// One figure. Where no hosts can be made it says so, and that is no error. Errors: as run_detection() otherwise;
/// timeout  a strike that nobody noticed.
Status measure_detection(const DetectionPlan& plan, Output& output);

}  // namespace hawser::bench
