#include "broker/cli/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "broker/cli/join_options.hpp"

namespace hawser::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "hawser");
  return parse_arguments(static_cast<int>(arguments.size()), arguments.data(), "1.2.3");
}

PubArguments parse_pub(const std::vector<const char*>& arguments) { return std::get<PubArguments>(parse(arguments)); }
SubArguments parse_sub(const std::vector<const char*>& arguments) { return std::get<SubArguments>(parse(arguments)); }
InspectArguments parse_inspect(const std::vector<const char*>& arguments) {
  return std::get<InspectArguments>(parse(arguments));
}
Notice parse_notice(const std::vector<const char*>& arguments) { return std::get<Notice>(parse(arguments)); }

TEST(CliArguments, AVoterThatComesLaterHasNoElectorate) {
  const BusArguments founder = parse_sub({"sub", "a", "--voter", "f", "--electorate", "3"}).bus;
  EXPECT_EQ(founder.voter_file, "f");
  EXPECT_EQ(founder.electorate, 3);
  EXPECT_EQ(parse_sub({"sub", "a", "--voter", "f"}).bus.electorate, 0);
  EXPECT_EQ(parse_sub({"sub", "a", "--voter", "f", "--electorate", "0"}).bus.electorate, 0);
}

TEST(CliArguments, SayHowOthersAreReached) {
  const BusArguments bus = parse_sub({"sub", "a", "--transport", "unicast", "--peers", "10.0.0.4:5000,10.0.0.5",
                                      "--port", "5001", "--impair", "loss=1%", "--interface", "eth0"})
                               .bus;
  EXPECT_EQ(bus.transport, "unicast");
  EXPECT_THAT(bus.peers, ElementsAre("10.0.0.4:5000", "10.0.0.5"));
  EXPECT_EQ(bus.port, 5001);
  EXPECT_EQ(bus.impairment, "loss=1%");
  EXPECT_EQ(bus.interface, "eth0");
  EXPECT_EQ(parse_sub({"sub", "a"}).bus.transport, "auto");
}

TEST(CliArguments, SayHowLongSilenceIsBorne) {
  const Options chosen = join_options(parse_pub({"pub", "a", "b", "--silence", "1000", "--heartbeat", "50"}).bus);
  EXPECT_EQ(chosen.silence_timeout, 1s);
  EXPECT_EQ(chosen.heartbeat_interval, 50ms);
  const Options otherwise = join_options(parse_sub({"sub", "a"}).bus);
  EXPECT_EQ(otherwise.silence_timeout, Options{}.silence_timeout);
  EXPECT_EQ(otherwise.heartbeat_interval, Options{}.heartbeat_interval);
}

TEST(CliArguments, OfDoctorAndFlight) {
  const auto doctor = std::get<DoctorArguments>(parse({"doctor", "--interface", "eth0", "--json"}));
  EXPECT_EQ(doctor.interface, "eth0");
  EXPECT_TRUE(doctor.json);
  EXPECT_EQ(parse_inspect({"flight", "--node", "42"}).question, InspectArguments::Question::flight);
}

TEST(CliArguments, OfPubHaveATopicAndPerhapsAText) {
  EXPECT_EQ(parse_pub({"pub", "a.b", "hello"}).topic, "a.b");
  EXPECT_EQ(parse_pub({"pub", "a.b", "hello"}).text, "hello");
  EXPECT_EQ(parse_pub({"pub", "a.b", ""}).text, "");
  EXPECT_EQ(parse_pub({"pub", "a.b", "-"}).text, "-");
  EXPECT_EQ(parse_pub({"pub", "a.b", "--", "--dashed"}).text, "--dashed");
  EXPECT_FALSE(parse_pub({"pub", "a.b"}).text.has_value());
}

TEST(CliArguments, OfPubHaveOptions) {
  const auto pub =
      parse_pub({"pub", "a", "b", "--key", "k", "--wait", "0.5", "--json", "--domain", "d", "--interface", "10.0.0.1"});
  EXPECT_EQ(pub.key, "k");
  EXPECT_EQ(pub.wait_seconds, 0.5);
  EXPECT_TRUE(pub.json);
  EXPECT_EQ(pub.bus.domain, "d");
  EXPECT_EQ(pub.bus.interface, "10.0.0.1");
}

