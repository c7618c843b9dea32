// The `hawser` command as users run it: real processes on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/net/cli_process.hpp"

namespace hawser::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::string_literals;

class Cli : public ::testing::Test {
 protected:
  /// A `hawser sub … --json` in the test's own domain.
  [[nodiscard]] std::vector<std::string> sub(std::vector<std::string> arguments) const {
    return with_domain("sub", std::move(arguments));
  }
  [[nodiscard]] std::vector<std::string> pub(std::vector<std::string> arguments) const {
    return with_domain("pub", std::move(arguments));
  }

  /// Waits until a `sub --json` process has the state of so many topics.
  static void wait_until_synced(Process& process, int topics = 1) {
    while (topics > 0) {
      const auto line = process.read_line();
      ASSERT_TRUE(line) << process.errors();
      if (nlohmann::json::parse(*line)["type"] == "synced") --topics;
    }
  }

  /// The next message's object.
  static nlohmann::json read_message(Process& process) {
    while (true) {
      const auto line = process.read_line();
      if (!line) {
        ADD_FAILURE() << "no message has come: " << process.errors();
        return nlohmann::json::object();
      }
      auto object = nlohmann::json::parse(*line);
      if (object["type"] == "message") return object;
    }
  }

 private:
  [[nodiscard]] std::vector<std::string> with_domain(const std::string& command,
                                                     std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {command, "--domain", domain_});
    return arguments;
  }

  std::string domain_ =
      "cli-" + std::to_string(getpid()) + "-" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Cli, SubBeginsWithAllThatIsKept) {
  Process keeper("hawser", sub({"log", "--start", "none", "--json"}));
  wait_until_synced(keeper);
  const Finished published =
      run("hawser", pub({"log", "-", "--order", "total", "--history", "2"}), "one\ntwo\nthree\n");
  ASSERT_EQ(published.exit_code, 0) << published.errors;
  Process late("hawser", sub({"log", "--start", "all", "--json"}));
  EXPECT_EQ(read_message(late)["payload"], "two");
  const auto last = read_message(late);
  EXPECT_EQ(last["payload"], "three");
  EXPECT_TRUE(last.contains("time_ms"));
  const Finished other = run("hawser", pub({"log", "four", "--order", "fifo", "--history", "2"}));
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.errors, HasSubstr("declared before, with order total instead of fifo"));
}

