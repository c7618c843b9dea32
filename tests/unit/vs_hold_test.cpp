#include "transport/vs/hold.hpp"

#include <gtest/gtest.h>

namespace hawser {
namespace {

constexpr Time kStart{std::chrono::seconds{1}};

class Holds : public ::testing::Test {
 protected:
  Holds() { hold_.set_wanted(true); }
  Hold hold_;
};

TEST(Hold, ThatNobodyWantsLetsViewsEnd) {
  Hold hold;
  EXPECT_FALSE(hold.request(kStart));
  EXPECT_TRUE(hold.may_end());
  EXPECT_FALSE(hold.promises());
  EXPECT_EQ(hold.next_deadline(), kNever);
}

TEST_F(Holds, AskOnceAndWaitForTheAnswer) {
  EXPECT_FALSE(hold_.may_end());
  EXPECT_TRUE(hold_.request(kStart));
  EXPECT_FALSE(hold_.request(kStart));
  EXPECT_FALSE(hold_.may_end());
  EXPECT_TRUE(hold_.promises());
  hold_.on_answer(true);
  EXPECT_TRUE(hold_.may_end());
  EXPECT_FALSE(hold_.promises());
  EXPECT_EQ(hold_.next_deadline(), kNever);
}

TEST_F(Holds, BeginAnewWithEveryView) {
  hold_.request(kStart);
  hold_.on_answer(true);
  hold_.on_view();
  EXPECT_FALSE(hold_.may_end());
  EXPECT_TRUE(hold_.promises());
  EXPECT_TRUE(hold_.request(kStart));
}

TEST_F(Holds, RunOutOfPatience) {
  hold_.request(kStart);
  EXPECT_EQ(hold_.next_deadline(), kStart + kHoldPatience);
  EXPECT_FALSE(hold_.on_timeout(kStart + kHoldPatience - Duration{1}));
  EXPECT_TRUE(hold_.on_timeout(kStart + kHoldPatience));
  EXPECT_TRUE(hold_.may_end());
  EXPECT_FALSE(hold_.on_timeout(kStart + 2 * kHoldPatience));  // told once
}

TEST_F(Holds, DoNotWaitForWhoDoesNotAnswerUntilItAnswers) {
  hold_.request(kStart);
  hold_.on_timeout(kStart + kHoldPatience);
  hold_.on_view();
  EXPECT_TRUE(hold_.request(kStart));  // asked all the same
  EXPECT_TRUE(hold_.may_end());
  hold_.on_answer(true);
  hold_.on_view();
  EXPECT_TRUE(hold_.request(kStart));
  EXPECT_FALSE(hold_.may_end());
}

TEST_F(Holds, ALateAnswerCountsForTheNextTime) {
  hold_.request(kStart);
  hold_.on_timeout(kStart + kHoldPatience);
  hold_.on_view();
  hold_.on_answer(false);
  EXPECT_TRUE(hold_.request(kStart));
  EXPECT_FALSE(hold_.may_end());
}

TEST_F(Holds, AnAnswerToAnotherRequestEndsNothing) {
  hold_.request(kStart);
  hold_.on_answer(false);
  EXPECT_FALSE(hold_.may_end());
}

TEST_F(Holds, AnAnswerThatNobodyAskedForIsVoid) {
  hold_.on_answer(true);
  EXPECT_FALSE(hold_.may_end());
  EXPECT_TRUE(hold_.request(kStart));
}

}  // namespace
}  // namespace hawser
