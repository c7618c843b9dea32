#include "examples/stock_ticker/gzip_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/unit/ticker_gzip_file.hpp"

namespace ticker {
namespace {

using ::testing::ElementsAre;
using testing::GzipFile;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct ReadFile {
  std::vector<std::string> lines;
  std::optional<hawser::Error> error;
};

ReadFile read(const std::string& path) {
  ReadFile result;
  auto lines = GzipLines::open(path);
  if (!lines) return {{}, lines.error()};
  while (true) {
    const auto line = lines->next();
    if (!line) result.error = line.error();
    if (!line || !line->has_value()) return result;
    result.lines.emplace_back(**line);
    EXPECT_EQ(lines->line_number(), result.lines.size());
  }
}

std::string many_lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "line " + std::to_string(i * 7919 % 10007) + '\n';
  return text;
}

TEST(TickerGzipLines, GivesEachLineWithoutItsEnd) {
  const GzipFile file("one\n\nthree\n");
  EXPECT_THAT(read(file.path()).lines, ElementsAre("one", "", "three"));
}

TEST(TickerGzipLines, GivesALastLineThatHasNoEnd) {
  const GzipFile file("one\ntwo");
  EXPECT_THAT(read(file.path()).lines, ElementsAre("one", "two"));
}

TEST(TickerGzipLines, GivesNothingForAnEmptyStream) {
  const GzipFile file("");
  const auto result = read(file.path());
  EXPECT_TRUE(result.lines.empty());
  EXPECT_FALSE(result.error);
}

TEST(TickerGzipLines, GivesEveryLineOfAFileLargerThanItsBuffer) {
  const GzipFile file(many_lines(50000));
  const auto result = read(file.path());
  EXPECT_EQ(result.lines.size(), 50000);
  EXPECT_EQ(result.lines.back(), "line " + std::to_string(49999 * 7919 % 10007));
  EXPECT_FALSE(result.error);
}

TEST(TickerGzipLines, RefusesATruncatedFileAndSaysInWhichLineItEnds) {
  GzipFile file(many_lines(50000));
  file.truncate(file.size() / 2);
  const auto result = read(file.path());
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, hawser::Errc::bad_data);
  EXPECT_THAT(result.error->message, StartsWith(file.path() + ":"));
  EXPECT_THAT(result.error->message, HasSubstr("ends too early"));
  const auto line = std::stoul(result.error->message.substr(file.path().size() + 1));
  EXPECT_GT(line, 10000);
  EXPECT_LT(line, 40000);
}

TEST(TickerGzipLines, RefusesAFileThatLacksOnlyItsChecksum) {
  GzipFile file("one\ntwo\n");
  file.truncate(file.size() - 8);
  const auto result = read(file.path());
  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("ends too early"));
}

TEST(TickerGzipLines, RefusesAWrongChecksum) {
  GzipFile file("one\ntwo\n");
  file.damage(file.size() - 8);
  const auto result = read(file.path());
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, hawser::Errc::bad_data);
  EXPECT_THAT(result.error->message, HasSubstr("damaged gzip data"));
}

TEST(TickerGzipLines, RefusesWhatIsNotGzip) {
  GzipFile file("");
  file.write_plain("date,open\n");
  EXPECT_THAT(read(file.path()).error->message, HasSubstr("not a gzip file"));
  file.write_plain("");
  EXPECT_THAT(read(file.path()).error->message, HasSubstr("not a gzip file"));
}

TEST(TickerGzipLines, RefusesALineThatNoFeedHas) {
  const GzipFile file("one\n" + std::string(GzipLines::kLineBytesMax + 1, 'x') + "\n");
  const auto result = read(file.path());
  EXPECT_THAT(result.lines, ElementsAre("one"));
  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, StartsWith(file.path() + ":2: longer than"));
}

TEST(TickerGzipLines, SaysWhyAFileCannotBeOpened) {
  const auto result = read("/nowhere/ticks.csv.gz");
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, hawser::Errc::system);
  EXPECT_THAT(result.error->message, StartsWith("/nowhere/ticks.csv.gz: cannot be opened: No such file"));
}

}  // namespace
}  // namespace ticker
