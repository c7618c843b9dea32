// What a node has recorded last: on request, and after a failed check.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hawser/inspection.hpp"
#include "tests/net/bus_test_support.hpp"
#include "tests/net/forked_process.hpp"
#include "tests/unit/temporary_folder.hpp"
#include "transport/core/check.hpp"

namespace hawser {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

struct BusFlight : testing::Test {
  BusFlight() { ::setenv("XDG_RUNTIME_DIR", runtime.path().c_str(), 1); }

  const test::TemporaryFolder runtime;
};

TEST_F(BusFlight, IsToldOnRequest) {
  Bus a = join(options_of_test());
  Bus b = join(options_of_test());
  Listener listener{b, {"topic"}};
  publish(a, "topic", "x");
  ASSERT_TRUE(listener.heard.wait_for_count(1));
  for (const LocalNode& node : find_local_nodes(domain_of_test())) {
    const auto answer = ask_local_node(node.socket, flight_question(), kBound);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    const auto json = nlohmann::json::parse(*answer);
    std::vector<std::string> lines;
    for (const auto& entry : json["flight"]) {
      lines.push_back(entry["kind"].get<std::string>() + " " + entry["text"].get<std::string>());
    }
    EXPECT_THAT(lines, Contains(HasSubstr("event view "))) << "decisions";
    EXPECT_THAT(lines, Contains(HasSubstr("sent proposal "))) << "start_changes";
    EXPECT_THAT(lines, Contains(HasSubstr("received proposal ")));
    EXPECT_THAT(lines, Contains(HasSubstr("heartbeat, hears 1")));
    EXPECT_THAT(lines, Contains(HasSubstr("data of group ")));
  }
}

TEST_F(BusFlight, CountsOneMemberAsOne) {
  const Bus bus = join(options_of_test());
  const auto nodes = find_local_nodes(domain_of_test());
  ASSERT_EQ(nodes.size(), 1U);
  const auto answer = ask_local_node(nodes[0].socket, flight_question(), kBound);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_THAT(*answer, HasSubstr(" of 1 member, "));
}

void fail_a_check_in_a_bus(const Options& options, std::FILE* out) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const Bus bus = join(options);
  std::fprintf(out, "%s\n", bus.name().c_str());
  HAWSER_CHECK(options.domain.empty());
}

TEST_F(BusFlight, IsLeftInAFileByAFailedCheck) {
  const Options options = options_of_test();
  ForkedProcess child{[&](std::FILE*, std::FILE* out) { fail_a_check_in_a_bus(options, out); }};
  const std::string name = child.next_line();
  EXPECT_EQ(child.next_line(), "") << "it has ended";

  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator{runtime.path() / std::filesystem::path{"hawser"}}) {
    if (file.path().extension() == ".flight") files.push_back(file.path());
  }
  ASSERT_EQ(files.size(), 1U);
  std::ifstream file{files[0]};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines[0], HasSubstr(name + ": "));
  EXPECT_THAT(lines[0], HasSubstr("HAWSER_CHECK failed: options.domain.empty()"));
  EXPECT_THAT(lines, Contains(HasSubstr("  event     view ")));
  EXPECT_THAT(lines, Contains(HasSubstr("  sent      group 0000000000000000  ")));
}

}  // namespace
}  // namespace hawser
