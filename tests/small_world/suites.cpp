#include "tests/small_world/suites.hpp"

#include "transport/core/check.hpp"

namespace hawser::small {

Setting setting_of(const KnownRun& run) {
  const Scenario* const scenario = find_scenario(run.scenario);
  HAWSER_CHECK(scenario != nullptr);
  return {*scenario, std::string{run.senders}, std::string{run.crashes}, run.messages};
}

std::vector<KnownRun> short_runs() {
  return {
      {"join-grow", "Ag", "C"},
      {"join-share", "Ag", "A"},
      {"join-switch", "Ag", "B"},
      {"join-switch", "", "ABC"},
      {"join-create", "Ag", ""},
      {"leave-switch", "Cx", "ABC"},
      {"join-grow", "Ag", "C", Messages::bulk},
      {"join-grow", "Ag", "C", Messages::total},
      {"told", "Ag Bg", ""},
  };
}

std::vector<KnownRun> all_runs() {
  std::vector<KnownRun> runs = short_runs();
  for (const KnownRun& more : std::vector<KnownRun>{
           {"join-grow", "Ag", "ABC"},
           {"join-share", "Ag", "ABC"},
           {"join-switch", "Ag Bg", "ABC"},
           {"join-switch", "Ag Bg Cg", "ABC"},
           {"join-switch", "Ag Bx Cg", "ABC"},
           {"join-create", "", "ABC"},
           {"join-create", "Ag", "A"},
           {"join-two", "", "A"},
           {"leave-switch", "Ax Cx", "ABC"},
           {"join-switch", "Ag Bx", "B", Messages::bulk},
           {"join-share", "Ag Ax", "A", Messages::bulk},
           {"join-grow", "Ag Bg", "C", Messages::total},
           {"join-switch", "Ag", "B", Messages::total},
           {"leave-switch", "Ax Cx", "ABC", Messages::total},
           {"told", "Ag Bg", "ABC"},
           {"told-switch", "Ag Bg", "B"},
           {"join-switch", "", "-"},
           {"leave-switch", "", "ABC-"},
       }) {
    runs.push_back(more);
  }
  return runs;
}

const std::vector<PlantedFault>& planted_faults() {
  static const std::vector<PlantedFault> kFaults{
      {"lwg_arrangement_missed", {"join-switch", "", ""}},
      {"lwg_departed_members_kept", {"join-switch", "", "B"}},
      {"lwg_early_message_delivered_at_once", {"join-grow", "Ag", ""}},
      {"lwg_early_messages_delivered_at_view", {"leave-switch", "Ax", "A"}},
      {"lwg_heavy_group_left_in_use", {"join-switch-release", "", ""}},
      {"lwg_installed_without_last_marker", {"join-grow", "Bg", ""}},
      {"lwg_joiner_forgets_early_messages", {"join-grow", "Ag", ""}},
      {"lwg_leaves_before_it_is_stable", {"leave-switch", "Cx", ""}},
      {"lwg_marker_before_move_is_installed", {"join-switch", "Ag", "A"}},
      {"lwg_marker_of_a_later_change", {"join-grow", "Ag", ""}},
      {"lwg_marker_overtakes_bulk", {"join-grow", "Ag", "", Messages::bulk}},
      {"lwg_total_marked_in_fifo", {"join-grow", "Ag", "", Messages::total}},
      {"lwg_marker_on_the_new_group", {"join-switch", "", ""}},
      {"lwg_marker_skipped", {"join-grow", "", ""}},
      {"lwg_markers_kept_at_view", {"join-grow", "Bg", "A"}},
      {"lwg_move_missed", {"leave-switch", "", ""}},
      {"lwg_non_member_delivers", {"join-share", "Ag", ""}},
      {"lwg_operation_skipped", {"join-switch", "", ""}},
      {"lwg_operations_applied_in_reverse", {"join-switch", "", ""}},
      {"lwg_pending_kept_at_view", {"join-grow", "", "C"}},
      {"lwg_requests_not_renewed", {"join-grow", "", "A"}},
      {"lwg_sent_after_marker", {"join-grow", "Ag", ""}},
      {"lwg_sent_with_the_first_era", {"join-grow", "Ag", ""}},
      {"lwg_unsent_forgotten", {"join-grow", "Ag", "C"}},
  };
  return kFaults;
}

}  // namespace hawser::small
