// `hawser groups`, `topics` and `explain` against real processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/net/cli_process.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hawser::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class CliInspect : public ::testing::Test {
 protected:
  CliInspect() { ::setenv("XDG_RUNTIME_DIR", runtime_.path().c_str(), 1); }

  [[nodiscard]] std::vector<std::string> here(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--domain", domain_});
    return arguments;
  }
  [[nodiscard]] Finished hawser(std::vector<std::string> arguments) const {
    return run("hawser", here(std::move(arguments)));
  }
  /// The answer of a command with --json; an empty object where it failed.
  [[nodiscard]] json ask(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Finished finished = hawser(std::move(arguments));
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    return json::parse(finished.output, nullptr, false);
  }
  /// Asks until the answer is as expected, with a bound.
  [[nodiscard]] bool comes_true(const std::vector<std::string>& arguments, const std::function<bool(const json&)>& is) {
    for (int attempt = 0; attempt < 300; ++attempt) {
      last_ = ask(arguments);
      if (last_.is_object() && is(last_)) return true;
    }
    return false;
  }
  static void wait_until_synced(Process& process, int topics) {
    while (topics > 0) {
      const auto line = process.read_line();
      ASSERT_TRUE(line) << process.errors();
      if (json::parse(*line)["type"] == "synced") --topics;
    }
  }
  [[nodiscard]] std::size_t sockets() const {
    const std::filesystem::directory_iterator folder(runtime_.path() + "/hawser");
    return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
  }

  const test::TemporaryFolder runtime_;
  const std::string domain_ =
      "inspect-" + std::to_string(getpid()) + "-" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
  json last_;
};

TEST_F(CliInspect, ShowsWhoIsWhere) {
  Process both("hawser", here({"sub", "oak", "elm", "--json"}));
  wait_until_synced(both, 2);
  Process one("hawser", here({"sub", "oak", "--json"}));
  wait_until_synced(one, 1);
  ASSERT_EQ(hawser({"pub", "oak", "17.20"}).exit_code, 0);

  ASSERT_TRUE(comes_true({"explain", "oak", "--node", std::to_string(one.id())}, [](const json& answer) {
    return answer["node"]["node_count"] == 2 && answer["members"].size() == 2 && answer["delivered_messages"] == 1;
  })) << last_.dump(1);
  EXPECT_EQ(last_["node"]["process_id"], one.id());
  EXPECT_EQ(last_["node"]["domain"], domain_);
  EXPECT_EQ(last_["members"][0]["role"], "subscriber");
  EXPECT_EQ(last_["here"]["has_state"], true);
  EXPECT_EQ(last_["order"], "fifo");
  const std::string group = last_["group"]["id"];

  const json topics = ask({"topics"});
  ASSERT_EQ(topics["topics"].size(), 2U);
  EXPECT_EQ(topics["topics"][0]["topic"], "elm");
  EXPECT_EQ(topics["topics"][1]["group"], group);
  EXPECT_EQ(topics["topics"][1]["subscriber_count"], 2);

  const json groups = ask({"groups"});
  const auto at = std::find_if(groups["groups"].begin(), groups["groups"].end(),
                               [&](const json& one_group) { return one_group["id"] == group; });
  ASSERT_NE(at, groups["groups"].end());
  EXPECT_EQ((*at)["members"].size(), 2U);
  EXPECT_THAT((*at)["address"].get<std::string>(), StartsWith("239."));
}

TEST_F(CliInspect, PrintsTablesForPeople) {
  Process listener("hawser", here({"sub", "oak", "--json"}));
  wait_until_synced(listener, 1);
  EXPECT_THAT(hawser({"groups"}).output, HasSubstr("GROUP "));
  EXPECT_THAT(hawser({"topics"}).output, HasSubstr("\noak "));
  EXPECT_THAT(hawser({"flight"}).output, HasSubstr("event  -  "));
  const Finished explained = hawser({"explain", "oak"});
  EXPECT_EQ(explained.exit_code, 0);
  EXPECT_THAT(explained.output, HasSubstr("\ntopic oak\n  members     127.0.0.1:"));
  EXPECT_EQ(explained.errors, "");
}

