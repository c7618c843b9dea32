// By which ways a node reaches the others, from its options and from what this machine can do.
#pragma once

#include <string>
#include <vector>

#include "hawser/options.hpp"
#include "hawser/result.hpp"
#include "transport/io/udp_multicast.hpp"

namespace hawser {

struct LinkPlan {
  UdpConfig udp;
  bool greets = true;                ///< as UnicastConfig::greets
  std::vector<Endpoint> candidates;  ///< as UnicastConfig::candidates
  std::string sentence;              ///< what was found and what follows, for the log
  bool is_second_choice = false;     ///< multicast was wanted, and can't be had
};

/// Tries multicast where the options leave it open. `options` must be valid.
/// Errors: invalid_argument  the interface or a peer is wrong: the message names the option;
///         system            the kernel would not say, or a peer's name is not known.
Result<LinkPlan> plan_link(const Options& options);

}  // namespace hawser
