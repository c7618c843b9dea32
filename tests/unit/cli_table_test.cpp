#include "broker/cli/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::cli {
namespace {

using ::testing::ElementsAre;

TEST(CliTable, AlignsTextToTheLeftAndNumbersToTheRight) {
  EXPECT_THAT(table_lines({{"NAME"}, {"N", true}, {"ROLE"}}, {{"a", "1", "x"}, {"longer", "100", ""}}),
              ElementsAre("NAME      N  ROLE", "a         1  x", "longer  100"));
  EXPECT_THAT(table_lines({{"NAME"}, {"N", true}}, {}), ElementsAre("NAME  N"));
}

TEST(CliTable, CountsCharactersAndNotBytes) {
  EXPECT_EQ(width_of("g\xc3\xbcnstig"), 7U);
  EXPECT_EQ(cut("g\xc3\xbcnstig", 2), "g\xc3\xbc");
  EXPECT_EQ(cut("short", 80), "short");
  EXPECT_THAT(table_lines({{"A"}, {"B"}}, {{"\xc3\xbc", "x"}, {"ab", "y"}}),
              ElementsAre("A   B", "\xc3\xbc   x", "ab  y"));
}

TEST(CliTable, JoinsWhatFitsAndCountsTheRest) {
  EXPECT_EQ(joined_within({}, 20), "");
  EXPECT_EQ(joined_within({"a", "b", "c"}, 7), "a  b  c");
  EXPECT_EQ(joined_within({"one", "two", "three"}, 16), "one  two  three");
  EXPECT_EQ(joined_within({"one", "two", "three", "four"}, 20), "one  two  and 2 more");
  EXPECT_EQ(joined_within({"one", "two", "three", "four"}, 19), "one  and 3 more");
  EXPECT_EQ(joined_within({"much longer than the width", "b"}, 5), "much longer than the width  and 1 more");
}

}  // namespace
}  // namespace hawser::cli
