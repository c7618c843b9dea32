// Subscriptions by pattern: topics that there are, and topics that come.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pubsub-api/src/session/pattern_subscriptions.hpp"
#include "tests/unit/session_world.hpp"

namespace hawser::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class SessionPatterns : public testing::Test {
 protected:
  SessionPatterns() {
    world.add("ABC");
    world.start("ABC");
  }
  ~SessionPatterns() override { EXPECT_THAT(world.violations(), IsEmpty()); }
  SessionWorld world;
};

TEST_F(SessionPatterns, BringTopicsThatThereAre) {
  world.publish('A', "market.btc", "1");
  world.publish('A', "market.eth", "2");
  world.publish('A', "other", "3");
  world.settle();
  world.subscribe('B', {"market.*"});
  world.settle();
  EXPECT_THAT(world.history('B', "market.btc"), ElementsAre("state A1:1", "synced 1"));
  EXPECT_THAT(world.history('B', "market.eth"), ElementsAre("state A1:2", "synced 1"));
  EXPECT_THAT(world.history('B', "other"), IsEmpty());
}

TEST_F(SessionPatterns, BringTopicsThatComeFromTheirFirstMessageOn) {
  world.subscribe('B', {"market.>"});
  world.settle();
  EXPECT_THAT(world.history('B', "market.>"), ElementsAre("#1 watched"));
  world.publish('A', "market.btc.depth", "1");
  world.publish('A', "market.btc.depth", "2");
  world.publish('A', "markets", "3");
  world.settle();
  EXPECT_THAT(world.history('B', "market.btc.depth"), ElementsAre("synced 0", "A1:1", "A2:2"));
  EXPECT_THAT(world.history('B', "markets"), IsEmpty());
}

TEST_F(SessionPatterns, OfBeginningsDoNotCareForTokens) {
  world.subscribe_to('B', Pattern::prefix("market.b").value());
  world.settle();
  world.publish('A', "market.btc", "1");
  world.publish('A', "market.a", "2");
  world.settle();
  EXPECT_THAT(world.history('B', "market.btc"), ElementsAre("synced 0", "A1:1"));
  EXPECT_THAT(world.history('B', "market.a"), IsEmpty());
}

TEST_F(SessionPatterns, GiveATopicOnceThatIsNamedAsWell) {
  const SubscriberId one = world.subscribe('B', {"t", "*", ">"});
  world.settle();
  world.publish('A', "t", "1");
  world.settle();
  EXPECT_THAT(world.history('B', "t"), ElementsAre("synced 0", "A1:1"));
  world.unsubscribe('B', one);
  world.settle();
  world.forget();
  world.publish('A', "t", "2");
  world.publish('A', "u", "2");
  world.settle();
  EXPECT_THAT(world.history('B', "t"), IsEmpty());
  EXPECT_THAT(world.history('B', "u"), IsEmpty());
}

TEST_F(SessionPatterns, ThatAreWatchedAlreadyAreToldAtOnce) {
  world.subscribe('B', {"a.*"});
  world.settle();
  world.subscribe('B', {"a.*"});
  EXPECT_THAT(world.history('B', "a.*"), ElementsAre("#1 watched", "#2 watched"));
}

TEST_F(SessionPatterns, OfOneSubscriberStayWhenAnotherGoes) {
  const SubscriberId first = world.subscribe('B', {"a.*"});
  world.subscribe('B', {"a.*"});
  world.settle();
  world.unsubscribe('B', first);
  world.settle();
  world.publish('A', "a.b", "1");
  world.settle();
  EXPECT_THAT(world.history('B', "a.b"), ElementsAre("synced 0", "A1:1"));
}

TEST_F(SessionPatterns, ThatAreGivenUpWhileATopicComesLeaveIt) {
  const SubscriberId one = world.subscribe('B', {"a.*"});
  world.settle();
  world.publish('A', "a.b", "1");
  world.unsubscribe('B', one);
  world.settle();
  EXPECT_THAT(world.history('B', "a.b"), IsEmpty());
  EXPECT_FALSE(world.session('B').has_state("a.b"));
}

