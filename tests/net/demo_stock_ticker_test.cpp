// The demo as users run it: seven real processes, one of them the killed one again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "examples/stock_ticker/feed.hpp"
#include "examples/stock_ticker/feed_index.hpp"
#include "examples/stock_ticker/shares.hpp"
#include "tests/net/cli_process.hpp"
#include "tests/shared_data.hpp"

namespace hawser::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr std::chrono::seconds kDemoPatience{120};

std::vector<std::string> last_lines(const std::string& text, std::size_t count) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

/// How many rows of the feed a ticker should be handed that was there from the start.
std::size_t rows_of_ticker(std::size_t ticker, const ticker::FeedChoice& choice) {
  const auto totals = ticker::count_feed(**ticker::open_feed(choice));
  const auto index = ticker::index_feed(**ticker::open_feed(choice), ticker::topics_of_ticker(ticker, totals->topics));
  std::size_t rows = 0;
  for (const auto& [topic, topic_rows] : *index) rows += topic_rows.size();
  return rows;
}

/// Runs the demo to its end and checks its summary.
void expect_good_demo(std::vector<std::string> arguments, const ticker::FeedChoice& choice) {
  const auto demo = run("stock_ticker", std::move(arguments), {}, kDemoPatience);
  ASSERT_EQ(demo.exit_code, 0) << demo.output << demo.errors;
  const auto totals = ticker::count_feed(**ticker::open_feed(choice));
  const auto lines = last_lines(demo.output, 10);
  ASSERT_EQ(lines.size(), 10) << demo.output;
  EXPECT_THAT(lines[0], MatchesRegex("published " + std::to_string(totals->rows) + "  topics " +
                                     std::to_string(totals->topics.size()) + "  views installed [0-9]+"));
  EXPECT_THAT(lines[1], MatchesRegex("light-weight groups " + std::to_string(totals->topics.size()) +
                                     "  heavy-weight groups [1-9][0-9]*  switches [0-9]+  filtered [0-9]+ %"));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_THAT(lines[2 + i],
                MatchesRegex("ticker " + std::to_string(1 + i) + "  delivered " +
                             std::to_string(rows_of_ticker(i, choice)) + "  lost 0  duplicated 0  filtered [0-9]+"));
  }
  EXPECT_THAT(lines[4], MatchesRegex("ticker 3  delivered [0-9]+  lost 0  duplicated 0  filtered [0-9]+  .killed."));
  EXPECT_THAT(lines[5], MatchesRegex("ticker 4  delivered [0-9]+  lost 0  duplicated 0  filtered [0-9]+"));
  EXPECT_THAT(lines[6], MatchesRegex("ticker 3b  delivered [0-9]+  lost 0  duplicated 0  filtered [0-9]+"));
  EXPECT_THAT(lines[7], MatchesRegex("late joiner: state of [1-9][0-9]* topics at its cut, sent [0-9]+ messages?, "
                                     "lost 0, duplicated 0"));
  EXPECT_THAT(lines[8], MatchesRegex("crash of ticker 3: detected in [0-9.]+ ms, [1-9][0-9]* topics repaired by "
                                     "1 view change in [0-9.]+ ms"));
  EXPECT_THAT(lines[9], MatchesRegex("restart of ticker 3: state of [1-9][0-9]* topics at its cut, sent [0-9]+ "
                                     "messages? and the others from its store, lost 0, duplicated 0"));
}

TEST(StockTickerDemo, HoldsWithTheBuiltInMarket) { expect_good_demo({"--speed", "5"}, {}); }

TEST(StockTickerDemo, HoldsAsFastAsItGoes) {
  expect_good_demo({"--max", "--rows", "100000", "--seed", "7"}, {.seed = 7, .rows_max = 100000});
}

TEST(StockTickerDemo, HoldsWithRecordedTicks) {
  const auto path = shared_file("crypto_ticks_20240808.csv.gz");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  expect_good_demo({"--ticks", path, "--speed", "100"}, {.kind = ticker::FeedChoice::Kind::ticks, .path = path});
}

TEST(StockTickerDemo, HoldsWithDailyPrices) {
  const auto path = shared_file("sp500_daily_2013_2018.csv.gz");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  expect_good_demo({"--daily", path, "--speed", "4", "--rows", "200000"},
                   {.kind = ticker::FeedChoice::Kind::daily, .path = path, .rows_max = 200000});
}

TEST(StockTickerDemo, RefusesATruncatedFileBeforeItPublishesARow) {
  const auto source = shared_file("crypto_ticks_20240808.csv.gz");
  if (!std::filesystem::exists(source)) GTEST_SKIP() << source << " is not there";
  const auto path = std::filesystem::temp_directory_path() / ("hawser-cut-" + std::to_string(getpid()) + ".csv.gz");
  std::filesystem::copy_file(source, path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
  std::filesystem::resize_file(path, 1000000);
  const auto demo = run("stock_ticker", {"--ticks", path.string()});
  std::filesystem::remove(path);
  EXPECT_EQ(demo.exit_code, 3);
  EXPECT_EQ(demo.output, "");
  EXPECT_TRUE(std::regex_search(demo.errors, std::regex("hawser-cut-[0-9]+\\.csv\\.gz:[0-9]+: .*ends too early")))
      << demo.errors;
}

TEST(StockTickerDemo, SaysWhyItCannotRun) {
  const auto no_file = run("stock_ticker", {"--ticks", "/nowhere/ticks.csv.gz"});
  EXPECT_EQ(no_file.exit_code, 3);
  EXPECT_THAT(no_file.errors, HasSubstr("/nowhere/ticks.csv.gz: cannot be opened"));
  EXPECT_EQ(run("stock_ticker", {"--speed", "fast"}).exit_code, 2);
}

}  // namespace
}  // namespace hawser::testing
