// Are the options of a join fit to be used?
#pragma once

#include <chrono>

#include "hawser/options.hpp"
#include "hawser/result.hpp"
#include "hawser/subscription.hpp"
#include "hawser/topic.hpp"

namespace hawser {

/// Errors: invalid_argument  the message names the option, its value, and what is allowed.
Status validate(const Options& options);
Status validate(const SubscribeOptions& options);
Status validate(const TopicOptions& options);

/// Of options that are fit.
std::chrono::nanoseconds heartbeat_interval_of(const Options& options);

}  // namespace hawser
