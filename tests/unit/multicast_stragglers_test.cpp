#include "transport/multicast/stragglers.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kStep = milliseconds{25};
constexpr Duration kLong = kCatchUpTime * kCatchUpsMissedMax + kStep;

/// Rank 0's view of four: it has all of its own stream, which grows by one packet each step.
class StragglersTest : public testing::Test {
 protected:
  StragglersTest() {
    stragglers_.start_view(4, 0);
    stability_.start_view(4);
  }
  /// Time passes; each member lacks the last so many packets.
  void lack(std::vector<std::uint64_t> lacking, Duration time, Duration step = kStep) {
    for (const Time until = now_ + time; now_ < until; now_ += step) {
      ++sent_;
      for (Rank rank = 0; rank < 4; ++rank) {
        stability_.on_ack(rank, seqnos({sent_ - std::min(sent_, lacking[rank]), 0, 0, 0}));
        if (says_) stragglers_.on_heard(rank);
      }
      stragglers_.observe(stability_, now_);
    }
  }
  Stragglers stragglers_;
  Stability stability_;
  Time now_ = kStart;
  bool says_ = true;  // the members acknowledge

 private:
  std::uint64_t sent_ = 0;
};

TEST_F(StragglersTest, WhoLacksForLongWhatThisNodeHasStaysBehind) {
  lack({0, 2, 0, 1'000}, kLong - kCatchUpTime);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
  lack({0, 2, 0, 1'000}, kCatchUpTime);
  EXPECT_THAT(stragglers_.own_votes(), ElementsAre(3));
}

TEST_F(StragglersTest, WhoIsAboutToHoldUpTheSenderHasOneChance) {
  constexpr Duration kQuick = microseconds{20};  // More than kFarBehindPackets in kCatchUpTime.
  lack({0, 0, 0, 100'000}, kCatchUpTime + kStep, kQuick);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty()) << "it has had no time yet";
  lack({0, 0, 0, 100'000}, kCatchUpTime);
  EXPECT_THAT(stragglers_.own_votes(), ElementsAre(3));
}

TEST_F(StragglersTest, WhoGetsEverythingALittleLaterDoesNot) {
  lack({0, 4, 3, 1}, 3 * kLong);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
}

TEST_F(StragglersTest, WhoCatchesUpIsForgivenAtOnce) {
  lack({0, 0, 0, 1'000}, kLong);
  lack({0, 0, 0, 0}, kCatchUpTime);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
  lack({0, 0, 0, 1'000}, kLong - 2 * kCatchUpTime);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
}

TEST_F(StragglersTest, TimeInWhichThisNodeDidNotRunIsNotHeldAgainstOthers) {
  lack({0, 0, 0, 1'000}, 10 * kLong, 2 * kCatchUpTime);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
}

TEST_F(StragglersTest, AfterAPauseNothingIsHeldAgainstAnybodyAnyMore) {
  lack({0, 0, 0, 1'000}, kLong);
  stragglers_.on_votes(1, {3});
  now_ += 2 * kCatchUpTime;
  stragglers_.observe(stability_, now_);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
  stragglers_.on_votes(2, {3});
  EXPECT_THAT(stragglers_.outvoted(), IsEmpty());
}

TEST_F(StragglersTest, WhoSaysNothingIsNotJudged) {
  says_ = false;
  lack({0, 0, 0, 1'000}, 2 * kLong);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
}

TEST_F(StragglersTest, WhatNobodyElseHasMayStillBeInThisNodesQueues) {
  lack({0, 1'000, 1'000, 1'000}, 2 * kLong);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
}

TEST_F(StragglersTest, MoreThanHalfOfAllMembersHaveToAgree) {
  lack({0, 0, 0, 1'000}, kLong);
  stragglers_.on_votes(1, {3});
  stragglers_.on_votes(1, {3, 3, 3});
  EXPECT_THAT(stragglers_.outvoted(), IsEmpty());
  stragglers_.on_votes(2, {1, 3});
  EXPECT_THAT(stragglers_.outvoted(), ElementsAre(3));
  stragglers_.on_votes(1, {});
  EXPECT_THAT(stragglers_.outvoted(), IsEmpty());
}

TEST_F(StragglersTest, VotesForNobodyDoNoHarm) {
  stragglers_.on_votes(1, {4, 65535});
  EXPECT_THAT(stragglers_.outvoted(), IsEmpty());
}

TEST_F(StragglersTest, ANewViewBeginsAnew) {
  lack({0, 0, 0, 1'000}, kLong);
  stragglers_.on_votes(1, {3});
  stragglers_.on_votes(2, {3});
  stragglers_.start_view(3, 0);
  EXPECT_THAT(stragglers_.own_votes(), IsEmpty());
  EXPECT_THAT(stragglers_.outvoted(), IsEmpty());
}

}  // namespace
}  // namespace hawser
