// A topic's options as its light-weight group is configured with them.
#pragma once

#include <optional>

#include "hawser/topic.hpp"
#include "lwg/configuration.hpp"

namespace hawser {

[[nodiscard]] Configuration configuration_of(const TopicOptions& options);
/// Nothing where they are of a later version of this program, or none.
[[nodiscard]] std::optional<TopicOptions> options_of(const Configuration& configuration);

}  // namespace hawser