TEST_F(SessionPatterns, OfTwoSubscribersBringBothTheirs) {
  world.publish('A', "a.b", "1");
  world.settle();
  world.subscribe('B', {"a.*"});
  world.settle();
  world.forget();
  world.subscribe('B', {"*.b"});
  world.settle();
  EXPECT_THAT(world.history('B', "a.b"), ElementsAre("#2 state A1:1", "#2 synced 1"));
}

TEST_F(SessionPatterns, BringWhatWasOnTheOtherSideOfAPartition) {
  world.subscribe('C', {"market.*"});
  world.settle();
  world.change({"AB", "C"});
  world.settle();
  world.publish('A', "market.btc", "1");
  world.settle();
  world.change({"ABC"});
  world.settle();
  EXPECT_THAT(world.history('C', "market.btc"), ElementsAre("state A1:1", "synced 1"));
}

TEST_F(SessionPatterns, BringATopicThatWasGoneForAWhile) {
  const SubscriberId named = world.subscribe('A', {"a.b"});
  world.settle();
  world.unsubscribe('A', named);
  world.settle();
  world.subscribe('B', {"a.*"});
  world.settle();
  EXPECT_THAT(world.history('B', "a.b"), IsEmpty());
  world.publish('A', "a.b", "1");
  world.settle();
  EXPECT_THAT(world.history('B', "a.b"), ElementsAre("synced 0", "A1:1"));
}

TEST_F(SessionPatterns, GoThroughMoreNamesThanOneStepTakes) {
  std::vector<std::string> topics;
  for (std::size_t i = 0; i < 2 * kNamesPerScanStep + 10; ++i) topics.push_back("t." + std::to_string(i));
  world.subscribe('A', topics);
  world.settle();
  world.subscribe('B', {"t.*"});
  world.settle();
  for (const std::string& topic : topics) ASSERT_THAT(world.history('B', topic), ElementsAre("synced 0")) << topic;
}

Pattern pattern(std::string_view text) { return Pattern::parse(text).value(); }

Directory directory_of(std::size_t topics) {
  Directory directory;
  for (std::uint64_t i = 1; i <= topics; ++i) {
    DirectoryGroup group{"t." + std::to_string(i), GroupId{1}, {}, {{SessionWorld::id_of('A'), Role::subscriber}}};
    EXPECT_TRUE(directory.restore(LightGroupId{i}, std::move(group)));
  }
  return directory;
}

TEST(PatternSubscriptions, ThatComeDuringAScanWaitForTheNext) {
  const Directory directory = directory_of(kNamesPerScanStep + 1);
  PatternSubscriptions patterns;
  EXPECT_EQ(patterns.add(SubscriberId{1}, {pattern("t.*")}).size(), 1U);
  EXPECT_FALSE(patterns.is_scanning());
  EXPECT_THAT(patterns.on_watched(pattern("t.*")), ElementsAre(SubscriberId{1}));
  EXPECT_EQ(patterns.scan(directory).size(), kNamesPerScanStep);
  EXPECT_THAT(patterns.add(SubscriberId{2}, {pattern("t.*")}), IsEmpty());
  EXPECT_EQ(patterns.scan(directory).size(), 1U);
  std::size_t matches = 0;
  while (patterns.is_scanning()) {
    for (const PatternSubscriptions::Match& match : patterns.scan(directory)) {
      EXPECT_THAT(match.subscribers, ElementsAre(SubscriberId{2}));
      ++matches;
    }
  }
  EXPECT_EQ(matches, kNamesPerScanStep + 1);
}

TEST(PatternSubscriptions, ThatGoDuringAScanFindNothingMore) {
  const Directory directory = directory_of(2 * kNamesPerScanStep);
  PatternSubscriptions patterns;
  patterns.add(SubscriberId{1}, {pattern("t.*")});
  patterns.on_watched(pattern("t.*"));
  EXPECT_THAT(patterns.scan(directory), Not(IsEmpty()));
  EXPECT_THAT(patterns.remove(SubscriberId{1}), ElementsAre(pattern("t.*")));
  while (patterns.is_scanning()) EXPECT_THAT(patterns.scan(directory), IsEmpty());
  EXPECT_THAT(patterns.on_watched(pattern("t.*")), IsEmpty());
}

}  // namespace
}  // namespace hawser::test
