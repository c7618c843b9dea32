#include "tests/hosts/fault_plan.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hawser::hosts {
namespace {

TEST(FaultPlan, TheSameSeedGivesTheSameRounds) {
  const auto words_of = [](std::uint64_t seed) {
    std::string words;
    for (const Round& round : plan_rounds(seed, 20, 5)) words += to_string(round) + "\n";
    return words;
  };
  EXPECT_EQ(words_of(1), words_of(1));
  EXPECT_NE(words_of(1), words_of(2));
}

TEST(FaultPlan, HasFaultsOfAllKindsWithinTheirBounds) {
  std::set<Fault::Kind> kinds;
  for (const Round& round : plan_rounds(1, 200, 5)) {
    for (const Fault& fault : round.faults) {
      kinds.insert(fault.kind);
      for (const std::size_t host : fault.hosts) EXPECT_LT(host, 5U);
      EXPECT_TRUE(fault.kind != Fault::Kind::part || (!fault.hosts.empty() && fault.hosts.size() < 5));
      EXPECT_TRUE(fault.kind != Fault::Kind::cut || fault.hosts.at(0) != fault.hosts.at(1));
      EXPECT_TRUE(fault.kind != Fault::Kind::lose || (fault.permille >= 1 && fault.permille <= 200));
    }
  }
  EXPECT_EQ(kinds.size(), 5U);
}

}  // namespace
}  // namespace hawser::hosts
