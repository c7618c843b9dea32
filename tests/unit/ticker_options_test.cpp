#include "examples/stock_ticker/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace ticker {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Arguments = std::vector<const char*>;

ParsedOptions parse(const Arguments& arguments) {
  Arguments argv = {"stock_ticker"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return parse_options(static_cast<int>(argv.size()), argv.data());
}

TEST(TickerOptions, RunTheBuiltInMarketByDefault) {
  const auto parsed = parse({});
  ASSERT_TRUE(parsed.run);
  EXPECT_EQ(parsed.options.feed.kind, FeedChoice::Kind::random_walk);
  EXPECT_EQ(parsed.options.pace.speed, 1);
  EXPECT_FALSE(parsed.options.pace.max);
  EXPECT_EQ(parsed.options.role, DemoOptions::Role::orchestrator);
  EXPECT_FALSE(parsed.options.domain.empty());
}

TEST(TickerOptions, RefuseWrongUsageWithCodeTwo) {
  for (const auto& arguments : std::vector<Arguments>{{"--ticks", "a", "--daily", "b"},
                                                      {"--speed", "0"},
                                                      {"--speed", "-1"},
                                                      {"--speed", "x"},
                                                      {"--speed", "2", "--max"},
                                                      {"--rows", "0"},
                                                      {"--rows", "-5"},
                                                      {"--ticks"},
                                                      {"--role", "king"},
                                                      {"extra"}}) {
    const auto parsed = parse(arguments);
    EXPECT_FALSE(parsed.run);
    EXPECT_EQ(parsed.exit_code, 2) << arguments.front();
    EXPECT_FALSE(parsed.output.empty());
  }
}

TEST(TickerOptions, ShowExamplesAndHideTheRole) {
  const auto parsed = parse({"--help"});
  EXPECT_FALSE(parsed.run);
  EXPECT_EQ(parsed.exit_code, 0);
  EXPECT_THAT(parsed.output, HasSubstr("stock_ticker --ticks ticks.csv.gz --speed 20"));
  EXPECT_THAT(parsed.output, Not(HasSubstr("--role")));
}

TEST(TickerOptions, ReachAChildProcessUnchanged) {
  for (const auto& arguments : std::vector<Arguments>{{"--ticks", "t.gz", "--speed", "0.0123456789", "--rows", "7"},
                                                      {"--daily", "d.gz", "--max"},
                                                      {"--seed", "99", "--domain", "x"}}) {
    const DemoOptions sent = parse(arguments).options;
    Arguments argv;
    const auto child = child_arguments(sent, DemoOptions::Role::publisher);
    for (const auto& argument : child) argv.push_back(argument.c_str());
    const auto received = parse(argv);
    ASSERT_TRUE(received.run) << received.output;
    EXPECT_EQ(received.options.role, DemoOptions::Role::publisher);
    EXPECT_EQ(received.options.feed.kind, sent.feed.kind);
    EXPECT_EQ(received.options.feed.path, sent.feed.path);
    EXPECT_EQ(received.options.feed.seed, sent.feed.seed);
    EXPECT_EQ(received.options.feed.rows_max, sent.feed.rows_max);
    EXPECT_EQ(received.options.pace.speed, sent.pace.speed);
    EXPECT_EQ(received.options.pace.max, sent.pace.max);
    EXPECT_EQ(received.options.domain, sent.domain);
  }
}

}  // namespace
}  // namespace ticker
