// A topic's options as its light-weight group is configured with them.
#pragma once

#include <optional>
#include <string>

#include "hawser/topic.hpp"
#include "lwg/configuration.hpp"

namespace hawser {

[[nodiscard]] Configuration configuration_of(const TopicOptions& options);
/// Nothing where they are of a later version of this program, or none.
[[nodiscard]] std::optional<TopicOptions> options_of(const Configuration& configuration);
/// "order total instead of fifo", of the first field in which they differ; empty where they do not.
[[nodiscard]] std::string difference(const TopicOptions& in_force, const TopicOptions& wanted);

}  // namespace hawser
