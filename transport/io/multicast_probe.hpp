// Does multicast work here at all? What one socket sends to a group, another that has joined it must hear.
#pragma once

#include <chrono>
#include <string>

#include "transport/core/result.hpp"

namespace hawser {

/// Tries it on the interface (as find_interface()), in the domain, with a group of its own. It does not tell whether
/// the network carries multicast to other hosts: only they can. Takes less than a millisecond where it works. Errors:
/// invalid_argument  as find_interface();
///         system            a socket or a membership was refused;
///         timeout           nothing was heard within `patience`.
Status probe_multicast(const std::string& domain, const std::string& interface,
                       std::chrono::milliseconds patience = std::chrono::milliseconds{200});

}  // namespace hawser
