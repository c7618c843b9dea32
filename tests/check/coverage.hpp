// What a run went through, as far as its traces show it. A simulator that never gets into trouble proves nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "history.hpp"

namespace hawser::check {

class Index;

/// A *move* is the step from one heavy view to the next that one or more nodes make together.
struct CoverageCounts {
  std::uint64_t views = 0;                    ///< heavy views that anyone installed
  std::uint64_t moves_of_three = 0;           ///< moves of three nodes or more
  std::uint64_t cuts_differed = 0;            ///< moves of nodes of which some were behind others just before
  std::uint64_t cuts_differed_of_three = 0;   ///< … of three nodes or more
  std::uint64_t merges = 0;                   ///< views into which nodes came from different views
  std::uint64_t joins = 0;                    ///< views in which a new node met others that come from an earlier view
  std::uint64_t joins_of_three = 0;           ///< … of which three or more came together
  std::uint64_t splits = 0;                   ///< views from which nodes went to different views
  std::uint64_t crashes = 0;                  ///< nodes that crashed
  std::uint64_t crashes_of_three = 0;         ///< moves of three or more out of a view in which another one had crashed
  std::uint64_t leaves = 0;                   ///< nodes that left
  std::uint64_t light_views = 0;              ///< light views that anyone installed
  std::uint64_t light_joins = 0;              ///< … by a change that brought somebody into an existing group
  std::uint64_t light_repairs = 0;            ///< … by a crash, without a change
  std::uint64_t light_switches = 0;           ///< … on another heavy group than before
  std::uint64_t switches_amid_loss = 0;       ///< … of them, by a control view that somebody is missing from
  std::uint64_t switches_amid_newcomers = 0;  ///< … and by one that brings somebody
  std::uint64_t light_rejoins = 0;            ///< memberships that a node had in a light group after its first
  std::uint64_t bulk_overtaken = 0;           ///< bulk messages, by what their sender sent later, at their sender
  std::uint64_t causal = 0;                   ///< deliveries of causal messages
  std::uint64_t light_ordered = 0;            ///< deliveries in light-weight groups that are in total order
  std::uint64_t safe = 0;                     ///< deliveries of safe messages
  std::uint64_t safe_as_total = 0;            ///< … that the end of a view overtook
  std::uint64_t gbcast = 0;                   ///< deliveries of messages that end a view
  std::uint64_t states_handed_over = 0;
  std::uint64_t gaps = 0;  ///< losses that a subscriber was told of
  /// What only the machines can count (overtaken start_changes, repairs by others than the sender…), by name. The
  /// harness adds them; in order of names.
  std::map<std::string, std::uint64_t> machines;

  CoverageCounts& operator+=(const CoverageCounts& other);
};

/// "views=7 moves_of_three=2 …", machines last: a part of one line.
std::string to_string(const CoverageCounts& counts);

CoverageCounts coverage(const History& history);
/// The same from an index that is there already.
CoverageCounts count_coverage(const Index& index);

}  // namespace hawser::check
