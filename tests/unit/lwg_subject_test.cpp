// Names of topics, and what patterns stand for.
#include "lwg/subject.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hawser {
namespace {

using ::testing::HasSubstr;

Pattern pattern(std::string_view text) { return Pattern::parse(text).value(); }
Pattern prefix(std::string_view bytes) { return Pattern::prefix(bytes).value(); }

std::string refusal(std::string_view topic) {
  const Status status = check_topic(topic);
  if (status) return "none";
  EXPECT_EQ(status.error().code, Errc::invalid_argument);
  return status.error().message;
}

std::string pattern_refusal(std::string_view text) {
  const auto parsed = Pattern::parse(text);
  if (parsed) return "none";
  EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  return parsed.error().message;
}

std::string tokens(std::size_t count) {
  std::string subject = "t";
  for (std::size_t i = 1; i < count; ++i) subject += ".t";
  return subject;
}

TEST(Subject, HasTokensOfAnyOtherBytes) {
  EXPECT_EQ(refusal("a"), "none");
  EXPECT_EQ(refusal("market.depth.BTC/USDT 1"), "none");
  EXPECT_EQ(refusal("\xff\x01"), "none");
  EXPECT_EQ(refusal(std::string(kSubjectBytesMax, 'x')), "none");
  EXPECT_EQ(refusal(tokens(kSubjectTokensMax)), "none");
}

TEST(Subject, IsRefusedWithTheReason) {
  EXPECT_THAT(refusal(""), HasSubstr("this has 0"));
  EXPECT_THAT(refusal(std::string(kSubjectBytesMax + 1, 'x')), HasSubstr("this has 257"));
  EXPECT_THAT(refusal(tokens(kSubjectTokensMax + 1)), HasSubstr("has 17 tokens"));
  EXPECT_THAT(refusal(".a"), HasSubstr("nothing for token 1"));
  EXPECT_THAT(refusal("a..b"), HasSubstr("nothing for token 2"));
  EXPECT_THAT(refusal("a.b."), HasSubstr("nothing for token 3"));
  EXPECT_THAT(refusal("a.*"), HasSubstr("for the patterns of subscriptions"));
  EXPECT_THAT(refusal("a.b>c"), HasSubstr("for the patterns of subscriptions"));
}

TEST(Pattern, IsRefusedWithTheReason) {
  EXPECT_THAT(pattern_refusal(""), HasSubstr("this has 0"));
  EXPECT_THAT(pattern_refusal("a..>"), HasSubstr("nothing for token 2"));
  EXPECT_THAT(pattern_refusal("a.>.b"), HasSubstr("before its end"));
  EXPECT_THAT(pattern_refusal("a.BTC*"), HasSubstr("whole tokens"));
  EXPECT_THAT(pattern_refusal("a.>>"), HasSubstr("whole tokens"));
  EXPECT_FALSE(Pattern::prefix(std::string(kSubjectBytesMax + 1, 'x')));
}

TEST(Pattern, WithoutWildcardsIsATopic) {
  EXPECT_EQ(pattern("a.b").kind(), Pattern::Kind::topic);
  EXPECT_TRUE(pattern("a.b").matches("a.b"));
  EXPECT_FALSE(pattern("a.b").matches("a.b.c"));
  EXPECT_FALSE(pattern("a.b").matches("a"));
}

TEST(Pattern, OfAStarFitsOneToken) {
  EXPECT_TRUE(pattern("a.*.c").matches("a.b.c"));
  EXPECT_FALSE(pattern("a.*.c").matches("a.c"));
  EXPECT_FALSE(pattern("a.*.c").matches("a.b.b.c"));
  EXPECT_TRUE(pattern("*").matches("a"));
  EXPECT_FALSE(pattern("*").matches("a.b"));
  EXPECT_FALSE(pattern("a.*").matches("a"));
}

TEST(Pattern, OfTheRestFitsOneTokenAndMore) {
  EXPECT_TRUE(pattern(">").matches("a"));
  EXPECT_TRUE(pattern("a.>").matches("a.b"));
  EXPECT_TRUE(pattern("a.>").matches("a.b.c.d"));
  EXPECT_FALSE(pattern("a.>").matches("a"));
  EXPECT_FALSE(pattern("a.>").matches("b.a"));
  EXPECT_TRUE(pattern("*.b.>").matches("a.b.c"));
}

TEST(Pattern, OfABeginningHasNoTokens) {
  EXPECT_TRUE(prefix("a.b").matches("a.bc"));
  EXPECT_TRUE(prefix("a.b").matches("a.b"));
  EXPECT_TRUE(prefix("").matches("anything.at.all"));
  EXPECT_FALSE(prefix("*").matches("a"));
  EXPECT_FALSE(prefix("a.b").matches("a."));
}

}  // namespace
}  // namespace hawser
