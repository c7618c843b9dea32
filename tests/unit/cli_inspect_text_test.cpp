#include "broker/cli/inspect_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pubsub-api/src/inspection/answers.hpp"
#include "tests/unit/made_up_node.hpp"

namespace hawser::cli {
namespace {

using Question = InspectArguments::Question;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct CliInspectText : ::testing::Test {
  std::vector<std::string> lines(Question question, const std::string& line, std::size_t width = 80) {
    const auto lines = inspect_lines(question, Answers(node, "staging", 4242).to(line), width);
    EXPECT_TRUE(lines.ok()) << lines.error().message;
    return lines ? *lines : std::vector<std::string>{};
  }

  test::MadeUpNode node;
};

constexpr const char* kHead =
    "node 127.0.0.1:40001* (process 4242, domain staging) in view 7.9f02c1d4 of 4 nodes: 1 group, 2 topics";

TEST_F(CliInspectText, OfGroupsHasTheirMembersAndTopicsBelowThem) {
  EXPECT_THAT(
      lines(Question::groups, "groups"),
      ElementsAre(kHead, "", "GROUP             ADDRESS             MEMBERS  TOPICS  RECEIVED  FILTERED  UNACKED  VIEW",
                  "control           239.131.0.37:28258        4       -         -         -        2  7.9f02c1d4",
                  "  127.0.0.1:40001*  127.0.0.1:40002  127.0.0.1:40003  127.0.0.1:40004",
                  "00000000000003e8  239.131.4.13:28258        4       2       200    12.5 %        1  3.abcdef01",
                  "  127.0.0.1:40001*  127.0.0.1:40002  127.0.0.1:40003  127.0.0.1:40004", "  other  prices.oak"));
}

TEST_F(CliInspectText, OfTopicsIsATable) {
  EXPECT_THAT(
      lines(Question::topics, "topics"),
      ElementsAre(
          kHead, "",
          "TOPIC       GROUP             SUBSCRIBERS  PUBLISHERS  EXTRAS  HERE        PUBLISHED  DELIVERED  FILTERED",
          "other       00000000000003e8            1           0  2 of 2  -                   0          0        25",
          "prices.oak  00000000000003e8            2           1  0 of 5  subscriber          3        120         0"));
}

TEST_F(CliInspectText, OfTheFlightIsATableOfWhatWentBefore) {
  EXPECT_THAT(lines(Question::flight, "flight"),
              ElementsAre(kHead, "", "  SECONDS  WHAT      PEER                    BYTES  FRAMES",
                          "-0.002000  received  127.0.0.1:40002            73  heartbeat, hears 2",
                          "-0.001000  sent      group 00000000000003e8     90  ack",
                          " 0.000000  event     -                           -  view 7.9f02c1d4 of 4 members"));
}

TEST_F(CliInspectText, OfOneTopicExplainsIt) {
  const auto all = lines(Question::explain, "topic prices.oak");
  EXPECT_THAT(all, ::testing::IsSupersetOf(
                       {kHead, "topic prices.oak", "  members     127.0.0.1:40001*  subscriber",
                        "              127.0.0.1:40003  publisher",
                        "  because     when it was put there, the group had exactly its members (same_members)",
                        "  extras      0 of 5: members of the group that only other topics there need",
                        "  idle        127.0.0.1:40004", "  order       fifo",
                        "  messages    3 published, 120 delivered, 0 filtered, all of them here",
                        "              12.5 % of what comes on the group is filtered here",
                        "  this node   subscriber, member, has the state",
                        "  lag         4 to be sent, 1 not known to be at all members, 30 waiting for handlers",
                        "  changes     2 changes under way", "  waits for   127.0.0.1:40002"}));
  EXPECT_THAT(lines(Question::explain, "topic other"), ::testing::Contains("  this node   not in the topic"));
}

TEST_F(CliInspectText, CutsListsToTheWidth) {
  EXPECT_THAT(lines(Question::groups, "groups", 50),
              ::testing::Contains("  127.0.0.1:40001*  127.0.0.1:40002  and 2 more"));
}

TEST_F(CliInspectText, LetsNoNameSteerTheTerminalOrBreakALine) {
  node.all_topics[1].name = "\x1b[2J\n\t";
  EXPECT_THAT(lines(Question::groups, "groups").back(), HasSubstr("\\x1b[2J\\x0a\\x09"));
  node.all_topics[1].name = "\xff";
  EXPECT_THAT(lines(Question::groups, "groups").back(), HasSubstr("base64:/w=="));
}

TEST_F(CliInspectText, OfAnErrorIsTheNodesWords) {
  const auto unknown = inspect_lines(Question::explain, Answers(node, "d", 1).to("topic nobody"), 80);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, Errc::system);
  EXPECT_THAT(unknown.error().message, HasSubstr("nobody in the domain is in a topic 'nobody'"));
}

TEST_F(CliInspectText, OfAnAnswerThatIsNoneSaysSo) {
  for (const char* answer : {"", "no json", "[]", "{}", R"({"node":{}})", R"({"node":3,"groups":[1]})",
                             R"({"error":{"message":3}})", R"({"error":3})"}) {
    const auto shown = inspect_lines(Question::groups, answer, 80);
    ASSERT_FALSE(shown.ok()) << answer;
  }
  EXPECT_EQ(check_answer("no json").error().code, Errc::bad_data);
  EXPECT_FALSE(check_answer(R"({"error":3})").ok());
  EXPECT_TRUE(check_answer("{}").ok());
}

}  // namespace
}  // namespace hawser::cli
