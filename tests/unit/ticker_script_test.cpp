// Who hears what, and when what happens in the demo.
#include "examples/stock_ticker/script.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "examples/stock_ticker/shares.hpp"
#include "tests/unit/ticker_demo_state.hpp"

namespace ticker {
namespace {

using testing::at_ms;
using testing::crash_seen;
using testing::make_live;
using testing::new_demo;
using testing::published;
using testing::report_progress;
using testing::see_each_other;

std::vector<std::string> numbered_topics(std::size_t count) {
  std::vector<std::string> topics;
  for (std::size_t i = 0; i < count; ++i) topics.push_back(std::to_string(1000 + i));
  return topics;
}

TEST(TickerShares, OverlapAndAreNeitherEmptyNorEverything) {
  for (std::size_t count = 4; count <= 505; ++count) {
    const auto topics = numbered_topics(count);
    std::set<std::string> of_the_first_three;
    std::size_t sum = 0;
    for (std::size_t ticker = 0; ticker < kTickers; ++ticker) {
      const auto share = topics_of_ticker(ticker, topics);
      EXPECT_FALSE(share.empty());
      EXPECT_LT(share.size(), count);
      if (ticker == kLateTicker) continue;
      of_the_first_three.insert(share.begin(), share.end());
      sum += share.size();
    }
    EXPECT_EQ(of_the_first_three.size(), count);
    EXPECT_GT(sum, count);
  }
}

TEST(TickerShares, AreNotEmptyForOneTopic) {
  for (std::size_t ticker = 0; ticker < kTickers; ++ticker) {
    EXPECT_EQ(topics_of_ticker(ticker, numbered_topics(1)).size(), 1);
  }
}

class TickerScript : public ::testing::Test {
 protected:
  void begin() {
    for (std::size_t i = 0; i < kLate; ++i) make_live(state_, i, 100);
    see_each_other(state_, 4);
  }
  void join_late() {
    make_live(state_, kLate, 5000);
    see_each_other(state_, 5);
  }
  void restart() {
    make_live(state_, kRestarted, 6500);
    see_each_other(state_, 5);
  }
  void survivors_repair() {
    for (const std::size_t i : {0, 1, 2, 4}) crash_seen(state_, i, 6003, 6005);
  }

  DemoState state_ = new_demo();
};

TEST_F(TickerScript, BeginsOnceThePublisherAndThreeTickersAreReady) {
  EXPECT_FALSE(may_begin(state_));
  begin();
  EXPECT_TRUE(may_begin(state_));
}

TEST_F(TickerScript, DoesNotBeginWhileSomebodyIsAloneOrJoinsAnew) {
  begin();
  state_.apply(2, Report("view").with("members", 1), at_ms(200));
  EXPECT_FALSE(may_begin(state_));
  state_.apply(2, Report("view").with("members", 4), at_ms(300));
  report_progress(state_, 2);
  EXPECT_FALSE(may_begin(state_)) << "the report may be older than the view";
  report_progress(state_, 2);
  EXPECT_TRUE(may_begin(state_));
  state_.apply(2, Report("progress").with("topics_synced", 0), at_ms(300));
  EXPECT_FALSE(may_begin(state_));
}

TEST_F(TickerScript, StartsTheLateTickerAfterAThird) {
  begin();
  published(state_, 329, 3000);
  EXPECT_FALSE(late_ticker_is_due(state_));
  published(state_, 330, 3000);
  EXPECT_TRUE(late_ticker_is_due(state_));
  state_.started(kLate);
  EXPECT_FALSE(late_ticker_is_due(state_));
}

TEST_F(TickerScript, KillsOnceTheLateTickerHasTheStateAndMoreThanHalfIsPublished) {
  begin();
  published(state_, 700, 6000);
  EXPECT_FALSE(kill_is_due(state_));
  join_late();
  EXPECT_TRUE(kill_is_due(state_));
  state_.killed(kKilled, at_ms(6000));
  EXPECT_FALSE(kill_is_due(state_));
}

TEST_F(TickerScript, HoldsThePublisherBackUntilWhatBelongsThereHasHappened) {
  begin();
  EXPECT_EQ(rows_allowed(state_), 500);
  state_.started(kLate);
  EXPECT_EQ(rows_allowed(state_), 500);
  state_.apply(kLate, Report("joining"), at_ms(5000));
  EXPECT_EQ(rows_allowed(state_), 580);
  join_late();
  EXPECT_EQ(rows_allowed(state_), 630);
  state_.killed(kKilled, at_ms(6000));
  survivors_repair();
  EXPECT_EQ(rows_allowed(state_), 630);
  restart();
  EXPECT_EQ(rows_allowed(state_), 1000);
}

TEST_F(TickerScript, RestartsTheKilledTickerOnceTheCrashIsRepaired) {
  begin();
  join_late();
  EXPECT_FALSE(restart_is_due(state_));
  state_.killed(kKilled, at_ms(6000));
  EXPECT_FALSE(restart_is_due(state_));
  survivors_repair();
  EXPECT_TRUE(restart_is_due(state_));
  state_.started(kRestarted);
  EXPECT_FALSE(restart_is_due(state_));
}

TEST_F(TickerScript, DoesNotWaitForTheKilledTickersRows) {
  state_.participants[kKilled].outstanding = 5;
  EXPECT_TRUE(all_have_all(state_));
  for (const std::size_t alive : {kLate, kRestarted}) {
    state_.participants[alive].outstanding = 1;
    EXPECT_FALSE(all_have_all(state_));
    state_.participants[alive].outstanding = 0;
  }
}

TEST_F(TickerScript, CountsOnlyTheKilledTickersCrash) {
  begin();
  join_late();
  state_.killed(kKilled, at_ms(6000));
  state_.apply(1, Report("failed").with("at_ns", 1).with("node", "somebody else"), at_ms(6001));
  EXPECT_FALSE(state_.participants[1].crash.failed_at);
  EXPECT_FALSE(state_.crash_is_repaired());
  survivors_repair();
  EXPECT_TRUE(state_.crash_is_repaired());
}

TEST_F(TickerScript, DoesNotTakeWhatFollowsTheRepairForPartOfIt) {
  begin();
  join_late();
  published(state_, 600, 6000);
  state_.killed(kKilled, at_ms(6000));
  survivors_repair();
  state_.apply(kPublisher, Report("repaired").with("at_ns", 1).with("topics", 3), at_ms(9000));
  EXPECT_EQ(state_.publisher().crash.topics_repaired, 7);
  EXPECT_EQ(state_.publisher().crash.view_changes, 1);
}

TEST_F(TickerScript, ExpectsOfEachSurvivorTheRepairOfWhatItShared) {
  begin();
  join_late();
  state_.apply(kKilled, Report("progress").with("topics_heard", 5), at_ms(5500));
  state_.killed(kKilled, at_ms(6000));
  EXPECT_EQ(state_.publisher().crash.topics_shared, 5);
  EXPECT_EQ(state_.participants[1].crash.topics_shared, 0);
  EXPECT_EQ(state_.participants[2].crash.topics_shared, 4);
  EXPECT_EQ(state_.participants[4].crash.topics_shared, 2);
}

}  // namespace
}  // namespace ticker
