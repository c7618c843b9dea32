// Small worlds' traces, for people.
#pragma once

#include <string>

#include "lwg/light_events.hpp"
#include "tests/small_world/scenario.hpp"
#include "tests/unit/memory_cluster.hpp"

namespace hawser::small {

[[nodiscard]] std::string text_of_event(const LightEvent& event);
[[nodiscard]] std::string text_of_deed(const Deed& deed);
/// What `step` brings `node`; it is taken in `scratch`, a copy of `before`.
[[nodiscard]] std::string text_of_step(const test::MemoryStep& step, const test::MemoryCluster& before,
                                       test::MemoryCluster& scratch, const NodeId& node);

}  // namespace hawser::small
