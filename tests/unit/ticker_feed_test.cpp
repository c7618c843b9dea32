// The three feeds: which lines are published, when, and what is said of the others.
#include "examples/stock_ticker/feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "examples/stock_ticker/csv_daily.hpp"
#include "examples/stock_ticker/csv_ticks.hpp"
#include "examples/stock_ticker/feed_index.hpp"
#include "tests/shared_data.hpp"
#include "tests/unit/ticker_gzip_file.hpp"

namespace ticker {
namespace {

using hawser::shared_file;
using ::testing::ElementsAre;
using testing::GzipFile;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* kTicksHeader = "recv_ns,exch_ms,symbol,type,price,size,side,bid,bid_size,ask,ask_size\n";
constexpr const char* kDailyHeader = "date,open,high,low,close,volume,Name\n";

struct Published {
  std::string topic;
  std::string text;
  std::chrono::nanoseconds at;
};

std::vector<Published> read_all(Feed& feed) {
  std::vector<Published> rows;
  while (true) {
    const auto row = feed.next();
    if (!row) ADD_FAILURE() << row.error().message;
    if (!row || !row->has_value()) return rows;
    rows.push_back({std::string((*row)->topic), std::string((*row)->text), (*row)->at});
  }
}

std::vector<std::string> texts(const std::vector<Published>& rows) {
  std::vector<std::string> result;
  for (const auto& row : rows) result.push_back(row.text);
  return result;
}

std::unique_ptr<Feed> open(const FeedChoice& choice) {
  auto feed = open_feed(choice);
  if (!feed) ADD_FAILURE() << feed.error().message;
  return std::move(feed).value();
}

std::unique_ptr<Feed> ticks(const GzipFile& file, std::uint64_t rows_max = 0) {
  return open({.kind = FeedChoice::Kind::ticks, .path = file.path(), .rows_max = rows_max});
}

std::unique_ptr<Feed> daily(const GzipFile& file) {
  return open({.kind = FeedChoice::Kind::daily, .path = file.path()});
}

TEST(TickerTicks, AreDueByTheirReceiveTimes) {
  const GzipFile file(kTicksHeader + std::string("1000000000,,spot.A,Q,,,,1.5,2,1.6,3\n"
                                                 "1000000500,7,usdm.B,T,9.25,4,S,,,,\n"));
  const auto rows = read_all(*ticks(file));
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].topic, "spot.A");
  EXPECT_EQ(rows[0].text, "1000000000,,spot.A,Q,,,,1.5,2,1.6,3");
  EXPECT_EQ(rows[0].at, 0ns);
  EXPECT_EQ(rows[1].topic, "usdm.B");
  EXPECT_EQ(rows[1].at, 500ns);
}

TEST(TickerTicks, ShowATradesPriceAndAQuotesBid) {
  const GzipFile file(kTicksHeader);
  const auto feed = ticks(file);
  EXPECT_EQ(feed->price_of("1,7,usdm.B,T,9.25,4,S,,,,"), "9.25");
  EXPECT_EQ(feed->price_of("1,,spot.A,Q,,,,1.5,2,1.6,3"), "1.5");
}

TEST(TickerTicks, SkipAndNameEveryBadLine) {
  const std::vector<std::string> bad = {
      "",                                               // nothing
      "5,,spot.A,Q,,,,1.5,2,1.6",                       // a field short
      "5,,spot.A,Q,,,,1.5,2,1.6,3,",                    // a field more
      "x,,spot.A,Q,,,,1.5,2,1.6,3",                     // recv_ns
      "-5,,spot.A,Q,,,,1.5,2,1.6,3",                    // recv_ns
      "99999999999999999999,,spot.A,Q,,,,1.5,2,1.6,3",  // recv_ns too large
      "5,x,spot.A,Q,,,,1.5,2,1.6,3",                    // exch_ms
      "5,,,Q,,,,1.5,2,1.6,3",                           // no symbol
      "5,,spot A,Q,,,,1.5,2,1.6,3",                     // symbol
      "5,,spot.A,X,,,,1.5,2,1.6,3",                     // type
      "5,,spot.A,Q,,,,,2,1.6,3",                        // a quote without bid
      "5,,spot.A,Q,1,,,1.5,2,1.6,3",                    // a quote with a price
      "5,,spot.A,Q,,,,1.5,2,1.6,3\r",                   // a DOS line end
      "5,7,spot.A,T,,4,S,,,,",                          // a trade without price
      "5,7,spot.A,T,9.25,4,X,,,,",                      // side
      "5,7,spot.A,T,1e5,4,S,,,,",                       // price
      "5,7,spot.A,T,9.25,4,S,1,,,",                     // a trade with a bid
  };
  std::string content = kTicksHeader;
  for (const auto& line : bad) content += line + '\n';
  content += "5,,spot.A,Q,,,,1.5,2,1.6,3\n";
  const GzipFile file(content);
  const auto feed = ticks(file);
  EXPECT_THAT(texts(read_all(*feed)), ElementsAre("5,,spot.A,Q,,,,1.5,2,1.6,3"));
  EXPECT_EQ(feed->problems()->skipped_count(), bad.size());
  const auto words = feed->problems()->words();
  ASSERT_EQ(words.size(), bad.size() + 1);
  EXPECT_EQ(words[0], file.path() + ":2: not 11 fields: skipped");
  EXPECT_EQ(words[3], file.path() + ":5: recv_ns is not a number: skipped");
  EXPECT_THAT(words.back(), HasSubstr("17 bad lines skipped"));
}

