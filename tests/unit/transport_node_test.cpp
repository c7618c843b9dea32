#include "transport/node.hpp"

#include "tests/unit/transport_mesh.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// ---- Coming together ----

TEST(Node, ALoneNodeFormsAViewOfItself) {
  Mesh mesh;
  mesh.start("A");
  mesh.run_for(milliseconds{149});
  EXPECT_THAT(mesh.history('A'), IsEmpty());
  mesh.run_for(milliseconds{2});
  EXPECT_THAT(mesh.history('A'), ElementsAre("view A from A"));
}

TEST(Node, ALoneNodeHearsItself) {
  Mesh mesh;
  mesh.settle("A");
  mesh.multicast('A', "m");
  mesh.multicast('A', "n");
  EXPECT_THAT(mesh.history('A'), ElementsAre("view A from A", "A: m", "A: n"));
  EXPECT_EQ(mesh.node('A').groups().control().accepted(), 2U);
  EXPECT_EQ(mesh.node('A').groups().control().stable(), 2U);
}

TEST(Node, ThoseWhoStartTogetherComeTogether) {
  Mesh mesh;
  mesh.settle("ABC");
  for (const char name : {'A', 'B', 'C'}) {
    EXPECT_THAT(mesh.history(name), ElementsAre("view ABC from " + std::string(1, name)));
    EXPECT_EQ(mesh.counters(name).views_installed, 1U);
  }
}

TEST(Node, NewcomersJoinWhoIsThere) {
  Mesh mesh;
  mesh.settle("BC");
  mesh.settle("ABCD");
  EXPECT_THAT(mesh.history('B'), ElementsAre("view BC from B", "view BCAD from BC"));
  EXPECT_THAT(mesh.history('D'), ElementsAre("view BCAD from D"));
}

TEST(Node, MessagesSentBeforeTheFirstViewGoOutInIt) {
  Mesh mesh;
  mesh.start("AB");
  mesh.multicast('A', "early");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: early"); }));
  EXPECT_THAT(mesh.history('A'), ElementsAre("view AB from A", "A: early"));
  EXPECT_THAT(mesh.history('B'), ElementsAre("view AB from B", "A: early"));
}

// ---- Messages ----

TEST(Node, EachSendersMessagesComeInItsOrder) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.forget_history();
  for (int i = 0; i < 5; ++i) mesh.multicast('A', std::to_string(i));
  mesh.run_for(milliseconds{1});
  const auto in_order = ElementsAre("A: 0", "A: 1", "A: 2", "A: 3", "A: 4");
  EXPECT_THAT(mesh.history('A'), in_order);
  EXPECT_THAT(mesh.history('B'), in_order);
}

TEST(Node, TotalOrderIsTheSameEverywhere) {
  Mesh mesh;
  mesh.settle("ABC");
  mesh.forget_history();
  for (int i = 0; i < 20; ++i) {
    for (const char name : {'C', 'A', 'B'}) mesh.multicast(name, std::to_string(i), Order::total);
    if (i % 3 == 0) mesh.run_for(microseconds{70});
  }
  ASSERT_TRUE(mesh.run_until([&] { return mesh.history('A').size() == 60; }));
  mesh.run_for(milliseconds{1});
  EXPECT_EQ(mesh.history('B'), mesh.history('A'));
  EXPECT_EQ(mesh.history('C'), mesh.history('A'));
}

TEST(Node, AMessageLongerThanADatagramArrivesWhole) {
  Mesh mesh;
  mesh.settle("AB");
  std::string text(300000, 'x');
  text.front() = '<';
  text.back() = '>';
  mesh.multicast('A', text);
  mesh.multicast('A', "after");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: after"); }));
  EXPECT_TRUE(mesh.delivered('B', "A: " + text));
  EXPECT_TRUE(mesh.delivered('A', "A: " + text));
}

TEST(Node, WhatEverybodyHasIsStable) {
  Mesh mesh;
  mesh.settle("ABC");
  for (int i = 0; i < 5; ++i) mesh.multicast('A', "m");
  EXPECT_EQ(mesh.node('A').groups().control().accepted(), 5U);
  EXPECT_EQ(mesh.node('A').groups().control().stable(), 0U);
  EXPECT_TRUE(mesh.run_until([&] { return mesh.node('A').groups().control().stable() == 5; }, milliseconds{60}));
}

