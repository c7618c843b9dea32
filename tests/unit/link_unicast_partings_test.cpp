// How long nodes that greet each other know each other, and how many.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/unicast_network.hpp"

namespace hawser {
namespace {

using namespace unicast_test;
using ::testing::IsEmpty;

TEST(UnicastFanout, WhoNeedsNoUnicastAnyMorePartsAfterAWhile) {
  Network network;
  for (const char name : {'a', 'b', 'c'}) network.add(name, "");
  network.run(1s);
  for (const auto& [from, to] : {std::pair{'a', 'b'}, {'b', 'a'}, {'c', 'b'}, {'c', 'a'}}) {
    network.cut_multicast(from, to);
  }
  network.run(200ms);  // A stall.
  network.probe('a', 'b');
  network.run(100ms);
  EXPECT_EQ(network.node('a').peers(), 1U);
  network.restore_multicast();
  network.run(UnicastFanout::kRestBeforeParting + 1s);
  for (const char name : {'a', 'b', 'c'}) {
    EXPECT_TRUE(network.node(name).is_idle()) << name;
    EXPECT_EQ(network.node(name).next_deadline(), kNever) << name;
  }
  const int before = network.unicasts();
  network.run(2s);
  EXPECT_EQ(network.unicasts(), before);
  network.cut_multicast('a', 'b');
  network.cut_multicast('c', 'b');
  network.run(200ms);
  network.probe('a', 'b');
  network.run(50ms);
  network.multicast('a', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}, {'c', 1}})) << "and they find each other again";
}

TEST(UnicastFanout, NobodyPartsAsLongAsOneOfThemNeedsUnicast) {
  Network network;
  network.add('a', "");
  network.add('b', "");
  network.add('c', "ab", false);
  network.run(UnicastFanout::kRestBeforeParting * 2);
  network.multicast('b', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'a', 1}, {'c', 1}}));
  EXPECT_EQ(network.node('a').peers(), 2U);
}

TEST(UnicastFanout, WhoIsGoneIsSentNothingAfterAWhileAndFoundAgain) {
  Network network;
  network.add('a', "", false);
  network.add('b', "a", false);
  network.run(1s);
  network.remove('b');
  network.run(UnicastFanout::kSilentAfter + 1s);
  network.add('b', "", false);  // At its old place, without a list.
  network.multicast('a', kControlGroup, "x");
  EXPECT_THAT(network.heard("x"), IsEmpty());
  network.run(UnicastFanout::kCandidateInterval + kHeartbeat);
  network.multicast('a', kControlGroup, "y");
  EXPECT_EQ(network.heard("y"), (Heard{{'b', 1}}));
}

TEST(UnicastFanout, KnowsNoMorePeersThanItsBound) {
  UnicastFanout fanout{{.self = {Incarnation{1}, endpoint_of('a')}, .domain = kDomain, .candidates = {}}};
  for (std::uint16_t i = 1; i <= UnicastFanout::kPeersMax + 3; ++i) {
    UnicastFanout stranger{
        {.self = {Incarnation{i + 1U}, {1, i}}, .domain = kDomain, .candidates = {endpoint_of('a')}}};
    Outbox out;
    stranger.on_start(Time{}, out);
    Outbox answer;
    EXPECT_TRUE(fanout.on_datagram({{1, i}, out.control.at(0).bytes}, Time{}, answer));
    for (const auto& datagram : answer.control) EXPECT_LE(datagram.bytes.size(), 1000U);
  }
  EXPECT_EQ(fanout.peers(), UnicastFanout::kPeersMax);
}

TEST(UnicastFanout, WhoHasBeenSilentLongestMakesRoomForANewcomer) {
  UnicastFanout fanout{{.self = {Incarnation{1}, endpoint_of('a')}, .domain = kDomain, .candidates = {}}};
  const auto greet = [&fanout](std::uint16_t port, Time now) {
    UnicastFanout stranger{
        {.self = {Incarnation{port + 1U}, {1, port}}, .domain = kDomain, .candidates = {endpoint_of('a')}}};
    Outbox out;
    stranger.on_start(now, out);
    Outbox answer;
    fanout.on_datagram({{1, port}, out.control.at(0).bytes}, now, answer);
    return !answer.control.empty();
  };
  constexpr auto kLast = static_cast<std::uint16_t>(UnicastFanout::kPeersMax);
  const Time start{1h};
  for (std::uint16_t port = 1; port <= kLast; ++port) EXPECT_TRUE(greet(port, start));
  EXPECT_FALSE(greet(kLast + 1, start + UnicastFanout::kSilentAfter)) << "all have been heard lately";
  const Time later = start + UnicastFanout::kSilentAfter + 1ms;
  greet(1, later);
  EXPECT_TRUE(greet(kLast + 1, later));
  EXPECT_EQ(fanout.peers(), UnicastFanout::kPeersMax);
  EXPECT_TRUE(greet(2, later)) << "it was forgotten, and is known anew";
  EXPECT_FALSE(greet(1, later)) << "who is heard is not forgotten, and so not answered as a newcomer";
}

}  // namespace
}  // namespace hawser