TEST(TickerTicks, SkipALineWhoseTimeGoesBack) {
  const GzipFile file(kTicksHeader + std::string("500,,spot.A,Q,,,,1.5,2,1.6,3\n"
                                                 "499,,spot.A,Q,,,,1.5,2,1.6,3\n"
                                                 "500,,spot.A,Q,,,,1.5,2,1.6,3\n"));
  const auto feed = ticks(file);
  EXPECT_EQ(read_all(*feed).size(), 2);
  EXPECT_EQ(feed->problems()->words()[0], file.path() + ":3: recv_ns goes back: skipped");
}

TEST(TickerTicks, PublishAndNameAnExchangeTimeThatIsMissingOutsideSpotQuotes) {
  const GzipFile file(kTicksHeader + std::string("5,,usdm.A,Q,,,,1.5,2,1.6,3\n"
                                                 "5,,spot.A,T,9.25,4,S,,,,\n"
                                                 "5,,spot.A,Q,,,,1.5,2,1.6,3\n"));
  const auto feed = ticks(file);
  EXPECT_EQ(read_all(*feed).size(), 3);
  EXPECT_EQ(feed->problems()->kept_count(), 2);
  EXPECT_EQ(feed->problems()->words()[0], file.path() + ":2: empty exch_ms: published as it is");
}

TEST(TickerTicks, RefuseAnotherHeader) {
  const GzipFile file(kDailyHeader);
  const auto feed = open_feed({.kind = FeedChoice::Kind::ticks, .path = file.path()});
  ASSERT_FALSE(feed);
  EXPECT_THAT(feed.error().message, StartsWith(file.path() + ":1: the header is not"));
}

TEST(TickerTicks, EndAfterTheAskedNumberOfRows) {
  const GzipFile file(kTicksHeader + std::string("1,,spot.A,Q,,,,1.5,2,1.6,3\n"
                                                 "2,,spot.A,Q,,,,1.5,2,1.6,3\n"
                                                 "3,,spot.A,Q,,,,1.5,2,1.6,3\n"));
  EXPECT_EQ(read_all(*ticks(file, 2)).size(), 2);
  EXPECT_EQ(read_all(*ticks(file, 9)).size(), 3);
}

TEST(TickerTicks, RefuseATruncatedFileEvenWhereItsGoodRowsWouldDo) {
  std::string content = kTicksHeader;
  for (int i = 0; i < 10000; ++i) content += std::to_string(i) + ",,spot.A,Q,,,,1.5,2,1.6,3\n";
  GzipFile file(content);
  file.truncate(file.size() - 4);
  const auto counted = count_feed(*ticks(file, 1));
  ASSERT_FALSE(counted);
  EXPECT_THAT(counted.error().message, HasSubstr("ends too early"));
}

TEST(TickerDaily, ComesInDateOrderAndKeepsTheFilesOrderWithinADay) {
  const GzipFile file(kDailyHeader + std::string("2013-02-08,1,1,1,1.5,10,B\n"
                                                 "2013-02-11,1,1,1,1.6,10,B\n"
                                                 "2013-02-08,2,2,2,2.5,20,A\n"
                                                 "2012-12-31,2,2,2,2.4,20,A\n"));
  const auto rows = read_all(*daily(file));
  EXPECT_THAT(texts(rows), ElementsAre("2012-12-31,2,2,2,2.4,20,A", "2013-02-08,1,1,1,1.5,10,B",
                                       "2013-02-08,2,2,2,2.5,20,A", "2013-02-11,1,1,1,1.6,10,B"));
  EXPECT_EQ(rows[0].topic, "A");
  EXPECT_EQ(rows[1].topic, "B");
  EXPECT_EQ(rows[0].at, 0ms);
  EXPECT_EQ(rows[1].at, CsvDaily::kTradingDay);
  EXPECT_EQ(rows[2].at, CsvDaily::kTradingDay);
  EXPECT_EQ(rows[3].at, 2 * CsvDaily::kTradingDay);
}

TEST(TickerDaily, PublishesAndNamesEmptyPrices) {
  const GzipFile file(kDailyHeader + std::string("2017-07-26,,,,69.0842,3,BHF\n"
                                                 "2015-07-17,,88.76,88.24,88.72,2056819,DHR\n"));
  const auto feed = daily(file);
  EXPECT_EQ(read_all(*feed).size(), 2);
  EXPECT_EQ(feed->problems()->words()[0], file.path() + ":2: empty open, high and low: published as it is");
  EXPECT_EQ(feed->problems()->words()[1], file.path() + ":3: empty open: published as it is");
  EXPECT_EQ(feed->problems()->skipped_count(), 0);
}

