#include "examples/stock_ticker/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ticker_demo_state.hpp"

namespace ticker {
namespace {

using testing::at_ms;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::good_demo;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(TickerSummary, GivesTheFiguresOfAGoodRun) {
  const DemoState state = good_demo();
  EXPECT_THAT(find_failures(state), IsEmpty());
  EXPECT_THAT(summary_lines(state),
              ElementsAre("published 1000  topics 12  views installed 6",
                          "light-weight groups 12  heavy-weight groups 5  switches 7  filtered 9 %",
                          "ticker 1  delivered 100  lost 0  duplicated 0  filtered 10",
                          "ticker 2  delivered 200  lost 0  duplicated 0  filtered 20",
                          "ticker 3  delivered 300  lost 0  duplicated 0  filtered 30  (killed)",
                          "ticker 4  delivered 400  lost 0  duplicated 0  filtered 40",
                          "ticker 3b  delivered 500  lost 0  duplicated 0  filtered 50",
                          "late joiner: state of 5 topics at its cut, sent 50 messages, lost 0, duplicated 0",
                          "crash of ticker 3: detected in 7.0 ms, 7 topics repaired by 1 view change in 2.0 ms",
                          "restart of ticker 3: state of 7 topics at its cut, sent 21 messages and the others from "
                          "its store, lost 0, duplicated 0"));
}

TEST(TickerSummary, CountsWhatNeverCameAsLost) {
  DemoState state = good_demo();
  state.participants[1].counts.lost = 2;
  state.participants[1].outstanding = 3;
  EXPECT_EQ(summary_lines(state)[2], "ticker 1  delivered 100  lost 5  duplicated 0  filtered 10");
  EXPECT_THAT(find_failures(state), ElementsAre("ticker 1: lost 5 messages"));
}

TEST(TickerSummary, DoesNotExpectMoreOfTheKilledTickerThanItLivedFor) {
  DemoState state = good_demo();
  state.participants[kKilled].outstanding = 99;
  EXPECT_THAT(find_failures(state), IsEmpty());
  state.participants[kKilled].counts.lost = 1;
  EXPECT_THAT(find_failures(state), ElementsAre("ticker 3: lost 1 message"));
}

TEST(TickerSummary, FailsForEveryKindOfFault) {
  const auto failures_with = [](auto&& break_it) {
    DemoState state = good_demo();
    break_it(state);
    return find_failures(state);
  };
  EXPECT_THAT(failures_with([](DemoState& s) { s.participants[4].counts.duplicated = 1; }),
              ElementsAre("ticker 4: duplicated 1 message"));
  EXPECT_THAT(failures_with([](DemoState& s) { s.participants[4].counts.wrong_state = 1; }),
              ElementsAre("ticker 4: state wrong 1 time"));
  EXPECT_THAT(failures_with([](DemoState& s) { s.participants[2].counts.altered = 2; }),
              ElementsAre("ticker 2: 2 messages not as in the feed"));
  EXPECT_THAT(failures_with([](DemoState& s) { s.participants[2].counts.state_topics = 1; }),
              ElementsAre("ticker 2: has missed the first rows"));
  EXPECT_THAT(failures_with([](DemoState& s) { s.participants[2].gaps = 1; }),
              ElementsAre("ticker 2: was told of 1 gap"));
  EXPECT_THAT(failures_with([](DemoState& s) { s.participants[2].error = "broke"; }), ElementsAre("ticker 2: broke"));
  EXPECT_THAT(failures_with([](DemoState& s) { s.participants[2].reported_final = false; }),
              ElementsAre("ticker 2: did not report its end"));
  EXPECT_THAT(failures_with([](DemoState& s) { s.publisher().messages = 999; }),
              ElementsAre("publisher: published 999 of 1000 rows"));
  EXPECT_THAT(failures_with([](DemoState& s) { s.given_up = "too slow"; }),
              ElementsAre("publisher: the demo gave up: too slow"));
}

TEST(TickerSummary, FailsWhereASurvivorDidNotNoticeOrRepairTheCrash) {
  DemoState unnoticed = good_demo();
  unnoticed.participants[2].crash = {.topics_shared = 4};
  EXPECT_THAT(find_failures(unnoticed),
              ElementsAre("ticker 2: did not notice the crash of ticker 3",
                          "ticker 2: repaired 0 of the 4 topics that it shared with ticker 3"));
  EXPECT_THAT(summary_lines(unnoticed), Contains("crash of ticker 3: not detected and repaired by every survivor"));

  DemoState half_repaired = good_demo();
  half_repaired.participants[2].crash.topics_repaired = 3;
  EXPECT_THAT(find_failures(half_repaired),
              ElementsAre("ticker 2: repaired 3 of the 4 topics that it shared with ticker 3"));

  DemoState unkilled = good_demo();
  unkilled.killed_at.reset();
  unkilled.participants[kKilled].phase = Participant::Phase::ended;
  EXPECT_THAT(find_failures(unkilled), Contains("ticker 3: was not killed"));
  EXPECT_THAT(summary_lines(unkilled), Contains("crash of ticker 3: did not happen"));
}

TEST(TickerSummary, FailsWhereTheRestartedTickerIsSentMoreThanTheDifference) {
  DemoState state = good_demo();
  state.participants[kRestarted].received = 70;
  EXPECT_THAT(find_failures(state), IsEmpty());
  state.participants[kRestarted].received = 71;
  EXPECT_THAT(find_failures(state), ElementsAre("ticker 3b: was sent 71 messages although it had most of the state"));
}

TEST(TickerSummary, NamesTheFirstFaultWithTheCount) {
  DemoState state = good_demo();
  state.participants[1].counts.lost = 1;
  state.participants[1].fault = "A: row 3 came after row 1";
  EXPECT_THAT(find_failures(state), ElementsAre(HasSubstr("lost 1 message; the first: A: row 3 came after row 1")));
}

}  // namespace
}  // namespace ticker
