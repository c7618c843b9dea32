// What happened in a run, in numbers: for the line of each seed, and to see that a block met the hard cases.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tests/check/coverage.hpp"
#include "tests/sim/fault_driver.hpp"
#include "tests/sim/world.hpp"

namespace hawser::sim {

/// Of all nodes and lives together, where nothing else is said. Trivially copyable.
struct RunCounts {
  // What the applications did and got.
  std::uint64_t published = 0;
  std::uint64_t delivered = 0;  ///< live messages, once for each subscription
  std::uint64_t retained = 0;   ///< messages of handed-over state
  std::uint64_t gaps = 0;
  std::uint64_t lineages_lost = 0;
  std::uint64_t publishers_held = 0;     ///< topics whose publishers were asked to wait, for each node told
  std::uint64_t matches = 0;             ///< topics that came to a subscription by a pattern
  std::uint64_t declared = 0;            ///< answers to who told a topic its order
  std::uint64_t declared_otherwise = 0;  ///< … that somebody had told it otherwise
  // What struck.
  std::uint64_t starts = 0;
  std::uint64_t crashes = 0;
  std::uint64_t leaves = 0;
  std::uint64_t pauses = 0;
  std::uint64_t cuts = 0;
  std::uint64_t partitions = 0;
  std::uint64_t mass_starts = 0;   ///< instants after the begin at which three or more started
  std::uint64_t mass_crashes = 0;  ///< instants at which three or more crashed
  std::uint64_t clogs = 0;
  std::uint64_t held = 0;    ///< datagrams, by a clog
  std::uint64_t slowed = 0;  ///< nodes, by more work for each datagram
  std::uint64_t clock_jumps = 0;
  std::uint64_t clock_drifts = 0;           ///< changes of a clock's rate
  std::uint64_t partitions_amid_flush = 0;  ///< partitions that struck because somebody's loss was being dealt with
  std::uint64_t partitions_amid_merge = 0;  ///< … because two sides were coming together
  std::uint64_t writes_failed = 0;          ///< of the files that keep votes
  std::uint64_t writes_slow = 0;            ///< … that took longer than kLongWrite
  std::uint64_t writes_lost = 0;            ///< restarts after a crash that lost what was being written
  std::uint64_t stored_found = 0;           ///< topics that a process found in its site's store
  std::uint64_t differences = 0;            ///< states of which a node was sent a part alone, since it had the rest
  std::uint64_t stores_cut = 0;             ///< ends of processes that took what was not synced with them
  std::uint64_t datagrams = 0;
  std::uint64_t lost = 0;        ///< datagrams, by a loss model
  std::uint64_t overflowed = 0;  ///< datagrams, by a full socket buffer
  // What the machines went through.
  std::uint64_t views = 0;                    ///< installations
  std::uint64_t moves_of_three = 0;           ///< steps from one view to the next that three or more made together
  std::uint64_t cuts_differed = 0;            ///< of them, those in which some were behind others just before
  std::uint64_t joins = 0;                    ///< of them, those that met a new node
  std::uint64_t merges = 0;                   ///< views into which nodes came from different views
  std::uint64_t splits = 0;                   ///< views from which nodes went to different views
  std::uint64_t group_views = 0;              ///< of other groups than the control group
  std::uint64_t switches = 0;                 ///< light views on another heavy group than before
  std::uint64_t switches_amid_loss = 0;       ///< … by a control view that somebody is missing from
  std::uint64_t switches_amid_newcomers = 0;  ///< … or that brings somebody
  std::uint64_t bulk_overtaken = 0;           ///< bulk messages, by what their sender sent later
  std::uint64_t causal = 0;                   ///< deliveries of causal messages
  std::uint64_t light_ordered = 0;            ///< deliveries in light-weight groups that are in total order
  std::uint64_t safe = 0;                     ///< deliveries of safe messages
  std::uint64_t safe_as_total = 0;            ///< … that the end of a view overtook
  std::uint64_t gbcast = 0;                   ///< deliveries of messages that end a view
  std::uint64_t overtaken = 0;                ///< start_changes
  std::uint64_t completed = 0;
  std::uint64_t skipped = 0;
  std::uint64_t crashes_amid_change = 0;  ///< views of three or more companions, amid whose change a node crashed
  std::uint64_t joins_amid_change = 0;   ///< views of three or more companions whose overtaken change let a new node in
  std::uint64_t repairs = 0;             ///< packets
  std::uint64_t slow_members = 0;        ///< how often one was left out of the credit
  std::uint64_t primaries = 0;           ///< control views that became primary, at each node
  std::uint64_t attempts_cut_short = 0;  ///< … that began to change while that was open
  std::uint64_t packets_ahead = 0;       ///< whose unordered messages were delivered ahead of a gap
  std::uint64_t cuts_ahead = 0;          ///< view changes that began while such a gap was open
  std::uint64_t repairs_for_others = 0;  ///< packets, by another than their sender
  std::uint64_t evictions = 0;           ///< for staying behind, as each of the others found
  std::uint64_t exclusions = 0;          ///< for silence, of nodes that still ran
  std::uint64_t exclusions_unprovoked = 0;
  std::uint64_t partings_unprovoked = 0;  ///< see partings.hpp
  std::uint64_t fences = 0;
  std::uint64_t fences_unprovoked = 0;
  std::uint64_t settle_ms = 0;  ///< virtual time from the last fault to a settled world

  void add(const RunCounts& other);
};

struct NamedCount {
  std::string_view name;
  std::uint64_t RunCounts::* count;
};
/// All counts, in the order in which they are printed.
std::span<const NamedCount> named_counts();

/// Counts what `world` went through; all but settle_ms and what add_coverage() adds.
RunCounts count_run(const World& world, const FaultDriver& faults);

/// What the checkers found in the traces.
void add_coverage(const check::CoverageCounts& coverage, RunCounts& counts);

}  // namespace hawser::sim
