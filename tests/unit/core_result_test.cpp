#include "transport/core/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace hawser {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error{Errc::invalid_argument, std::to_string(value) + " is odd: pass an even number"};
  return value / 2;
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_TRUE(half(4).ok());
  EXPECT_EQ(*half(4), 2);
  EXPECT_FALSE(half(3));
  EXPECT_EQ(half(3).error().code, Errc::invalid_argument);
  EXPECT_EQ(half(3).error().message, "3 is odd: pass an even number");
}

TEST(Result, GivesUpAValueThatCanOnlyMove) {
  Result<std::unique_ptr<int>> result{std::make_unique<int>(7)};
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Result, AnErrorMayBeTheValue) {
  const Result<std::string> result{std::string{"words"}};
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result->size(), 5U);
}

TEST(ResultDeathTest, TheValueOfAFailureEndsTheProgramWithItsWords) {
  EXPECT_DEATH((void)half(3).value(), "invalid_argument: 3 is odd");
  EXPECT_DEATH((void)half(4).error(), "HAWSER_CHECK");
}

TEST(Result, EveryCodeHasAName) {
  EXPECT_EQ(to_string(Errc::invalid_argument), "invalid_argument");
  EXPECT_EQ(to_string(Errc::too_large), "too_large");
  EXPECT_EQ(to_string(Errc::would_block), "would_block");
  EXPECT_EQ(to_string(Errc::timeout), "timeout");
  EXPECT_EQ(to_string(Errc::closed), "closed");
  EXPECT_EQ(to_string(Errc::system), "system");
  EXPECT_EQ(to_string(Errc::bad_data), "bad_data");
}

}  // namespace
}  // namespace hawser
