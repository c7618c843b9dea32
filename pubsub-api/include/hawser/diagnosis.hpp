// Is this machine fit for a bus? What `hawser doctor` prints.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hawser {

/// One thing that was looked at.
struct Finding {
  enum class Verdict {
    good,
    fallback,  ///< Hawser works, by a detour that `fallback` tells
    broken,    ///< it does not
  };
  std::string check;  ///< "interface", "multicast", …: see broker/DOCTOR.md
  Verdict verdict = Verdict::good;
  std::string what;      ///< what was found, in a sentence
  std::string advice;    ///< what to do; empty where it is good
  std::string fallback;  ///< what Hawser does until then; only for Verdict::fallback
  std::vector<std::pair<std::string, std::uint64_t>> figures;  ///< by name
};

/// Looks at the interface (by name or IPv4 address), and tries it in the domain. Joins nothing; takes less than a
/// second. Always the same checks in the same order, but that nothing of an interface is looked at which is not there.
/// Threads: any.
[[nodiscard]] std::vector<Finding> diagnose(const std::string& domain, const std::string& interface);

/// The worst of all.
[[nodiscard]] Finding::Verdict worst_of(const std::vector<Finding>& findings);

}  // namespace hawser
