// Disasters that other group-communication systems have had, told in the terms of this one: each of them must pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "tests/sim/world.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/packer.hpp"

namespace hawser::sim {
namespace {

using testing::ElementsAre;

// A frame that nobody can have sent, from a member of the view.
template <typename Frame>
Buffer forged(World& world, Site as, const Frame& frame) {
  wire::Packer packer{wire::domain_digest("sim"), world.at(as).process().node.incarnation, 65000};
  Outbox out;
  packer.send(Destination::to_node({}), frame, out);
  packer.write_header(out.control.front().bytes);
  return out.control.front().bytes;
}

void receive(World& world, Site at, Site from, const Buffer& datagram) {
  world.at(at).act(world.now(), [&](BusNode& bus, Application&, Time local, BusNodeOutbox& out) {
    bus.on_datagram(world.at(from).process().node.endpoint, datagram, local, out);
  });
}

// corosync #660: one node of a healthy cluster was restarted. It and all others saw the new membership, and none ever
// came to the end of the synchronization that follows it, until the watchdogs fenced them all.
TEST(Disasters, ARestartDoesNotHangTheOthers) {
  World world{{.nodes = 5, .seed = 660}};
  world.settle();
  for (int restart = 0; restart < 10; ++restart) {
    world.crash("C");
    world.run_for(Duration{restart * 60ms});  // Before, while and after the others notice.
    world.start("C", static_cast<unsigned>(restart));
    world.node("A").multicast("restart " + std::to_string(restart));
    world.settle(5s);
    EXPECT_EQ(world.node("A").view(), "ABCDE");
  }
  world.check_all();
}

// corosync #351: a partition healed, but not for all nodes at the same moment. They came together in pieces, and for a
// while told their applications of memberships that did not fit each other.
TEST(Disasters, APartitionThatHealsInPiecesGivesNobodyAContradictoryView) {
  World world{{.nodes = 6, .seed = 351}};
  world.settle();
  world.partition({{"A", "B"}, {"C", "D"}, {"E", "F"}});
  const auto apart = [&] {
    return world.node("A").view() == "AB" && world.node("C").view() == "CD" && world.node("E").view() == "EF";
  };
  world.run_until(apart, "each side goes on alone");
  world.partition({{"A", "B", "C", "D"}, {"E", "F"}});
  world.run_for(30ms);  // In the middle of the first merge
  world.heal();
  world.cut("E", "A");  // one node hears nothing of one of those it comes back to.
  world.run_for(100ms);
  world.mend("E", "A");
  world.settle();

  std::map<ViewId, std::set<std::vector<NodeId>>> members;
  for (const auto& process : world.processes()) {
    for (const TraceEvent& event : process->events) {
      const auto* seen = std::get_if<trace::HeavyView>(&event.what);
      if (seen != nullptr && seen->group == kControlGroup) members[seen->view.id].insert(seen->view.members);
    }
  }
  for (const auto& [id, lists] : members) EXPECT_EQ(lists.size(), 1U) << to_string(id);
  EXPECT_EQ(world.node("A").view(), "ABCDEF");
  world.check_all();
}

// corosync #347: a node was stopped for longer than the token's timeout while the others went on without it, and went
// on afterwards as if it had never been away: its application was not told that the others had left its membership.
TEST(Disasters, APausedNodeIsToldThatTheOthersWentOn) {
  World world{{.nodes = 3, .seed = 347}};
  world.settle();
  world.pause("C");
  world.run_until([&] { return world.node("A").view() == "AB"; }, "A and B go on alone");
  world.node("A").multicast("while C slept");
  world.resume("C");
  world.settle();

  EXPECT_THAT(world.node("C").views(), ElementsAre("ABC", "C", "ABC")) << "it was alone, and is told so";
  const std::vector<std::string> history = world.node("C").history();
  EXPECT_TRUE(std::count(history.begin(), history.end(), "t: gap") > 0) << "what it missed has no name";
  world.check_all();
}

// corosync #828: a node joined and died while the others were taking it in. The change was called off, its word was
// taken out of a queue in the next one, and it stayed a member of process groups for ever: whoever waited for all
// members to answer waited for a ghost.
TEST(Disasters, WhoDiesWhileItJoinsLeavesNoGhost) {
  for (std::uint64_t datagrams = 1; datagrams <= 40; ++datagrams) {
    World world{{.nodes = 4, .seed = 828 + datagrams, .start_all = false}};
    for (const char* first : {"A", "B", "C"}) world.start(first);
    world.settle();
    world.start("D");
    world.crash_after(3, datagrams);  // At every step of its way in.
    world.run_for(3s);
    world.crash("D");
    world.settle();

    EXPECT_EQ(world.node("A").view(), "ABC");
    for (Site site = 0; site < 3; ++site) {
      const LightView* topic = world.at(site).bus().groups().view_of("t");
      ASSERT_NE(topic, nullptr);
      EXPECT_EQ(topic->members.size(), 3U) << "after " << datagrams << " datagrams";
    }
    world.check_all();
  }
}

// JGroups #1048: after several views in quick succession, one that came late took a member out of a sender's table of
// credits although it was in the view. Its requests for credit were ignored from there on, and the sender starved.
TEST(Disasters, NoSenderStarvesAfterViewsInQuickSuccession) {
  World world{{.nodes = 4, .seed = 1048, .network = {.delay_max = 3ms, .reorder_permille = 300}}};
  world.settle();
  for (int i = 0; i < 6; ++i) {
    world.crash("D");
    world.run_for(Duration{i * 90ms});
    world.start("D", static_cast<unsigned>(i));
    world.run_for(Duration{(6 - i) * 70ms});
  }
  world.settle();
  // Several times what may be on the way without anybody's acknowledgement.
  const std::string text(20'000, 'x');
  for (int i = 0; i < 40; ++i) {
    for (const char* sender : {"A", "B", "C", "D"}) world.node(sender).multicast(text + std::to_string(i) + sender);
    world.run_for(2ms);
  }
  for (const std::string sender : {"A", "B", "C", "D"}) {
    world.node(sender).multicast("last of " + sender);
    world.run_until_delivered("last of " + sender, "A");
    world.run_until_delivered("last of " + sender, "D");
  }
  world.settle();
  world.check_all();
}

// JGRP-2920: two nodes started at the same moment, each found nobody, founded a group of its own, and kept to it.
TEST(Disasters, NodesThatStartTogetherStayTogether) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    World world{{.nodes = 2, .seed = 2920 * 100 + seed, .start_all = false, .network = {.delay_max = 10ms}}};
    world.start("A");
    world.run_for(Duration{seed * 1ms});
    world.start("B");
    world.settle(5s);
    EXPECT_EQ(world.node("A").view(), "AB") << "seed " << seed;
    world.check_all();
  }
}

// Derecho #126: the leader of a view change proposed who leaves, and crashed when some had accepted that. The next one
// blended it with its own proposal: one view where others had gone through two.
TEST(Disasters, WhoDiesInTheMiddleOfAViewChangeBlendsNothing) {
  for (std::uint64_t datagrams = 1; datagrams <= 12; ++datagrams) {
    World world{{.nodes = 5, .seed = 126 + datagrams, .nodes_per_host = 5, .exit_evidence = true}};
    world.settle();
    world.crash("E");
    world.crash_after(0, datagrams);  // The oldest, with its last datagram at some of the others only.
    world.node("B").multicast("m");
    world.run_for(1s);
    world.crash("A");
    world.settle();

    EXPECT_EQ(world.node("B").view(), "BCD");
    EXPECT_EQ(world.node("B").history(), world.node("C").history());
    EXPECT_EQ(world.node("B").history(), world.node("D").history());
    world.check_all();
  }
}

// Derecho #22: messages that were in the sender's window when the view changed were in nobody's afterwards.
TEST(Disasters, WhatIsOnTheWayAtAViewChangeArrives) {
  World world{{.nodes = 4, .seed = 22, .nodes_per_host = 4, .exit_evidence = true, .socket_buffer_bytes = 20'000}};
  world.settle();
  for (int i = 0; i < 200; ++i) world.node("A").multicast("number " + std::to_string(i));
  world.run_for(300us);
  world.crash("D");
  world.settle();

  for (const char* site : {"A", "B", "C"}) {
    for (int i = 0; i < 200; ++i) EXPECT_TRUE(world.node(site).delivered("number " + std::to_string(i))) << i;
  }
  EXPECT_EQ(world.node("B").history(), world.node("C").history());
  world.check_all();
}

// Linux TIPC, CVE-2026-31662: an acknowledgement that came twice was counted twice; the counter of those who were still
// awaited went below zero, and so round to its highest value, and nothing was ever sent again.
TEST(Disasters, AcknowledgementsThatComeTwiceAreOne) {
  World world{{.nodes = 3, .seed = 31662, .network = {.duplicate_permille = 1000}}};
  world.settle();
  const std::string text(20'000, 'x');
  for (int i = 0; i < 100; ++i) {
    world.node("A").multicast(text + std::to_string(i));
    world.run_for(1ms);
  }
  world.node("A").multicast("last");
  world.run_until_delivered("last", "C");
  world.settle();
  world.check_all();
}

// corosync, CVE-2026-35092: a length in a datagram was added to another, the sum wrapped around, and the check that it
// fits let it through.
TEST(Disasters, NumbersAtTheEndOfTheirRangeAreRefused) {
  World world{{.nodes = 3, .seed = 35092}};
  world.settle();
  const auto refused = [&] { return world.node("A").counters().datagrams_refused; };
  const std::uint64_t before = refused();
  const ViewId view = world.at(0).bus().control_view().id;
  // Well formed: they are taken in, and come to nothing.
  const wire::Nak all{kControlGroup, view, 0, {{{1}, {UINT64_MAX}}}};
  receive(world, 0, 1, forged(world, 1, all));
  const std::vector<Seqno> beyond(3, Seqno{UINT64_MAX});
  receive(world, 0, 1, forged(world, 1, wire::Ack{kControlGroup, view, {UINT64_MAX}, UINT64_MAX, true, beyond, {}}));
  EXPECT_EQ(refused(), before);
  // From 2 on, and as many more as wrap the last one around to 1.
  receive(world, 0, 1, forged(world, 1, wire::Nak{kControlGroup, view, 0, {{{2}, {1}}}}));
  EXPECT_EQ(refused(), before + 1);
  // A count of entries that says more than any datagram holds.
  Buffer wrapped = forged(world, 1, wire::Ack{kControlGroup, view, {}, 0, false, {}, {}});
  Buffer longer = Buffer::allocate(wrapped.size() + 9);
  longer.resize(wrapped.size() + 9);
  Writer out{std::span{longer.data(), longer.size()}};
  out.bytes(wrapped.bytes().first(wrapped.size() - 1));
  out.varint(UINT64_MAX);
  out.patch(wire::kHeaderBytes + 2, static_cast<std::uint16_t>(longer.size() - wire::kHeaderBytes - 4));
  receive(world, 0, 1, longer);
  EXPECT_EQ(refused(), before + 2);

  world.node("A").multicast("still here");
  world.run_until_delivered("still here", "C");
  world.settle();
  EXPECT_THAT(world.node("A").views(), ElementsAre("ABC"));
  world.check_all();
}

}  // namespace
}  // namespace hawser::sim
