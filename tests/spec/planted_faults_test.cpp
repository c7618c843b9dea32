// Each planted fault is caught, and by the property that it breaks: so every checker can fail.
#if defined(HAWSER_FAULTS)

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "tests/sim/run_plan.hpp"
#include "tests/sim/runner.hpp"
#include "tests/spec/planted_fault.hpp"

namespace hawser::sim {
namespace {

class PlantedFaults : public WithPlantedFault {};

/// A check inside the machines has struck.
constexpr const char* kNoCrash = "No Crash";

/// No property of the history, but a bound on what happens without a reason.
constexpr const char* kUnprovokedParting = "unprovoked parting";

bool breaks(const RunResult& result, const std::string& property) {
  if (property == kUnprovokedParting) return result.counts.partings_unprovoked > 0;
  return std::any_of(result.violations.begin(), result.violations.end(),
                     [&](const check::Violation& violation) { return violation.property == property; });
}

/// In a process of its own, which may crash.
bool breaks(std::uint64_t seed, const std::string& property) {
  constexpr int kBroken = 1;
  constexpr int kThrown = 2;
  const pid_t child = ::fork();
  if (child == 0) {
    std::freopen("/dev/null", "w", stderr);
    try {
      ::_exit(breaks(run(make_run_plan(seed, 5, std::chrono::seconds{30})), property) ? kBroken : 0);
    } catch (...) {
      ::_exit(kThrown);  // Else the child would go on with the tests.
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) == kThrown) return property == kNoCrash;
  return WEXITSTATUS(status) == kBroken;
}

TEST_P(PlantedFaults, AreCaughtByThePropertyTheyBreak) {
  for (std::uint64_t seed = 1; seed <= GetParam().seeds_max; ++seed) {
    if (breaks(seed, GetParam().breaks)) {
      RecordProperty("seeds", std::to_string(seed));
      return;
    }
  }
  ADD_FAILURE() << GetParam().seeds_max << " seeds went by, and nothing broke " << GetParam().breaks;
}

INSTANTIATE_TEST_SUITE_P(Transport, PlantedFaults,
                         ::testing::Values(PlantedFault{"membership.digest_without_start_ids", "heavy: View Agreement"},
                                           PlantedFault{"membership.newcomer_parts", kUnprovokedParting},
                                           PlantedFault{"multicast.duplicate_delivered", "heavy: No Duplication"},
                                           PlantedFault{"multicast.release_early", "Termination", 400},
                                           PlantedFault{"multicast.repair_forgotten", "Termination"},
                                           PlantedFault{"causal.waits_for_nothing", "heavy: Reliable Causal"},
                                           PlantedFault{"gbcast.not_the_last", "heavy: Group Broadcast"},
                                           PlantedFault{"gbcast.not_asked_for", "heavy: Self Delivery"},
                                           PlantedFault{"safe.delivered_at_once", "heavy: Safe Indication"},
                                           PlantedFault{"total.no_sequencer", "heavy: Total Order"},
                                           PlantedFault{"vs.cut_dropped", "heavy: Virtual Synchrony"},
                                           PlantedFault{"vs.old_sync_used", "heavy: View Agreement"},
                                           PlantedFault{"vs.transitional_whole_view", "heavy: Transitional Set"},
                                           PlantedFault{"vs.uninvolved_go_ahead", kUnprovokedParting, 400}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(Groups, PlantedFaults,
                         ::testing::Values(PlantedFault{"groups.closes_not_waited_for", "heavy: Virtual Synchrony"},
                                           PlantedFault{"groups.unsent_goes_out_later", "light: Reliable FIFO"}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    LightGroups, PlantedFaults,
    ::testing::Values(PlantedFault{"lwg_arrangement_missed", kNoCrash},
                      PlantedFault{"lwg_departed_members_kept", "light: View In Heavy View"},
                      PlantedFault{"lwg_early_message_delivered_at_once", "light: Same View Delivery"},
                      PlantedFault{"lwg_heavy_group_left_in_use", kNoCrash},
                      PlantedFault{"lwg_installed_without_last_marker", "light: Virtual Synchrony"},
                      PlantedFault{"lwg_joiner_forgets_early_messages", "light: Virtual Synchrony"},
                      PlantedFault{"lwg_leaves_before_it_is_stable", "light: Virtual Synchrony", 400},
                      PlantedFault{"lwg_lost_lineage_keeps_its_groups", "heavy: Reliable FIFO"},
                      PlantedFault{"lwg_marker_before_move_is_installed", "light: Transitional Set", 400},
                      PlantedFault{"lwg_marker_covers_what_waits", "light: Transitional Set", 1200},
                      PlantedFault{"lwg_marker_of_a_later_change", "light: Virtual Synchrony"},
                      PlantedFault{"lwg_marker_on_the_new_group", "Termination"},
                      PlantedFault{"lwg_marker_skipped", "Termination"},
                      PlantedFault{"lwg_markers_kept_at_view", "light: Virtual Synchrony"},
                      PlantedFault{"lwg_move_missed", "light: View Agreement"},
                      PlantedFault{"lwg_newcomer_not_waited_for", "light: Virtual Synchrony"},
                      PlantedFault{"lwg_non_member_delivers", "light: No Delivery To Non-Members"},
                      PlantedFault{"lwg_operation_skipped", "light: View Agreement"},
                      PlantedFault{"lwg_operations_applied_in_reverse", "light: Transitional Set"},
                      PlantedFault{"lwg_own_lineage_survives", "light: View Agreement"},
                      PlantedFault{"lwg_pending_kept_at_view", "light: Transitional Set", 400},
                      PlantedFault{"lwg_plan_outlives_its_view", "bus: Publish", 400},
                      PlantedFault{"lwg_requests_not_renewed", "Termination"},
                      PlantedFault{"lwg_sent_after_marker", "light: Virtual Synchrony"},
                      PlantedFault{"lwg_sent_with_the_first_era", "Termination"},
                      PlantedFault{"lwg_snapshot_without_last_group", "Termination"},
                      PlantedFault{"lwg_two_sides_share_view_ids", "light: View Agreement", 400},
                      PlantedFault{"lwg_unsent_forgotten", "light: Self Delivery"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(Topics, PlantedFaults,
                         ::testing::Values(PlantedFault{"session_buffered_twice", "topic: Contiguous Stream"},
                                           PlantedFault{"session_fold_ignores_stamp", "Termination"},
                                           PlantedFault{"session_jump_untold", "topic: Contiguous Stream"},
                                           PlantedFault{"session_live_before_snapshot", "topic: Retained First"},
                                           PlantedFault{"session_merge_gap_untold", "topic: Contiguous Stream"},
                                           PlantedFault{"session_snapshot_misses_last", "topic: State At The Cut"},
                                           PlantedFault{"session_takes_any_cut", "topic: State At The Cut"}),
                         name_of);

}  // namespace
}  // namespace hawser::sim

#endif  // HAWSER_FAULTS
