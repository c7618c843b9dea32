#include "transport/core/rng.hpp"

#include <array>

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;

// The values published for seed 1234567, from the second on: mix64() adds the increment once more.
TEST(Rng, IsSplitMix64) {
  Rng rng{1234567};
  EXPECT_EQ(rng.next(), 3203168211198807973U);
  EXPECT_EQ(rng.next(), 9817491932198370423U);
  EXPECT_EQ(rng.next(), 4593380528125082431U);
}

TEST(Rng, TheSameSeedGivesTheSameRun) {
  Rng one{7};
  Rng other{7};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(one.next(), other.next());
}

TEST(Rng, BelowReachesEveryValueAndNoOther) {
  Rng rng{7};
  std::array<int, 5> seen{};
  for (int i = 0; i < 1000; ++i) ++seen.at(rng.below(5));
  EXPECT_THAT(seen, testing::Each(testing::AllOf(testing::Gt(150), testing::Lt(250))));
}

TEST(RngDeathTest, BelowNothingIsAnErrorOfProgramming) { EXPECT_DEATH(Rng{7}.below(0), "HAWSER_CHECK"); }

TEST(Rng, BetweenIncludesBothEnds) {
  Rng rng{7};
  std::array<int, 3> seen{};
  for (int i = 0; i < 1000; ++i) ++seen.at(rng.between(10, 12) - 10);
  EXPECT_THAT(seen, testing::Each(testing::Gt(250)));
  EXPECT_EQ(rng.between(milliseconds{3}, milliseconds{3}), milliseconds{3});
}

TEST(Rng, BetweenCoversTheWholeRange) {
  Rng rng{7};
  EXPECT_NE(rng.between(0, UINT64_MAX), rng.between(0, UINT64_MAX));
}

TEST(Rng, OddsAreKept) {
  Rng rng{7};
  int one_in_four = 0;
  int tenth = 0;
  for (int i = 0; i < 10000; ++i) {
    one_in_four += rng.one_in(4) ? 1 : 0;
    tenth += rng.permille(100) ? 1 : 0;
  }
  EXPECT_NEAR(one_in_four, 2500, 200);
  EXPECT_NEAR(tenth, 1000, 150);
  EXPECT_FALSE(rng.permille(0));
  EXPECT_TRUE(rng.permille(1000));
}

TEST(Rng, DrawsOfAForkDoNotDisturbIt) {
  Rng one{7};
  Rng other{7};
  Rng fork = one.fork();
  (void)other.fork();
  for (int i = 0; i < 10; ++i) (void)fork.next();
  EXPECT_EQ(one.next(), other.next());
}

}  // namespace
}  // namespace hawser
