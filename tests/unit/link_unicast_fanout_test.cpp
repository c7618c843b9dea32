// Whom a copy by unicast goes to, and how those are found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/unicast_network.hpp"

namespace hawser {
namespace {

using namespace unicast_test;
using ::testing::IsEmpty;

TEST(UnicastFanout, DoesNothingWhereNobodyIsListedAndNobodyGreets) {
  Network network;
  network.add('a', "");
  network.add('b', "");
  network.run(1s);
  EXPECT_EQ(network.unicasts(), 0);
  EXPECT_TRUE(network.node('a').is_idle());
  EXPECT_EQ(network.node('a').next_deadline(), kNever);
}

TEST(UnicastFanout, WithoutMulticastEverybodyGetsACopyOfTheControlGroups) {
  Network network;
  network.add('a', "abc", false);
  network.add('b', "abc", false);
  network.add('c', "abc", false);
  network.multicast('a', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}, {'c', 1}}));
}

TEST(UnicastFanout, OthersAreKnownFromOneThatIsListed) {
  Network network;
  network.add('a', "", false);
  for (const char name : {'b', 'c', 'd'}) network.add(name, "a", false);
  network.run(300ms);
  network.multicast('d', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'a', 1}, {'b', 1}, {'c', 1}}));
}

TEST(UnicastFanout, AListedNodeThatStartsLaterIsFound) {
  Network network;
  network.add('b', "a", false);
  network.run(3s);
  network.add('a', "", false);
  network.run(1s + kHeartbeat);
  network.multicast('b', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'a', 1}}));
}

TEST(UnicastFanout, AGroupsDatagramsGoToThoseThatHearIt) {
  Network network;
  for (const char name : {'a', 'b', 'c'}) network.add(name, "abc", false);
  network.run(300ms);
  network.hear('b', kGroup);
  network.multicast('a', kGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}})) << "at once, not with the next greeting";
  network.hear('b', kGroup, false);
  network.multicast('a', kGroup, "y");
  EXPECT_THAT(network.heard("y"), IsEmpty());
}

TEST(UnicastFanout, WhoHearsMoreGroupsThanAGreetingHoldsIsSentAll) {
  Network network;
  for (const char name : {'a', 'b'}) network.add(name, "ab", false);
  for (std::uint64_t i = 0; i <= UnicastFanout::kGroupsInGreetingMax; ++i) network.hear('b', GroupId{100 + i});
  network.multicast('a', kGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}}));
}

TEST(UnicastFanout, WhereMulticastPassesItComesOnce) {
  Network network;
  for (const char name : {'a', 'b', 'c'}) network.add(name, "abc");
  network.run(300ms);
  network.multicast('a', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}, {'c', 1}}));
  EXPECT_THAT(network.node('a').take_changes(), IsEmpty()) << "a newcomer is not told of before it had time to hear";
}

TEST(UnicastFanout, WhoDoesNotHearOnesMulticastGetsItByUnicast) {
  Network network;
  network.cut_multicast('a', 'c');
  for (const char name : {'a', 'b', 'c'}) network.add(name, "abc");
  network.run(2s);
  network.multicast('a', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}, {'c', 1}}));
  const auto changes = network.node('a').take_changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].node, endpoint_of('c'));
  EXPECT_TRUE(changes[0].by_unicast);
}

TEST(UnicastFanout, WhoLacksMulticastFindsByOneItListsAllThatOneHearsByMulticast) {
  Network network;
  network.add('a', "");
  network.add('b', "");
  network.add('c', "a", false);
  network.run(2s);
  network.multicast('b', kControlGroup, "x");
  network.multicast('c', kControlGroup, "y");
  EXPECT_EQ(network.heard("x"), (Heard{{'a', 1}, {'c', 1}}));
  EXPECT_EQ(network.heard("y"), (Heard{{'a', 1}, {'b', 1}}));
}

TEST(UnicastFanout, ANodeWithMulticastAndOneWithoutHearEachOther) {
  Network network;
  network.add('a', "");
  network.add('b', "a", false);
  network.run(300ms);
  network.multicast('a', kControlGroup, "x");
  network.multicast('b', kControlGroup, "y");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}}));
  EXPECT_EQ(network.heard("y"), (Heard{{'a', 1}}));
}

TEST(UnicastFanout, WhoIsToUseMulticastOnlyAnswersNobody) {
  Network network;
  network.add('a', "", true, false);
  network.add('b', "a", false);
  network.run(2s);
  EXPECT_EQ(network.node('a').peers(), 0U);
  EXPECT_EQ(network.node('b').peers(), 0U);
}

TEST(UnicastFanout, GreetingsOfOtherDomainsAndMalformedOnesAreNotItsBusiness) {
  UnicastFanout fanout{{.self = {Incarnation{1}, endpoint_of('a')}, .domain = kDomain, .candidates = {}}};
  UnicastFanout other{
      {.self = {Incarnation{2}, endpoint_of('b')}, .domain = kDomain + 1, .candidates = {endpoint_of('a')}}};
  Outbox out;
  other.on_start(Time{}, out);
  ASSERT_EQ(out.control.size(), 1U);
  Outbox answer;
  EXPECT_FALSE(fanout.on_datagram({endpoint_of('b'), out.control[0].bytes}, Time{}, answer));
  const Buffer cut_short = Buffer::copy_of(out.control[0].bytes.bytes().first(out.control[0].bytes.size() - 1));
  EXPECT_FALSE(fanout.on_datagram({endpoint_of('b'), cut_short}, Time{}, answer));
  EXPECT_THAT(answer.control, IsEmpty());
  EXPECT_EQ(fanout.peers(), 0U);
}

TEST(UnicastFanout, AGreetingThatNamesHalfOfTheNetworkIsAnsweredToAFewOnly) {
  wire::Greeting greeting;
  for (std::uint32_t i = 1; i <= 1000; ++i) greeting.others.push_back({i, 5000});
  for (std::uint64_t i = 1; i <= 1000; ++i) greeting.groups.push_back({i});
  Outbox sent;
  wire::Packer packer{kDomain, Incarnation{2}, 65507};
  packer.send(Destination::to_node(endpoint_of('a')), greeting, sent);
  packer.write_header(sent.control[0].bytes);
  UnicastFanout fanout{{.self = {Incarnation{1}, endpoint_of('a')}, .domain = kDomain, .candidates = {}}};
  Outbox out;
  EXPECT_TRUE(fanout.on_datagram({endpoint_of('b'), sent.control[0].bytes}, Time{}, out));
  EXPECT_EQ(out.control.size(), 1 + UnicastFanout::kOthersInGreetingMax);
}

// Heartbeats may be seconds apart, and who hears nobody soon founds a view of its own.
TEST(UnicastFanout, ANewcomerIsSentTheLastHeartbeatAtOnce) {
  Network network;
  network.add('a', "", false);
  network.beat('a');
  network.add('b', "a", false);
  EXPECT_EQ(network.frames('b'), 1);
}

}  // namespace
}  // namespace hawser
