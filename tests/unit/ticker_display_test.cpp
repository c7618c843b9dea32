#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <regex>
#include <string>

#include "examples/stock_ticker/plain_lines.hpp"
#include "examples/stock_ticker/styled_line.hpp"
#include "examples/stock_ticker/table.hpp"
#include "tests/unit/ticker_demo_state.hpp"

namespace ticker {
namespace {

using testing::at_ms;
using ::testing::Contains;
using ::testing::Each;
using testing::good_demo;
using ::testing::HasSubstr;
using testing::make_live;
using testing::new_demo;
using ::testing::Not;
using testing::published;

std::string without_colours(const std::string& line) {
  return std::regex_replace(line, std::regex("\x1b\\[[0-9;]*m"), "");
}

TEST(TickerStyledLine, IsCutAtTheLastColumnWhateverItsColours) {
  StyledLine line(10, true);
  line.add("12345", Style::red).right("6", 3).add("abcdef", Style::green);
  EXPECT_EQ(without_colours(line.text()), "12345  6ab");
  EXPECT_EQ(line.room(), 0);
}

TEST(TickerStyledLine, HasNoEscapesWithoutColours) {
  StyledLine line(80, false);
  line.add("a", Style::bold).skip_to(3).add("b", Style::dim);
  EXPECT_EQ(line.text(), "a  b");
}

TEST(TickerTable, ShowsEachTickersFigures) {
  const auto lines = table_lines(good_demo(), at_ms(11200), {}, false);
  EXPECT_THAT(lines, Contains("Hawser stock ticker  test market, 12 topics, 6 views                      11.2 s"));
  EXPECT_THAT(lines, Contains("ticker 1         5        100           0      0           0         10  done"));
  EXPECT_THAT(lines, Contains("ticker 3         7        300           0      0           0         30  killed"));
  EXPECT_THAT(lines, Contains("  6.0 s  ticker 3 is killed with kill -9"));
}

TEST(TickerTable, ShowsPricesAndWhichWayTheyWent) {
  DemoState state = new_demo();
  make_live(state, 1, 100);
  state.apply(1, Report("progress").with("quotes", "A:1.5,B:9,C:3.10000000,"), at_ms(200));
  state.apply(1, Report("progress").with("quotes", "A:1.6,B:10,C:3.00000000,"), at_ms(300));
  EXPECT_THAT(table_lines(state, at_ms(300), {}, false), Contains("  A 1.6+  B 10+  C 3.00-  "));
}

TEST(TickerTable, FitsTheTerminal) {
  const DemoState state = good_demo();
  for (const std::size_t columns : {20U, 40U, 80U, 120U}) {
    for (const std::size_t rows : {5U, 12U, 24U, 50U}) {
      const auto lines = table_lines(state, at_ms(11200), {columns, rows}, true);
      EXPECT_LT(lines.size(), rows);
      for (const auto& line : lines) EXPECT_LE(without_colours(line).size(), columns) << line;
    }
  }
}

TEST(TickerTable, NeverCutsAPrice) {
  DemoState state = new_demo();
  make_live(state, 1, 100);
  state.apply(1, Report("progress").with("quotes", "A:1234.56,B:2345.67,"), at_ms(200));
  EXPECT_THAT(table_lines(state, at_ms(300), {16, 24}, false), Contains("  A 1234.56   "));
  EXPECT_THAT(table_lines(state, at_ms(300), {12, 24}, false), Each(Not(HasSubstr("1234"))));
}

TEST(TickerPlainLines, SumUpTheProgress) {
  DemoState state = new_demo();
  for (std::size_t i = 0; i < kLate; ++i) make_live(state, i, 100);
  published(state, 250, 2500);
  state.apply(1, Report("progress").with("delivered", 90), at_ms(2500));
  EXPECT_EQ(progress_line(state, at_ms(2500)),
            "  2.5 s  published 250 of 1000  delivered: ticker 1 90, ticker 2 0, ticker 3 0  lost 0  duplicated 0");
}

TEST(TickerPlainLines, WriteEachEventOnceAndProgressNowAndThen) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  DemoState state = new_demo();
  make_live(state, 1, 100);
  PlainLines display(ends[1]);
  display.show(state, at_ms(200));
  display.show(state, at_ms(300));
  published(state, 100, 1000);
  display.show(state, at_ms(1000));
  display.show(state, at_ms(1100));
  close(ends[1]);
  std::array<char, 4096> bytes;
  const auto got = read(ends[0], bytes.data(), bytes.size());
  close(ends[0]);
  EXPECT_EQ(std::string(bytes.data(), static_cast<std::size_t>(got)),
            "  0.1 s  ticker 1 has the state of its topics\n"
            "  1.0 s  published 100 of 1000  delivered: ticker 1 0  lost 0  duplicated 0\n");
}

}  // namespace
}  // namespace ticker
