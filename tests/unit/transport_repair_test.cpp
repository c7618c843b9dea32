// Packets are lost, and come all the same.
#include "tests/unit/transport_mesh.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;

bool is_data(const Hop& hop) { return hop.carries<wire::Data>(); }

TEST(Repair, APacketLostInTheMiddleIsAskedForSoon) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.forget_history();
  int packets = 0;
  mesh.drop_where([&](const Hop& hop) { return is_data(hop) && ++packets == 2; });
  for (const char* text : {"one", "two", "three"}) mesh.multicast('A', text);
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: three"); }, milliseconds{2}));
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: one", "A: two", "A: three"));
  EXPECT_EQ(mesh.counters('A').packets_repaired, 1U);
}

TEST(Repair, TheLastPacketOfABurstIsMissedToo) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.run_for(milliseconds{100});
  bool first = true;
  mesh.drop_where([&](const Hop& hop) { return is_data(hop) && std::exchange(first, false); });
  mesh.multicast('A', "last");
  EXPECT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: last"); }, milliseconds{10}));
}

TEST(Repair, OneRepairServesAllThatMissThePacket) {
  Mesh mesh;
  mesh.settle("ABCD");
  int lost = 0;
  mesh.drop_where([&](const Hop& hop) { return is_data(hop) && ++lost <= 3; });
  mesh.multicast('A', "one");
  mesh.multicast('A', "two");
  mesh.run_for(milliseconds{5});
  for (const char name : {'B', 'C', 'D'}) EXPECT_TRUE(mesh.delivered(name, "A: two")) << name;
  EXPECT_LE(mesh.counters('A').packets_repaired, 2U) << "at most the first asker's and one that crossed it";
}

// B, C and D lose the same packets. Each waits a random time before it asks; who asks first has the packet multicast,
// and so the others need not ask.
std::size_t naks_for_packets_that_three_lost(Mesh& mesh, std::size_t packets) {
  std::size_t naks = 0;
  bool losing = false;
  mesh.drop_where([&](const Hop& hop) {
    naks += frames_in<wire::Nak>(hop.datagram).size();
    return losing && is_data(hop);
  });
  for (std::size_t packet = 0; packet < packets; ++packet) {
    losing = true;
    mesh.multicast('A', "lost");
    losing = false;
    mesh.multicast('A', "shows the gap");
    mesh.run_for(milliseconds{5});
  }
  return naks;
}

TEST(Repair, WhoSeesTheRepairDoesNotAskAnyMore) {
  constexpr std::size_t kPackets = 100;
  Mesh mesh;
  mesh.settle("ABCD");
  const std::size_t naks = naks_for_packets_that_three_lost(mesh, kPackets);
  for (const char name : {'B', 'C', 'D'}) EXPECT_EQ(mesh.counters(name).packets_received, 2 * kPackets) << name;
  EXPECT_GE(naks, kPackets);
  EXPECT_LT(naks, 2 * kPackets) << "where each asked for itself it would be three for each packet";
}

TEST(Repair, DuplicatesAreDeliveredOnce) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.forget_history();
  std::vector<Buffer> copies;
  mesh.drop_where([&](const Hop& hop) {
    if (is_data(hop)) copies.push_back(Buffer::copy_of(hop.datagram));
    return false;
  });
  mesh.multicast('A', "m");
  mesh.run_for(milliseconds{1});
  for (const Buffer& copy : copies) mesh.inject('B', node_id('A').endpoint, copy);
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: m"));
  EXPECT_EQ(mesh.counters('B').packets_received, 1U);
}

// A third of all datagrams is lost, control ones too; all that was sent arrives, in order, at everybody.
TEST(Repair, HeavyLossIsSurvived) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Mesh mesh;
    mesh.settle("ABC");
    mesh.forget_history();
    Rng rng{seed};
    mesh.drop_where([&](const Hop&) { return rng.permille(300); });
    for (int i = 0; i < 100; ++i) {
      for (const char name : {'A', 'B', 'C'}) mesh.multicast(name, std::to_string(i), Order::total);
      mesh.run_for(milliseconds{2});
    }
    mesh.heal();
    mesh.run_for(seconds{1});
    const auto messages = [&](char name) {
      std::vector<std::string> lines = mesh.history(name);
      std::erase_if(lines, [](const std::string& line) { return line[1] != ':'; });
      return lines;
    };
    EXPECT_EQ(messages('A').size(), 300U) << "seed " << seed;
    EXPECT_EQ(messages('B'), messages('A')) << "seed " << seed;
    EXPECT_EQ(messages('C'), messages('A')) << "seed " << seed;
  }
}

// Packets are let go once everybody has them: late askers get nothing, and memory has a bound.
TEST(Repair, WhatIsStableIsForgotten) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.multicast('A', "m");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.node('A').groups().control().stable() == 1; }));
  mesh.run_for(milliseconds{60});
  mesh.inject('A', node_id('B').endpoint, datagram_from('B', wire::Nak{{}, mesh.view('A').id, 0, {{{1}, {1}}}}));
  EXPECT_EQ(mesh.counters('A').packets_repaired, 0U);
}

}  // namespace
}  // namespace hawser
