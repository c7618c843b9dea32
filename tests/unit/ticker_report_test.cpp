#include "examples/stock_ticker/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "examples/stock_ticker/line_pipe.hpp"

namespace ticker {
namespace {

using std::chrono::milliseconds;

TEST(TickerReport, SurvivesTheWayThroughALine) {
  const std::string awkward = "a b=c%d\n\xff,";
  const Report sent = Report("progress").with("lost", 3).with("fault", awkward).with("empty", "");
  const std::string line = sent.line();
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto received = Report::parse(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(received);
  EXPECT_EQ(received->word(), "progress");
  EXPECT_EQ(received->number("lost"), 3);
  EXPECT_EQ(received->text("fault"), awkward);
  EXPECT_EQ(received->text("empty"), "");
}

TEST(TickerReport, HasNothingForWhatIsNotThere) {
  const Report report("final");
  EXPECT_EQ(report.number("lost"), 0);
  EXPECT_EQ(report.text("fault"), "");
}

TEST(TickerReport, RefusesLinesThatAreNone) {
  for (const char* line : {"", " word", "word value", "word =1", "word a=%4", "word a=%zz", "word a=1 b"}) {
    EXPECT_FALSE(Report::parse(line)) << line;
  }
}

class TickerLinePipe : public ::testing::Test {
 protected:
  TickerLinePipe() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~TickerLinePipe() override {
    close(ends_[0]);
    close_writer();
  }
  void write_text(std::string_view text) const {
    EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_writer() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

  std::array<int, 2> ends_{};
};

TEST_F(TickerLinePipe, GivesALineOnlyOnceItIsWhole) {
  ReportReader reader(ends_[0]);
  write_text("ready na");
  EXPECT_TRUE(reader.read(milliseconds{0}).empty());
  write_text("me=x\nflushed\nfin");
  const auto reports = reader.read(milliseconds{0});
  ASSERT_EQ(reports.size(), 2);
  EXPECT_EQ(reports[0].text("name"), "x");
  EXPECT_EQ(reports[1].word(), "flushed");
  EXPECT_FALSE(reader.at_end());
}

TEST_F(TickerLinePipe, LeavesOutLinesThatAreNoReports) {
  ReportReader reader(ends_[0]);
  write_text("= =\nready\n");
  EXPECT_EQ(reader.read(milliseconds{0}).size(), 1);
}

TEST_F(TickerLinePipe, KnowsItsEnd) {
  ReportReader reader(ends_[0]);
  EXPECT_TRUE(send_report(ends_[1], Report("final")));
  close_writer();
  EXPECT_EQ(reader.read(milliseconds{0}).size(), 1);
  EXPECT_TRUE(reader.read(milliseconds{0}).empty());
  EXPECT_TRUE(reader.at_end());
}

}  // namespace
}  // namespace ticker
