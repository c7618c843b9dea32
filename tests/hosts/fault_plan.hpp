// What happens to the hosts, round by round: the same seed gives the same rounds.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hawser::hosts {

struct Fault {
  enum class Kind { part, cut, lose, kill, pause };
  Kind kind = Kind::part;
  std::vector<std::size_t> hosts;  ///< part: one side; cut: from, to; kill, pause: who
  unsigned permille = 0;           ///< lose: of the frames
};

/// The faults begin together, last, and are over together: then all is as before, and killed processes start anew.
struct Round {
  std::vector<Fault> faults;
  std::chrono::milliseconds lasts{0};
  /// Until the next round; often too short to come to rest.
  std::chrono::milliseconds rests{0};
};

std::vector<Round> plan_rounds(std::uint64_t seed, std::size_t rounds, std::size_t hosts);

/// "part 0 3, lose 120; 850 ms, then 40 ms"
std::string to_string(const Round& round);

}  // namespace hawser::hosts
