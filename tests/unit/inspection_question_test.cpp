#include "pubsub-api/src/inspection/question.hpp"

#include <gtest/gtest.h>

#include <string>

#include "transport/core/rng.hpp"

namespace hawser {
namespace {

using namespace std::string_literals;
using Kind = Question::Kind;

TEST(InspectionQuestion, IsAWordAndPerhapsATopic) {
  EXPECT_EQ(parse_question("groups")->kind, Kind::groups);
  EXPECT_EQ(parse_question("topics")->kind, Kind::topics);
  EXPECT_EQ(parse_question("flight")->kind, Kind::flight);
  EXPECT_EQ(parse_question("topic prices.oak")->kind, Kind::topic);
  EXPECT_EQ(parse_question("topic prices.oak")->topic, "prices.oak");
  EXPECT_EQ(parse_question("topic a b%20c")->topic, "a b c");
  EXPECT_EQ(to_line({Kind::groups, {}}), "groups");
  EXPECT_EQ(to_line({Kind::topic, "100 %\n"}), "topic 100 %25%0A");
}

TEST(InspectionQuestion, NamesATopicOfAnyBytes) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  const std::string line = to_line({Kind::topic, every});
  EXPECT_LE(line.size(), kQuestionBytesMax);  // 256 bytes is the longest name.
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(parse_question(line)->topic, every);
}

TEST(InspectionQuestion, IsNothingElse) {
  for (const auto& line : {""s, "group"s, "groups "s, "GROUPS"s, "topics x"s, "topic"s, "topic %"s, "topic %1"s,
                           "topic %zz"s, "topic %+1"s, "topic a%"s, "\0"s, "{\"question\":\"groups\"}"s}) {
    EXPECT_FALSE(parse_question(line)) << line;
  }
}

TEST(InspectionQuestion, OfRandomBytesIsRefusedOrReadBack) {
  Rng rng{1};
  for (int i = 0; i < 20'000; ++i) {
    std::string line = i % 2 == 0 ? "topic " : "";
    for (std::uint64_t left = rng.next() % 12; left > 0; --left) line += "%09afx\n\xff \0"[rng.next() % 10];
    const auto question = parse_question(line);
    if (!question) continue;
    EXPECT_EQ(parse_question(to_line(*question))->topic, question->topic) << line;
  }
}

}  // namespace
}  // namespace hawser
