#include "transport/multicast/laggards.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kStep = milliseconds{10};

class LaggardsTest : public testing::Test {
 protected:
  LaggardsTest() { laggards_.start_view(4); }
  /// The stream of rank 0 has 100 packets out, of which the members have so much; for so long, seen each kStep.
  std::vector<Rank> stay(std::vector<std::uint64_t> acknowledged, Duration time, bool held_up = true) {
    const std::vector<Seqno> received{{100}, {acknowledged[0]}, {acknowledged[1]}, {acknowledged[2]}};
    std::vector<Rank> slow;
    for (const Time until = now_ + time; now_ < until; now_ += kStep) {
      for (const Rank rank : laggards_.observe(received, {100}, held_up, now_)) slow.push_back(rank);
    }
    return slow;
  }
  Laggards laggards_;
  Time now_ = kStart;
};

TEST_F(LaggardsTest, WhoHoldsUpTheOthersIsSlowAfterAWhile) {
  EXPECT_THAT(stay({90, 90, 0}, kLagPatience), IsEmpty());
  EXPECT_THAT(stay({90, 90, 0}, 3 * kStep), ElementsAre(3));
  EXPECT_TRUE(laggards_.is_slow(3));
  EXPECT_FALSE(laggards_.is_slow(1));
}

TEST_F(LaggardsTest, WhoIsSlowReturnsNoCredit) {
  EXPECT_EQ(laggards_.credited(seqnos({100, 90, 80, 0})), Seqno{0});
  stay({90, 80, 0}, 2 * kLagPatience);
  EXPECT_EQ(laggards_.credited(seqnos({100, 90, 80, 0})), Seqno{80});
}

TEST_F(LaggardsTest, NobodyIsToBlameWhileTheStreamIsNotHeldUp) {
  EXPECT_THAT(stay({90, 90, 0}, 3 * kLagPatience, false), IsEmpty());
}

TEST_F(LaggardsTest, AMajorityIsNeverSlow) {
  EXPECT_THAT(stay({90, 0, 0}, 3 * kLagPatience), IsEmpty());
  laggards_.start_view(2);
  for (int i = 0; i < 100; ++i, now_ += kStep) {
    EXPECT_THAT(laggards_.observe(seqnos({100, 0}), {100}, true, now_), IsEmpty()) << "it is the only receiver";
  }
}

TEST_F(LaggardsTest, WhoIsBehindATenthOfTheTimeIsNot) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(stay({90, 90, 0}, 5 * kStep), IsEmpty());
    EXPECT_THAT(stay({90, 90, 90}, kStep), IsEmpty());
  }
}

TEST_F(LaggardsTest, WhoLacksNoMoreThanIsOnItsWayToTheOthersCountsAgain) {
  stay({90, 90, 0}, 2 * kLagPatience);
  EXPECT_THAT(stay({90, 90, 79}, kStep), IsEmpty());
  EXPECT_TRUE(laggards_.is_slow(3));
  stay({90, 90, 80}, kStep);
  EXPECT_FALSE(laggards_.is_slow(3));
}

TEST_F(LaggardsTest, ANodeThatDidNotRunBlamesNobodyForThatTime) {
  stay({90, 90, 0}, 2 * kStep);
  now_ += seconds{10};
  EXPECT_THAT(stay({90, 90, 0}, kStep), IsEmpty());
}

TEST_F(LaggardsTest, AViewBeginsWithoutBlame) {
  stay({90, 90, 0}, 2 * kLagPatience);
  laggards_.start_view(4);
  EXPECT_FALSE(laggards_.is_slow(3));
}

}  // namespace
}  // namespace hawser
