#include "transport/multicast/nak_scheduler.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::AllOf;
using testing::Ge;
using testing::Le;

class NakSchedulerTest : public testing::Test {
 protected:
  void gap(std::uint64_t contiguous) { naks_.on_gap({contiguous}, times_, rng_, now_); }
  bool due() { return naks_.due(times_, rng_, now_); }
  [[nodiscard]] Duration wait() const { return naks_.next_deadline() - now_; }
  /// Lets the time come, and asks.
  void ask() {
    now_ = naks_.next_deadline();
    ASSERT_TRUE(due());
  }
  const NakTimes times_;
  Rng rng_{7};
  Time now_ = kStart;
  NakScheduler naks_;
};

TEST_F(NakSchedulerTest, NothingIsDueWithoutAGap) {
  EXPECT_EQ(naks_.next_deadline(), kNever);
  EXPECT_FALSE(due());
}

TEST_F(NakSchedulerTest, AsksAfterARandomBackOff) {
  std::set<Duration> waits;
  for (int i = 0; i < 100; ++i) {
    naks_ = {};
    gap(0);
    EXPECT_THAT(wait(), AllOf(Ge(times_.backoff_min), Le(times_.backoff_max)));
    waits.insert(wait());
  }
  EXPECT_GT(waits.size(), 90U) << "receivers that lost the same packet must not all ask at once";
}

TEST_F(NakSchedulerTest, AsksOnceAndThenWaitsForTheRepair) {
  gap(0);
  EXPECT_FALSE(due());
  ask();
  EXPECT_FALSE(due());
  EXPECT_THAT(wait(), AllOf(Ge(times_.retry_min), Le(times_.retry_min * 3 / 2)));
}

TEST_F(NakSchedulerTest, MoreOfTheSameGapDoesNotAskEarlierOrLater) {
  gap(5);
  const Time deadline = naks_.next_deadline();
  now_ += microseconds{100};
  gap(5);
  EXPECT_EQ(naks_.next_deadline(), deadline);
}

TEST_F(NakSchedulerTest, AsksMoreAndMoreRarelyWhereNothingComesOfIt) {
  gap(0);
  Duration expected = times_.retry_min;
  for (int i = 0; i < 8; ++i) {
    ask();
    gap(0);
    EXPECT_THAT(wait(), AllOf(Ge(expected), Le(expected * 3 / 2)));
    expected = std::min(expected * 2, times_.retry_max);
  }
  EXPECT_EQ(expected, times_.retry_max);
}

TEST_F(NakSchedulerTest, WaitsAreShortAgainOnceAskingHelped) {
  gap(0);
  for (int i = 0; i < 8; ++i) ask();
  gap(1);
  ask();
  EXPECT_THAT(wait(), Le(times_.retry_min * 3 / 2));
}

TEST_F(NakSchedulerTest, ForgetsAGapThatIsFilled) {
  gap(0);
  naks_.on_no_gap();
  EXPECT_EQ(naks_.next_deadline(), kNever);
  now_ += seconds{1};
  EXPECT_FALSE(due());
}

TEST_F(NakSchedulerTest, ANewGapBeginsWithAShortBackOff) {
  gap(0);
  for (int i = 0; i < 8; ++i) ask();
  naks_.on_no_gap();
  gap(3);
  EXPECT_THAT(wait(), Le(times_.backoff_max));
}

}  // namespace
}  // namespace hawser