TEST(TickerDaily, SkipsEveryBadLine) {
  const std::vector<std::string> bad = {
      "2013-02-08,1,1,1,1.5,10",     "2013-02-08,1,1,1,1.5,10,A,",
      "2013-02-30,1,1,1,1.5,10,A",   "2013-2-8,1,1,1,1.5,10,A",
      "20130208xx,1,1,1,1.5,10,A",   "2013-02-08,1,1,1,,10,A",
      "2013-02-08,1,1,1,1.5,,A",     "2013-02-08,1,1,1,1.5,10,",
      "2013-02-08,one,1,1,1.5,10,A", "2013-02-08,1,1,1,1.5,10,A B",
      "2013-02-08,1,1,1,-1.5,10,A",  "2013-02-08,1,1,1,.5,10,A",
      "2013-02-08,1,1,1,5.,10,A",    "",
  };
  std::string content = kDailyHeader;
  for (const auto& line : bad) content += line + '\n';
  content += "2013-02-08,1,1,1,1.5,10,BRK.B\n";
  const GzipFile file(content);
  const auto feed = daily(file);
  EXPECT_THAT(texts(read_all(*feed)), ElementsAre("2013-02-08,1,1,1,1.5,10,BRK.B"));
  EXPECT_EQ(feed->problems()->skipped_count(), bad.size());
}

TEST(TickerFeedProblems, KeepTheWordsOfTheFirstOnesOnly) {
  FeedProblems problems("f");
  for (std::size_t line = 1; line <= 100; ++line) problems.skipped(line, "bad");
  EXPECT_EQ(problems.skipped_count(), 100);
  EXPECT_EQ(problems.words().size(), FeedProblems::kWordsMax + 1);
  EXPECT_THAT(FeedProblems("f").words(), IsEmpty());
}

TEST(TickerRandomWalk, IsTheSameForTheSameSeed) {
  const FeedChoice choice{.seed = 7, .rows_max = 500};
  EXPECT_EQ(texts(read_all(*open(choice))), texts(read_all(*open(choice))));
  EXPECT_NE(texts(read_all(*open(choice))), texts(read_all(*open({.seed = 8, .rows_max = 500}))));
}

TEST(TickerRandomWalk, GivesTheseVeryRowsOnAnyMachine) {
  EXPECT_THAT(texts(read_all(*open({.seed = 1, .rows_max = 3}))),
              ElementsAre("74,RUDR,187.09,2000", "86,GAFF,220.86,1300", "1743,ANCR,44.59,1700"));
}

TEST(TickerRandomWalk, HasTwelveSymbolsAndLastsTwentySeconds) {
  const auto totals = count_feed(*open({}));
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->topics.size(), 12);
  EXPECT_EQ(totals->rows, 20000);
  EXPECT_GT(totals->duration, 19s);
  EXPECT_LT(totals->duration, 21s);
}

TEST(TickerFeedIndex, HoldsTheRowsOfTheAskedTopicsInOrder) {
  const GzipFile file(kDailyHeader + std::string("2013-02-08,1,1,1,1.5,10,B\n"
                                                 "2013-02-11,1,1,1,1.6,10,B\n"
                                                 "2013-02-08,2,2,2,2.5,20,A\n"));
  const auto index = index_feed(*daily(file), {"B", "C"});
  ASSERT_TRUE(index);
  ASSERT_EQ(index->size(), 2);
  ASSERT_EQ(index->at("B").size(), 2);
  EXPECT_EQ(index->at("B")[0], "2013-02-08,1,1,1,1.5,10,B");
  EXPECT_EQ(index->at("B")[1], "2013-02-11,1,1,1,1.6,10,B");
  EXPECT_EQ(index->at("C").size(), 0);
}

TEST(TickerFeedIndex, RefusesAFeedWithoutOneGoodRow) {
  const GzipFile file(kDailyHeader + std::string("nonsense\n"));
  EXPECT_FALSE(count_feed(*daily(file)));
}

TEST(TickerRecordedFeeds, TicksAreGoodFromTheFirstLineToTheLast) {
  const auto path = shared_file("crypto_ticks_20240808.csv.gz");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto feed = open({.kind = FeedChoice::Kind::ticks, .path = path});
  const auto totals = count_feed(*feed);
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->rows, 262416);
  EXPECT_EQ(totals->topics.size(), 6);
  EXPECT_THAT(feed->problems()->words(), IsEmpty());
}

TEST(TickerRecordedFeeds, DailyPricesLackOnlyTheElevenKnownFields) {
  const auto path = shared_file("sp500_daily_2013_2018.csv.gz");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto feed = open({.kind = FeedChoice::Kind::daily, .path = path});
  const auto totals = count_feed(*feed);
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->rows, 619040);
  EXPECT_EQ(totals->topics.size(), 505);
  EXPECT_EQ(totals->duration, 1258 * CsvDaily::kTradingDay);
  EXPECT_EQ(feed->problems()->kept_count(), 11);
  EXPECT_EQ(feed->problems()->skipped_count(), 0);
}

}  // namespace
}  // namespace ticker
