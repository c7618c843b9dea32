#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/net/cli_process.hpp"

namespace hawser::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CliDoctor, FindsThatLoopbackWorks) {
  const auto finished = run("hawser", {"doctor", "--interface", "lo"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("interface"));
  EXPECT_THAT(finished.errors, IsEmpty());
}

TEST(CliDoctor, EndsWithAFailureWhereSomethingIsBroken) {
  const auto finished = run("hawser", {"doctor", "--interface", "lo9", "--json"});
  EXPECT_EQ(finished.exit_code, 1);
  const auto json = nlohmann::json::parse(finished.output);
  EXPECT_EQ(json["verdict"], "broken");
  EXPECT_EQ(json["checks"][0]["check"], "interface");
  EXPECT_THAT(json["checks"][0]["what"].get<std::string>(), HasSubstr("lo (127.0.0.1)"));
}

}  // namespace
}  // namespace hawser::testing