TEST_F(CliInspect, ExplainsATopicToANodeThatIsNotInIt) {
  Process member("hawser", here({"sub", "oak", "--json"}));
  wait_until_synced(member, 1);
  Process other("hawser", here({"sub", "elm", "--json"}));
  wait_until_synced(other, 1);
  const std::vector<std::string> question{"explain", "oak", "--node", std::to_string(other.id())};
  ASSERT_TRUE(comes_true(question, [](const json& answer) { return answer["node"]["node_count"] == 2; }));
  EXPECT_TRUE(last_["here"].is_null());
  EXPECT_EQ(last_["members"].size(), 1U);
}

TEST_F(CliInspect, AsksTheLowestProcessIdOfItsDomain) {
  Process first("hawser", here({"sub", "oak", "--json"}));
  Process second("hawser", here({"sub", "oak", "--json"}));
  Process stranger("hawser", {"sub", "oak", "--json", "--domain", domain_.substr(1)});
  for (Process* process : {&first, &second, &stranger}) wait_until_synced(*process, 1);
  EXPECT_EQ(ask({"groups"})["node"]["process_id"], std::min(first.id(), second.id()));
  EXPECT_EQ(ask({"groups", "--node", std::to_string(stranger.id())})["node"]["domain"], domain_.substr(1));
  for (const auto& file : std::filesystem::directory_iterator(runtime_.path() + "/hawser")) {
    if (!file.path().filename().string().starts_with(std::to_string(second.id()) + "-")) continue;
    EXPECT_EQ(ask({"groups", "--node", file.path().string()})["node"]["process_id"], second.id());
  }
}

TEST_F(CliInspect, SaysWhatItCannotAnswer) {
  const Finished nobody = hawser({"groups"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.errors, StartsWith("hawser groups: no node of domain \"" + domain_ + "\" is running here"));
  EXPECT_THAT(nobody.errors, HasSubstr("hawser sub"));

  Process listener("hawser", here({"sub", "oak", "--json"}));
  wait_until_synced(listener, 1);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"explain", "nobody.knows"}, {"explain", "nobody.knows", "--json"}}) {
    const Finished unknown = hawser(arguments);
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_EQ(unknown.output, "");
    EXPECT_THAT(unknown.errors, HasSubstr("nobody in the domain is in a topic 'nobody.knows'"));
  }
  EXPECT_EQ(hawser({"groups", "--node", "1"}).exit_code, 1);
  EXPECT_EQ(hawser({"groups", "--node", "/nowhere/socket"}).exit_code, 1);
  EXPECT_EQ(hawser({"groups", "--node", "first"}).exit_code, 2);
  EXPECT_EQ(hawser({"groups", "oak"}).exit_code, 2);
}

TEST_F(CliInspect, PassesOverWhoWasKilled) {
  Process killed("hawser", here({"sub", "oak", "--json"}));
  wait_until_synced(killed, 1);
  Process living("hawser", here({"sub", "oak", "--json"}));
  wait_until_synced(living, 1);
  EXPECT_EQ(sockets(), 2U);
  killed.signal(SIGKILL);
  EXPECT_EQ(killed.wait_for_exit(), 128 + SIGKILL);
  EXPECT_EQ(ask({"groups"})["node"]["process_id"], living.id());
  EXPECT_EQ(sockets(), 1U);
  living.signal(SIGTERM);
  EXPECT_EQ(living.wait_for_exit(), 0);
  EXPECT_EQ(sockets(), 0U);
}

TEST_F(CliInspect, WatchesUntilASignal) {
  Process listener("hawser", here({"sub", "oak", "--json"}));
  wait_until_synced(listener, 1);
  Process watcher("hawser", here({"topics", "--watch", "--json"}));
  for (int i = 0; i < 2; ++i) {
    const auto line = watcher.read_line();
    ASSERT_TRUE(line);
    EXPECT_EQ(json::parse(*line)["topics"][0]["topic"], "oak");
  }
  watcher.signal(SIGINT);
  EXPECT_EQ(watcher.wait_for_exit(), 0) << watcher.errors();
}

TEST_F(CliInspect, WatchesUntilTheNodeEnds) {
  Process listener("hawser", here({"sub", "oak", "--json"}));
  wait_until_synced(listener, 1);
  Process watcher("hawser", here({"explain", "oak", "--watch"}));
  ASSERT_TRUE(watcher.read_line());
  listener.signal(SIGTERM);
  EXPECT_EQ(listener.wait_for_exit(), 0);
  EXPECT_EQ(watcher.wait_for_exit(), 1);
  EXPECT_EQ(watcher.errors(), "hawser explain: the node has ended\n");
}

}  // namespace
}  // namespace hawser::testing