TEST(CliArguments, OfSubHaveTopicsAndOptions) {
  const auto sub =
      parse_sub({"sub", "a", "b", "--start", "all", "--out", "f", "--count", "3", "--json", "--domain", "d"});
  EXPECT_THAT(sub.topics, ElementsAre("a", "b"));
  EXPECT_EQ(sub.out, "f");
  EXPECT_EQ(sub.start, "all");
  EXPECT_EQ(sub.count, 3);
  EXPECT_TRUE(sub.json);
  EXPECT_EQ(sub.bus.domain, "d");
  EXPECT_EQ(sub.bus.interface, "127.0.0.1");
}

TEST(CliArguments, OfGroupsTopicsAndExplainSayWhomToAsk) {
  using Question = InspectArguments::Question;
  EXPECT_EQ(parse_inspect({"groups"}).question, Question::groups);
  EXPECT_EQ(parse_inspect({"groups"}).domain, "default");
  EXPECT_EQ(parse_inspect({"topics", "--json"}).question, Question::topics);
  EXPECT_TRUE(parse_inspect({"topics", "--json"}).json);
  const auto explain = parse_inspect({"explain", "a.b", "--node", "4242", "--watch", "--domain", "d"});
  EXPECT_EQ(explain.question, Question::explain);
  EXPECT_EQ(explain.topic, "a.b");
  EXPECT_EQ(explain.node, "4242");
  EXPECT_EQ(explain.domain, "d");
  EXPECT_TRUE(explain.watch);
  EXPECT_FALSE(explain.json);
}

TEST(CliArguments, ThatAreWrongEndWithCodeTwo) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{{},
                                                                     {"publish"},
                                                                     {"pub"},
                                                                     {"sub"},
                                                                     {"pub", "a", "b", "c"},
                                                                     {"pub", "a", "--nonsense"},
                                                                     {"pub", "a", "--wait", "soon"},
                                                                     {"pub", "a", "--wait", "-1"},
                                                                     {"sub", "a", "--count", "0"},
                                                                     {"sub", "a", "--start", "here"},
                                                                     {"pub", "a", "--order", "none"},
                                                                     {"pub", "a", "--history", "0"},
                                                                     {"sub", "a", "--count", "many"},
                                                                     {"sub", "a", "--transport", "pigeon"},
                                                                     {"sub", "a", "--port", "65536"},
                                                                     {"sub", "a", "--silence", "long"},
                                                                     {"pub", "a", "--heartbeat", "-1"},
                                                                     {"doctor", "a"},
                                                                     {"flight", "a"},
                                                                     {"groups", "a"},
                                                                     {"topics", "a"},
                                                                     {"explain"},
                                                                     {"explain", ""},
                                                                     {"explain", "a", "b"},
                                                                     {"groups", "--interface", "127.0.0.1"},
                                                                     {"groups", "--node"}}) {
    const Notice notice = parse_notice(arguments);
    EXPECT_EQ(notice.exit_code, kExitUsage) << notice.text;
    EXPECT_THAT(notice.text, HasSubstr("--help"));
  }
}

TEST(CliArguments, AskForHelpWithExamples) {
  EXPECT_EQ(parse_notice({"--help"}).exit_code, kExitOk);
  EXPECT_THAT(parse_notice({"--help"}).text, HasSubstr("hawser sub greetings"));
  EXPECT_THAT(parse_notice({"pub", "--help"}).text, HasSubstr("tail -f access.log | hawser pub web.log -"));
  EXPECT_THAT(parse_notice({"sub", "--help"}).text,
              HasSubstr("hawser sub web.log --start all --out web.log --count 1000"));
  EXPECT_THAT(parse_notice({"groups", "--help"}).text, HasSubstr("hawser groups --watch"));
  EXPECT_THAT(parse_notice({"explain", "--help"}).text, HasSubstr("hawser explain prices.oak --node 4242"));
  EXPECT_EQ(parse_notice({"--version"}).text, "hawser 1.2.3\n");
}

}  // namespace
}  // namespace hawser::cli
