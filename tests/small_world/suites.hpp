// The runs whose outcome is known.
#pragma once

#include <string_view>
#include <vector>

#include "tests/small_world/scenario.hpp"

namespace hawser::small {

/// By the names that the command line takes.
struct KnownRun {
  std::string_view scenario;
  std::string_view senders = {};
  std::string_view crashes = {};
  Messages messages = Messages::fifo;
};

struct PlantedFault {
  std::string_view name;
  KnownRun run;
};

[[nodiscard]] Setting setting_of(const KnownRun& run);
/// In seconds.
[[nodiscard]] std::vector<KnownRun> short_runs();
/// In minutes.
[[nodiscard]] std::vector<KnownRun> all_runs();
/// Each with a small run that finds it.
[[nodiscard]] const std::vector<PlantedFault>& planted_faults();

}  // namespace hawser::small
