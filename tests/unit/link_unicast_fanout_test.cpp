#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "transport/link/unicast_fanout.hpp"
#include "transport/wire/packer.hpp"

namespace hawser {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr GroupId kGroup{9};
constexpr std::uint64_t kDomain = 77;
constexpr Duration kHeartbeat = 15ms;

Endpoint endpoint_of(char name) { return {0x0a000000U + static_cast<std::uint32_t>(name), 5000}; }

/// Nodes named by letters. Unicast always passes; multicast does unless it is cut from one to another.
class Network {
 public:
  void add(char name, const std::string& candidates, bool sends_multicast = true, bool greets = true) {
    UnicastConfig config{.self = {Incarnation{static_cast<std::uint64_t>(name)}, endpoint_of(name)},
                         .domain = kDomain,
                         .sends_multicast = sends_multicast,
                         .greets = greets,
                         .candidates = {}};
    for (const char candidate : candidates) config.candidates.push_back(endpoint_of(candidate));
    sends_multicast_[name] = sends_multicast;
    nodes_[name] = std::make_unique<UnicastFanout>(std::move(config));
    Outbox out;
    nodes_[name]->on_start(now_, out);
    carry(name, out.control);
  }
  void remove(char name) { nodes_.erase(name); }
  void cut_multicast(char from, char to) { cut_.insert({from, to}); }
  void restore_multicast() { cut_.clear(); }
  /// A switch that forgets one group.
  void cut_group(char from, char to, GroupId group) { cut_groups_.insert({from, to, group}); }
  void restore_groups() { cut_groups_.clear(); }
  /// From now on it multicasts something to the group, too, as often as a heartbeat.
  void talk(char name, GroupId group, bool talks = true) {
    talks ? static_cast<void>(talks_.insert({name, group})) : static_cast<void>(talks_.erase({name, group}));
  }

  /// All nodes multicast a heartbeat to the control group every 15 ms.
  void run(Duration time) {
    for (const Time end = now_ + time; now_ < end; now_ += kHeartbeat) {
      for (const char name : names()) {
        Outbox out;
        if (nodes_[name]->next_deadline() <= now_) nodes_[name]->on_timeout(now_, out);
        carry(name, out.control);
        beat(name);
      }
      for (const auto& [name, group] : talks_) multicast(name, group, "talk");
    }
  }
  void multicast(char from, GroupId group, const std::string& text) {
    std::vector<OutboundDatagram> datagrams{
        {Destination::to_group(group), Buffer::copy_of(std::as_bytes(std::span{text}))}};
    carry(from, datagrams);
  }
  /// What members say to each other by unicast.
  void probe(char from, char to) {
    wire::Packer packer{kDomain, Incarnation{static_cast<std::uint64_t>(from)}, 1472};
    Outbox out;
    packer.send(Destination::to_node(endpoint_of(to)), wire::Probe{}, out);
    packer.write_header(out.control[0].bytes);
    carry(from, out.control);
  }
  /// A node's own heartbeat, which goes to everybody.
  void beat(char from) {
    wire::Packer packer{kDomain, Incarnation{static_cast<std::uint64_t>(from)}, 1472};
    Outbox out;
    packer.send(Destination::to_group(kControlGroup), wire::Heartbeat{}, out);
    packer.write_header(out.control[0].bytes);
    carry(from, out.control);
  }
  void hear(char name, GroupId group, bool hears = true) {
    Outbox out;
    nodes_[name]->on_address_change({group, hears}, out);
    carry(name, out.control);
  }
  /// The kernel grants it the group's socket after all.
  void open_group(char name, GroupId group) {
    Outbox out;
    nodes_[name]->on_heard_group(group, out);
    carry(name, out.control);
  }
  /// How often `text` came, by who got it; a multicast passes to all, whatever they have joined.
  [[nodiscard]] std::map<char, int> heard(const std::string& text) { return heard_[text]; }
  /// How many real datagrams came for the node itself.
  [[nodiscard]] int frames(char name) { return frames_[name]; }
  UnicastFanout& node(char name) { return *nodes_[name]; }
  [[nodiscard]] int unicasts() const { return unicasts_; }

 private:
  std::vector<char> names() const {
    std::vector<char> names;
    for (const auto& [name, node] : nodes_) names.push_back(name);
    return names;
  }
  void carry(char from, std::vector<OutboundDatagram>& datagrams) {
    std::vector<OutboundDatagram> routed;
    nodes_[from]->route(datagrams, routed);
    for (const auto& datagram : routed) {
      for (const char to : names()) {
        const bool multicast = datagram.destination.multicast;
        const GroupId group = datagram.destination.group;
        const bool passes = sends_multicast_[to] && to != from && !cut_.contains({from, to}) &&
                            !cut_groups_.contains({from, to, group});
        if (multicast ? !passes : datagram.destination.endpoint != endpoint_of(to)) continue;
        unicasts_ += multicast ? 0 : 1;
        arrive(to, {endpoint_of(from), datagram.bytes, multicast ? std::optional{group} : std::nullopt});
      }
    }
  }
  void arrive(char to, const ReceivedDatagram& datagram) {
    Outbox out;
    if (!nodes_[to]->on_datagram(datagram, now_, out)) {
      const ByteView bytes = datagram.bytes.bytes();
      if (bytes.size() > wire::kHeaderBytes) ++frames_[to];
      ++heard_[std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()}][to];
    }
    carry(to, out.control);
  }

