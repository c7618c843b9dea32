// The demo's own checker, and the faults it has to find.
#include "examples/stock_ticker/comparer.hpp"

#include <gtest/gtest.h>

#include "examples/stock_ticker/feed_index.hpp"

namespace ticker {
namespace {

class TickerComparer : public ::testing::Test {
 protected:
  TickerComparer() {
    for (const char* row : {"a1", "a2", "a3", "a4"}) feed_["A"].append(row);
    for (const char* row : {"b1", "b2"}) feed_["B"].append(row);
  }

  static void sync_empty(StreamComparer& comparer) {
    comparer.on_synced("A", 0, false);
    comparer.on_synced("B", 0, false);
  }

  static void live(StreamComparer& comparer, std::string_view topic, std::uint64_t number, std::string_view text) {
    comparer.on_message(topic, number, text, false);
  }

  static bool is_clean(const StreamComparer& comparer) {
    const StreamCounts& counts = comparer.counts();
    return counts.lost + counts.duplicated + counts.altered + counts.wrong_state == 0 && comparer.first_fault().empty();
  }

  FeedIndex feed_;
};

TEST_F(TickerComparer, IsContentWithEveryRowInOrder) {
  StreamComparer comparer(feed_);
  EXPECT_EQ(comparer.outstanding(), 6);
  sync_empty(comparer);
  live(comparer, "A", 1, "a1");
  live(comparer, "B", 1, "b1");
  live(comparer, "B", 2, "b2");
  EXPECT_EQ(comparer.newest_row("A"), "a1");
  live(comparer, "A", 2, "a2");
  live(comparer, "A", 3, "a3");
  live(comparer, "A", 4, "a4");
  EXPECT_TRUE(is_clean(comparer));
  EXPECT_EQ(comparer.counts().delivered, 6);
  EXPECT_EQ(comparer.counts().topics_synced, 2);
  EXPECT_EQ(comparer.counts().topics_heard, 2);
  EXPECT_EQ(comparer.outstanding(), 0);
}

TEST_F(TickerComparer, IsContentWithAStateThatTheLiveStreamGoesOnFrom) {
  StreamComparer comparer(feed_);
  comparer.on_message("A", 2, "a2", true);
  comparer.on_synced("A", 1, false);
  comparer.on_synced("B", 0, false);
  live(comparer, "A", 3, "a3");
  live(comparer, "A", 4, "a4");
  live(comparer, "B", 1, "b1");
  live(comparer, "B", 2, "b2");
  EXPECT_TRUE(is_clean(comparer)) << comparer.first_fault();
  EXPECT_EQ(comparer.counts().state_topics, 1);
  EXPECT_EQ(comparer.outstanding(), 0);
}

TEST_F(TickerComparer, CountsRowsThatWerePassedOver) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "A", 1, "a1");
  live(comparer, "A", 4, "a4");
  EXPECT_EQ(comparer.counts().lost, 2);
  EXPECT_EQ(comparer.first_fault(), "A: row 4 came after row 1");
}

TEST_F(TickerComparer, CountsRowsThatNeverCameAsOutstanding) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "B", 1, "b1");
  EXPECT_EQ(comparer.counts().lost, 0);
  EXPECT_EQ(comparer.outstanding(), 5);
}

TEST_F(TickerComparer, CountsALostBeginning) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "A", 3, "a3");
  EXPECT_EQ(comparer.counts().lost, 2);
}

TEST_F(TickerComparer, CountsRowsBetweenTheStateAndTheLiveStreamAsLost) {
  StreamComparer comparer(feed_);
  comparer.on_message("A", 1, "a1", true);
  comparer.on_synced("A", 1, false);
  live(comparer, "A", 3, "a3");
  EXPECT_EQ(comparer.counts().lost, 1);
}

TEST_F(TickerComparer, CountsALiveRowThatTheStateHadAsDuplicated) {
  StreamComparer comparer(feed_);
  comparer.on_message("A", 2, "a2", true);
  comparer.on_synced("A", 1, false);
  live(comparer, "A", 2, "a2");
  EXPECT_EQ(comparer.counts().duplicated, 1);
}

