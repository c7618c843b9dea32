// The properties, a function each; README.md has them in a table. A function that takes a Layer checks what
// heavy-weight and light-weight groups have in common. What needs History::settled does nothing without it.
#pragma once

#include "index.hpp"
#include "report.hpp"

namespace hawser::check {

// view_checks.cpp
void check_self_inclusion(const Index& index, const Layer& layer, Report& report);
void check_heavy_monotonicity(const Index& index, Report& report);
void check_light_monotonicity(const Index& index, Report& report);
void check_heavy_agreement(const Index& index, Report& report);
void check_light_agreement(const Index& index, Report& report);
void check_light_in_heavy(const Index& index, Report& report);

// transitional_set.cpp
void check_transitional_set(const Index& index, const Layer& layer, Report& report);
void check_newcomers(const Index& index, Report& report);

// delivery_checks.cpp
void check_delivery_in_view(const Layer& layer, Report& report);
void check_delivery_integrity(const Index& index, const Layer& layer, Report& report);
void check_from_members_only(const Index& index, Report& report);
void check_no_duplication(const Index& index, const Layer& layer, Report& report);

// same_view_delivery.cpp
void check_same_view_delivery(const Index& index, const Layer& layer, Report& report);

// virtual_synchrony.cpp
void check_virtual_synchrony(const Index& index, const Layer& layer, Report& report);
void check_multicast_liveness(const Index& index, const Layer& layer, Report& report);

// heavy_order.cpp
void check_heavy_fifo(const Index& index, Report& report);

// sending_view.cpp
void check_sending_view(const Index& index, Report& report);
void check_holds_end(const Index& index, Report& report);

// causal_order.cpp
void check_causal_order(const Index& index, Report& report);
void check_primary_component(const Index& index, Report& report);

// safe_indication.cpp
void check_safe_indication(const Index& index, Report& report);

// light_order.cpp
void check_light_fifo(const Index& index, Report& report);

// one_order.cpp
void check_total_order(const Index& index, Report& report);
void check_group_broadcast(const Index& index, Report& report);
void check_light_total_order(const Index& index, Report& report);

// self_delivery.cpp
void check_heavy_self_delivery(const Index& index, Report& report);
void check_light_self_delivery(const Index& index, Report& report);
void check_nothing_left_behind(const Index& index, Report& report);

// final_views.cpp
void check_membership_precision(const Index& index, Report& report);
void check_final_light_views(const Index& index, Report& report);
void check_one_directory(const Index& index, Report& report);

// topic_state.cpp
void check_state_at_cut(const Index& index, Report& report);

// topic_streams.cpp
void check_topic_streams(const Index& index, Report& report);

// topic_liveness.cpp
void check_topic_liveness(const Index& index, Report& report);

}  // namespace hawser::check