  std::map<char, std::unique_ptr<UnicastFanout>> nodes_;
  std::map<char, bool> sends_multicast_;
  std::map<char, int> frames_;
  std::set<std::pair<char, char>> cut_;
  std::set<std::tuple<char, char, GroupId>> cut_groups_;
  std::set<std::pair<char, GroupId>> talks_;
  std::map<std::string, std::map<char, int>> heard_;
  int unicasts_ = 0;
  Time now_{1h};
};

using Heard = std::map<char, int>;

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

TEST(UnicastFanout, MulticastThatPassesNoLongerIsReplacedBeforeAnybodyIsTakenForGone) {
  Network network;
  for (const char name : {'a', 'b'}) network.add(name, "ab");
  network.run(2s);
  network.cut_multicast('a', 'b');
  network.run(150ms);  // Well below the 250 ms of silence that parts nodes.
  network.multicast('a', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}}));
}

TEST(UnicastFanout, MembersWhoListNobodyFindEachOtherWhenMulticastPassesNoLonger) {
  Network network;
  for (const char name : {'a', 'b', 'c'}) network.add(name, "");
  network.run(1s);
  network.probe('a', 'b');
  EXPECT_EQ(network.unicasts(), 1) << "as long as multicast comes, nobody is greeted";
  for (const char from : {'a', 'b', 'c'}) {
    for (const char to : {'a', 'b', 'c'}) network.cut_multicast(from, to);
  }
  network.run(200ms);
  network.probe('a', 'b');
  network.run(50ms);
  network.probe('b', 'c');
  network.run(50ms);
  network.multicast('a', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}, {'c', 1}}));
}

// A switch may forget a single group: heartbeats come, and whatever is sent in that group does not.
TEST(UnicastFanout, AGroupThatAloneIsForgottenGoesByUnicast) {
  Network network;
  for (const char name : {'a', 'b', 'c'}) network.add(name, "");
  for (const char name : {'a', 'b', 'c'}) network.hear(name, kGroup);
  network.talk('a', kGroup);
  network.run(1s);
  EXPECT_EQ(network.unicasts(), 0);
  network.cut_group('a', 'b', kGroup);
  network.run(400ms);
  network.multicast('a', kGroup, "x");
  network.multicast('a', kControlGroup, "y");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}, {'c', 1}}));
  EXPECT_EQ(network.heard("y"), (Heard{{'b', 1}, {'c', 1}})) << "what passes does not come twice";
  const auto changes = network.node('a').take_changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].node, endpoint_of('b'));
  EXPECT_EQ(changes[0].group, kGroup);
  EXPECT_TRUE(changes[0].by_unicast);
  network.restore_groups();
  network.multicast('a', kGroup, "again");
  network.multicast('a', kGroup, "z");
  EXPECT_EQ(network.heard("z"), (Heard{{'b', 1}, {'c', 1}})) << "the first one that passes ends it";
}

TEST(UnicastFanout, AMulticastOfAnotherGroupIsNoSignThatTheControlGroupsPass) {
  Network network;
  for (const char name : {'a', 'b'}) {
    network.add(name, "ab");
    network.hear(name, kGroup);
  }
  network.talk('a', kGroup);
  network.run(1s);
  network.cut_group('a', 'b', kControlGroup);
  network.run(250ms);
  network.multicast('a', kControlGroup, "x");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}}));
}

TEST(UnicastFanout, AGroupInWhichNobodySendsIsNotTakenForForgotten) {
  Network network;
  for (const char name : {'a', 'b'}) {
    network.add(name, "");
    network.hear(name, kGroup);
  }
  network.talk('a', kGroup);
  network.run(1s);
  network.talk('a', kGroup, false);
  network.run(2s);
  network.cut_group('a', 'b', kGroup);
  network.multicast('a', kGroup, "lost");
  network.run(2s);
  EXPECT_EQ(network.unicasts(), 0) << "nor is one in which a single datagram was lost";
}

TEST(UnicastFanout, WhoIsRefusedAGroupsSocketGetsItByUnicastUntilItHasOne) {
  Network network;
  for (const char name : {'a', 'b', 'c'}) network.add(name, "");
  network.node('b').on_unheard_group(kGroup);
  network.cut_group('a', 'b', kGroup);
  for (const char name : {'b', 'c'}) network.hear(name, kGroup);
  network.run(100ms);
  network.multicast('a', kGroup, "x");
  network.multicast('a', kControlGroup, "y");
  EXPECT_EQ(network.heard("x"), (Heard{{'b', 1}, {'c', 1}}));
  EXPECT_EQ(network.heard("y"), (Heard{{'b', 1}, {'c', 1}}));
  network.restore_groups();
  network.open_group('b', kGroup);
  network.multicast('a', kGroup, "z");
  EXPECT_EQ(network.heard("z"), (Heard{{'b', 1}, {'c', 1}}));
}

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