// One small message a datagram: the receivers must acknowledge what that costs a socket buffer, as the sender counts
// it, or the sender stands still until their next heartbeats.
TEST(Node, AStreamOfSmallMessagesDoesNotWaitForHeartbeats) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.forget_history();
  for (int i = 0; i < 1000; ++i) {
    mesh.multicast('A', "m");
    mesh.run_for(microseconds{20});
  }
  mesh.run_for(2 * Mesh::kLatency);
  EXPECT_THAT(mesh.history('B'), SizeIs(1000));
}

TEST(Node, AFullQueueSaysSoAndTakesMoreLater) {
  NodeConfig config;
  config.send_queue_bytes_max = 10000;
  Mesh mesh{config};
  mesh.settle("AB");
  mesh.drop_where([](const Hop& hop) { return hop.to == 'A'; });  // No acknowledgement comes through.
  const std::string text(1000, 'x');
  std::optional<Errc> refused;
  for (int i = 0; i < 1000 && !refused; ++i) {
    if (const Status status = mesh.try_multicast('A', text); !status) refused = status.error().code;
  }
  EXPECT_EQ(refused, Errc::would_block);
  mesh.heal();
  EXPECT_TRUE(mesh.run_until([&] { return mesh.try_multicast('A', text).ok(); }, milliseconds{100}));
}

// ---- Strangers ----

TEST(Node, AnotherDomainIsNotHeard) {
  Mesh mesh;
  mesh.settle("AB");
  const Buffer sent = datagram_from('C', wire::Heartbeat{incarnations("AB")}, "another");
  mesh.inject('A', node_id('C').endpoint, sent);
  EXPECT_EQ(mesh.counters('A').datagrams_refused, 1U);
  mesh.run_for(milliseconds{100});
  EXPECT_TRUE(mesh.together("AB"));
}

TEST(Node, AnotherVersionIsRefused) {
  Mesh mesh;
  mesh.settle("AB");
  const Buffer sent = datagram_from('B', wire::Leave{});
  Buffer datagram = Buffer::copy_of(sent.bytes());
  datagram.data()[4] = std::byte{wire::kVersion + 1};
  mesh.inject('A', node_id('B').endpoint, datagram);
  EXPECT_EQ(mesh.counters('A').datagrams_refused, 1U);
  mesh.run_for(milliseconds{100});
  EXPECT_TRUE(mesh.together("AB"));
}

TEST(Node, BadBytesAreCountedAndDropped) {
  Mesh mesh;
  mesh.settle("AB");
  const Buffer sent = datagram_from('B', wire::Nak{{}, {1, 1}, 0, {{{1}, {2}}}});
  const ByteView whole = sent.bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    if (length == wire::kHeaderBytes) continue;  // an empty datagram is none to refuse
    const auto refused = mesh.counters('A').datagrams_refused;
    mesh.inject('A', node_id('B').endpoint, Buffer::copy_of(whole.first(length)));
    EXPECT_EQ(mesh.counters('A').datagrams_refused, refused + 1) << length;
  }
}

TEST(Node, FramesBeforeABadOneCount) {
  Mesh mesh;
  mesh.settle("ABC");
  const Buffer sent = datagram_from('C', wire::Leave{});
  Buffer datagram = Buffer::allocate(1472);
  datagram.resize(sent.size() + 3);
  std::memcpy(datagram.data(), sent.data(), sent.size());
  mesh.inject('A', node_id('C').endpoint, datagram);
  EXPECT_EQ(mesh.counters('A').datagrams_refused, 1U);
  EXPECT_TRUE(mesh.delivered('A', "lost C"));
}

TEST(Node, ItsOwnDatagramsAreNotHeard) {
  Mesh mesh;
  mesh.settle("AB");
  const Buffer sent = datagram_from('A', wire::Leave{});
  mesh.inject('A', node_id('A').endpoint, sent);
  EXPECT_FALSE(mesh.delivered('A', "lost A"));
}

// ---- Same host ----

TEST(Node, PeersOfTheSameBootAndNamespaceCanBeWatched) {
  NodeConfig config;
  config.host = {7, 8, 0};
  Mesh mesh{config};
  mesh.settle("AB");
  const auto peers = mesh.node('A').peers_on_this_host();
  EXPECT_THAT(peers, ElementsAre(std::pair{node_id('B'), HostIdentity{7, 8, 'B'}}));
}

TEST(Node, WhereTheHostIsUnknownNobodyCanBeWatched) {
  Mesh mesh;
  mesh.settle("A");
  EXPECT_THAT(mesh.node('A').peers_on_this_host(), IsEmpty());
}

}  // namespace
}  // namespace hawser