TEST_F(Cli, ATopicThatIsRetainedIsThereAgain) {
  const std::filesystem::path store =
      std::filesystem::temp_directory_path() / ("hawser-theme-" + std::to_string(getpid()));
  const Finished published =
      run("hawser", pub({"theme", "dark", "--key", "ui", "--retained", "--wait", "0", "--store", store.string()}));
  ASSERT_EQ(published.exit_code, 0) << published.errors;
  const Finished inspected = run("hawser", {"store", "inspect", "--json", store.string()});
  EXPECT_EQ(inspected.exit_code, 0) << inspected.errors;
  const auto topic = nlohmann::json::parse(inspected.output)["topics"][0];
  EXPECT_EQ(topic["topic"], "theme");
  EXPECT_EQ(topic["durability"], "retained");
  EXPECT_EQ(topic["values"], 1);
  EXPECT_THAT(run("hawser", {"store", "verify", store.string()}).output, HasSubstr("Sound: 1 topic, 1 message"));
  const std::string copy = store.string() + ".copy";
  EXPECT_EQ(run("hawser", {"store", "backup", store.string(), copy}).exit_code, 0);
  Process late("hawser", sub({"theme", "--json", "--store", copy}));
  const auto message = read_message(late);
  EXPECT_EQ(message["payload"], "dark");
  EXPECT_EQ(message["retained"], true);
  const Finished refused = run("hawser", {"store", "inspect", store.string() + ".none"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("there is no folder"));
  std::filesystem::remove_all(store);
  std::filesystem::remove_all(copy);
}

TEST_F(Cli, SubPrintsWhatPubSays) {
  Process listener("hawser", sub({"greetings", "--json"}));
  wait_until_synced(listener);
  const auto said = run("hawser", pub({"greetings", "hello, world", "--json"}));
  EXPECT_EQ(said.exit_code, 0) << said.errors;
  EXPECT_EQ(said.output, "{\"topic\":\"greetings\",\"number\":1,\"bytes\":12}\n");
  auto message = read_message(listener);
  EXPECT_EQ(message["topic"], "greetings");
  EXPECT_EQ(message["payload"], "hello, world");
  EXPECT_EQ(message["number"], 1);
  EXPECT_EQ(message["retained"], false);
}

TEST_F(Cli, PubWithADashSendsEachLine) {
  Process listener("hawser", sub({"lines", "--json"}));
  wait_until_synced(listener);
  const auto said = run("hawser", pub({"lines", "-"}), "one\n\nthree");
  EXPECT_EQ(said.exit_code, 0) << said.errors;
  EXPECT_EQ(said.output, "");
  for (const char* payload : {"one", "", "three"}) EXPECT_EQ(read_message(listener)["payload"], payload);
}

TEST_F(Cli, PubWithoutTextSendsItsInputByteForByte) {
  Process listener("hawser", sub({"bytes", "--json"}));
  wait_until_synced(listener);
  EXPECT_EQ(run("hawser", pub({"bytes", "--key", "k"}), "\xff\0\n"s).exit_code, 0);
  auto message = read_message(listener);
  EXPECT_EQ(message["payload_base64"], "/wAK");
  EXPECT_EQ(message["key"], "k");
}

TEST_F(Cli, SubGivesALateOneTheLastValue) {
  Process first("hawser", sub({"weather", "--json"}));
  wait_until_synced(first);
  EXPECT_EQ(run("hawser", pub({"weather", "-"}), "rain\nsun\n").exit_code, 0);
  Process late("hawser", sub({"weather", "--json", "--count", "1"}));
  auto message = read_message(late);
  EXPECT_EQ(message["payload"], "sun");
  EXPECT_EQ(message["retained"], true);
  EXPECT_EQ(late.wait_for_exit(), 0);
}

TEST_F(Cli, SubHearsTopicsThatComeByAPattern) {
  Process listener("hawser", sub({"prices.*", "--json"}));
  const auto line = listener.read_line();
  ASSERT_TRUE(line) << listener.errors();
  EXPECT_EQ(nlohmann::json::parse(*line)["type"], "watching");
  EXPECT_EQ(nlohmann::json::parse(*line)["pattern"], "prices.*");
  EXPECT_EQ(run("hawser", pub({"prices.oak", "-"}), "1\n2\n").exit_code, 0);
  EXPECT_EQ(run("hawser", pub({"weather.oak", "rain"})).exit_code, 0);
  EXPECT_EQ(run("hawser", pub({"prices.elm", "3"})).exit_code, 0);
  for (const char* expected : {"1", "2", "3"}) {
    const auto message = read_message(listener);
    EXPECT_EQ(message["payload"], expected);
    EXPECT_EQ(message["retained"], false);
  }
}

TEST_F(Cli, SubEndsAfterTheAskedNumberAndLeavesAFile) {
  const auto path = std::filesystem::temp_directory_path() / ("hawser-sub-" + std::to_string(getpid()));
  Process witness("hawser", sub({"a", "b", "--json"}));
  wait_until_synced(witness, 2);
  EXPECT_EQ(run("hawser", pub({"a", "first"})).exit_code, 0);
  EXPECT_EQ(run("hawser", pub({"b", "second"})).exit_code, 0);
  const auto heard = run("hawser", sub({"a", "b", "--count", "2", "--out", path.string()}));
  EXPECT_EQ(heard.exit_code, 0) << heard.errors;
  EXPECT_EQ(heard.output, "");
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  EXPECT_THAT(lines, ::testing::UnorderedElementsAre("a\tfirst", "b\tsecond"));
  std::filesystem::remove(path);
}

TEST_F(Cli, SubEndsCleanlyOnASignal) {
  for (const int number : {SIGINT, SIGTERM}) {
    Process listener("hawser", sub({"quiet", "--json"}));
    wait_until_synced(listener);
    listener.signal(number);
    EXPECT_EQ(listener.wait_for_exit(), 0) << listener.errors();
    EXPECT_EQ(listener.errors(), "");
  }
}

TEST_F(Cli, PubSaysThatNobodyIsThere) {
  const auto said = run("hawser", pub({"greetings", "hello", "--wait", "0.1"}));
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.errors, StartsWith("hawser pub: no other node in domain"));
  EXPECT_EQ(run("hawser", pub({"greetings", "hello", "--wait", "0"})).exit_code, 0);
}

TEST_F(Cli, ErrorsSayWhatAndWhere) {
  const auto no_file = run("hawser", sub({"a", "--out", "/nowhere/file"}));
  EXPECT_EQ(no_file.exit_code, 1);
  EXPECT_THAT(no_file.errors, HasSubstr("cannot write /nowhere/file"));
  const auto no_topic = run("hawser", pub({"", "x", "--wait", "0"}));
  EXPECT_EQ(no_topic.exit_code, 2);
  EXPECT_THAT(no_topic.errors, StartsWith("TOPIC: a topic's name has 1 to 256 bytes"));
  const auto no_pattern = run("hawser", sub({"a.b*"}));
  EXPECT_EQ(no_pattern.exit_code, 2);
  EXPECT_THAT(no_pattern.errors, StartsWith("TOPIC: 'a.b*' has a wildcard beside other characters"));
  const auto pattern = run("hawser", pub({"a.*", "x", "--wait", "0"}));
  EXPECT_EQ(pattern.exit_code, 2);
  EXPECT_THAT(pattern.errors, HasSubstr("'a.*' is no topic's name"));
  const auto unknown = run("hawser", {"listen"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("no command 'listen'"));
}

}  // namespace
}  // namespace hawser::testing
