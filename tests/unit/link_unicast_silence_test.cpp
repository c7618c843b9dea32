// Multicast that stops passing: of all groups, or of one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/unicast_network.hpp"

namespace hawser {
namespace {

using namespace unicast_test;

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

}  // namespace
}  // namespace hawser
