// Asking a Bus of this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <latch>
#include <nlohmann/json.hpp>
#include <vector>

#include "hawser/inspection.hpp"
#include "tests/net/bus_test_support.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hawser {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

struct BusInspection : testing::Test {
  BusInspection() { ::setenv("XDG_RUNTIME_DIR", runtime.path().c_str(), 1); }

  json ask(const std::string& question) {
    const auto nodes = find_local_nodes(domain_of_test());
    EXPECT_THAT(nodes, SizeIs(1));
    if (nodes.empty()) return json::object();
    const auto answer = ask_local_node(nodes.front().socket, question, kBound);
    EXPECT_TRUE(answer.ok()) << answer.error().message;
    return answer ? json::parse(*answer) : json::object();
  }

  const test::TemporaryFolder runtime;
};

TEST_F(BusInspection, IsThereFromJoinToLeave) {
  Bus bus = join(options_of_test());
  EXPECT_EQ(ask(groups_question())["node"]["name"], bus.name());
  EXPECT_TRUE(bus.leave(kBound).ok());
  EXPECT_THAT(find_local_nodes(domain_of_test()), IsEmpty());
}

TEST_F(BusInspection, IsAnOption) {
  Options options = options_of_test();
  options.inspection = false;
  const Bus bus = join(options);
  EXPECT_THAT(find_local_nodes(domain_of_test()), IsEmpty());
}

TEST_F(BusInspection, FindsEveryNodeOfAProcess) {
  const Bus first = join(options_of_test());
  const Bus second = join(options_of_test());
  EXPECT_THAT(find_local_nodes(domain_of_test()), SizeIs(2));
  EXPECT_THAT(find_local_nodes("another domain"), IsEmpty());
  // Without a domain, those of other programs on the machine come too.
  std::vector<LocalNode> all = find_local_nodes();
  std::erase_if(all, [](const LocalNode& node) { return node.process_id != static_cast<std::uint32_t>(::getpid()); });
  EXPECT_THAT(all, SizeIs(2));
}

TEST_F(BusInspection, WithoutAPlaceForASocketTheBusWorksAllTheSame) {
  const std::string too_long = runtime.path() + "/" + std::string(200, 'x');
  ::setenv("XDG_RUNTIME_DIR", too_long.c_str(), 1);
  Bus bus = join(options_of_test());  // Its socket is in /tmp then, or nowhere.
  EXPECT_TRUE(bus.publish("t", "x").ok());
  EXPECT_TRUE(bus.leave(kBound).ok());
}

TEST_F(BusInspection, TellsHowManyMessagesWaitForAHandler) {
  Bus bus = join(options_of_test());
  std::latch may_go_on{1};
  Journal<std::string> handled;
  const auto subscription = bus.subscribe("t", [&](const Message& message) {
    may_go_on.wait();
    handled.add(std::string{message.text()});
  });
  ASSERT_TRUE(subscription.ok());
  for (int i = 0; i < 5; ++i) publish(bus, "t", "x");
  ASSERT_TRUE(bus.flush(kBound).ok());

  json answer = ask(topic_question("t"));
  for (int attempt = 0; attempt < 1000 && answer["delivered_messages"] != 5; ++attempt)
    answer = ask(topic_question("t"));
  EXPECT_EQ(answer["published_messages"], 5);
  EXPECT_EQ(answer["here"]["unhandled_messages"], 5);
  EXPECT_EQ(answer["here"]["unsent_messages"], 0);

  may_go_on.count_down();
  EXPECT_TRUE(handled.wait_for_count(5));
  for (int attempt = 0; attempt < 1000 && answer["here"]["unhandled_messages"] != 0; ++attempt) {
    answer = ask(topic_question("t"));
  }
  EXPECT_EQ(answer["here"]["unhandled_messages"], 0);
}

TEST_F(BusInspection, AnswersAboutThousandsOfTopics) {
  Bus bus = join(options_of_test());
  std::vector<std::string> topics;
  for (int i = 0; i < 3000; ++i) topics.push_back("topic." + std::to_string(i));
  const Listener listener(bus, topics);
  EXPECT_EQ(ask(topics_question())["topics"].size(), topics.size());
  EXPECT_EQ(ask(topic_question("topic.7"))["group"]["topic_count"], topics.size());
}

}  // namespace
}  // namespace hawser