TEST_F(TickerComparer, CountsARowThatComesTwiceOrLate) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "A", 1, "a1");
  live(comparer, "A", 1, "a1");
  live(comparer, "A", 3, "a3");
  live(comparer, "A", 2, "a2");
  EXPECT_EQ(comparer.counts().duplicated, 2);
  EXPECT_EQ(comparer.counts().lost, 1);
}

TEST_F(TickerComparer, CountsOtherBytesAsAltered) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "A", 1, "a1 ");
  live(comparer, "A", 0, "a1");
  live(comparer, "A", 5, "a5");
  live(comparer, "B", 1, "a1");
  live(comparer, "C", 1, "c1");
  EXPECT_EQ(comparer.counts().altered, 5);
}

TEST_F(TickerComparer, CatchesALostRowBehindAContinuousNumbering) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "A", 1, "a1");
  live(comparer, "A", 2, "a3");
  EXPECT_EQ(comparer.counts().altered, 1);
}

TEST_F(TickerComparer, CatchesAWrongState) {
  StreamComparer stale(feed_);
  stale.on_message("A", 2, "a1", true);
  EXPECT_EQ(stale.counts().wrong_state, 1);

  StreamComparer two_values(feed_);
  two_values.on_message("A", 1, "a1", true);
  two_values.on_message("A", 2, "a2", true);
  EXPECT_EQ(two_values.counts().wrong_state, 1);

  StreamComparer late(feed_);
  late.on_synced("A", 0, false);
  late.on_message("A", 1, "a1", true);
  EXPECT_EQ(late.counts().wrong_state, 1);

  StreamComparer miscounted(feed_);
  miscounted.on_synced("A", 1, false);
  EXPECT_EQ(miscounted.counts().wrong_state, 1);

  StreamComparer lost(feed_);
  lost.on_synced("A", 0, true);
  EXPECT_EQ(lost.counts().wrong_state, 1);
}

TEST_F(TickerComparer, CatchesALiveRowBeforeTheStateIsIn) {
  StreamComparer comparer(feed_);
  live(comparer, "A", 1, "a1");
  EXPECT_EQ(comparer.counts().wrong_state, 1);
}

TEST_F(TickerComparer, IsContentWithATopicThatIsJoinedAnewWithoutALoss) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "A", 1, "a1");
  comparer.on_joining_anew("A");
  EXPECT_EQ(comparer.counts().topics_synced, 1);
  comparer.on_message("A", 1, "a1", true);
  comparer.on_synced("A", 1, false);
  live(comparer, "A", 2, "a2");
  EXPECT_TRUE(is_clean(comparer)) << comparer.first_fault();
  EXPECT_EQ(comparer.counts().topics_synced, 2);
  EXPECT_EQ(comparer.counts().state_topics, 0);
  EXPECT_EQ(comparer.outstanding(), 4);
}

TEST_F(TickerComparer, CountsWhatJoiningAnewSkippedAsLost) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "A", 1, "a1");
  comparer.on_joining_anew("A");
  comparer.on_message("A", 4, "a4", true);
  EXPECT_EQ(comparer.counts().lost, 2);
}

TEST_F(TickerComparer, CatchesAStateOlderThanWhatWasThere) {
  StreamComparer comparer(feed_);
  sync_empty(comparer);
  live(comparer, "A", 1, "a1");
  live(comparer, "A", 2, "a2");
  comparer.on_joining_anew("A");
  comparer.on_message("A", 1, "a1", true);
  EXPECT_EQ(comparer.counts().wrong_state, 1);
}

TEST_F(TickerComparer, CatchesASecondSync) {
  StreamComparer comparer(feed_);
  comparer.on_synced("A", 0, false);
  comparer.on_synced("A", 0, false);
  EXPECT_EQ(comparer.counts().wrong_state, 1);
  EXPECT_EQ(comparer.counts().topics_synced, 1);
}

}  // namespace
}  // namespace ticker
