#include "check_all.hpp"

#include "checks.hpp"

namespace hawser::check {

namespace {

void check_both_layers(const Index& index, const Layer& layer, Report& report) {
  check_self_inclusion(index, layer, report);
  check_transitional_set(index, layer, report);
  check_delivery_in_view(layer, report);
  check_delivery_integrity(index, layer, report);
  check_no_duplication(index, layer, report);
  check_same_view_delivery(index, layer, report);
  check_virtual_synchrony(index, layer, report);
  check_multicast_liveness(index, layer, report);
}

void check_heavy(const Index& index, Report& report) {
  check_heavy_monotonicity(index, report);
  check_heavy_agreement(index, report);
  check_both_layers(index, index.heavy, report);
  check_heavy_fifo(index, report);
  check_total_order(index, report);
  check_group_broadcast(index, report);
  check_sending_view(index, report);
  check_holds_end(index, report);
  check_causal_order(index, report);
  check_primary_component(index, report);
  check_safe_indication(index, report);
  check_heavy_self_delivery(index, report);
  check_membership_precision(index, report);
}

void check_light(const Index& index, Report& report) {
  check_light_monotonicity(index, report);
  check_light_agreement(index, report);
  check_light_in_heavy(index, report);
  check_newcomers(index, report);
  check_both_layers(index, index.light, report);
  check_from_members_only(index, report);
  check_light_fifo(index, report);
  check_light_total_order(index, report);
  check_light_self_delivery(index, report);
  check_nothing_left_behind(index, report);
  check_final_light_views(index, report);
  check_one_directory(index, report);
}

void check_topics(const Index& index, Report& report) {
  check_state_at_cut(index, report);
  check_topic_streams(index, report);
  check_topic_liveness(index, report);
}

}  // namespace

Findings examine(const History& history) {
  const Index index{history};
  Report report{index};
  check_heavy(index, report);  // From below: what breaks above is often only the consequence.
  check_light(index, report);
  check_topics(index, report);
  return {report.take(), count_coverage(index)};
}

std::vector<Violation> check_all(const History& history) { return examine(history).violations; }

std::vector<Violation> check_heavy_groups(const History& history) {
  std::vector<Violation> violations = check_all(history);
  std::erase_if(violations, [](const Violation& violation) { return !violation.property.starts_with("heavy:"); });
  return violations;
}

std::string to_string(const Violation& violation) {
  std::string text = violation.property + ": " + violation.what + "\n";
  for (const std::string& line : violation.around) text += "  " + line + "\n";
  return text;
}

}  // namespace hawser::check
