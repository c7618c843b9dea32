// Messages that need no order go ahead of what is missing before them, and are in the views' cuts all the same.
#include <algorithm>

#include "tests/unit/transport_mesh.hpp"
#include "transport/core/fault.hpp"
#include "transport/group_streams.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

bool holds(const Hop& hop, std::string_view text) {
  const ByteView wanted = bytes_of(text);
  return std::search(hop.datagram.begin(), hop.datagram.end(), wanted.begin(), wanted.end()) != hop.datagram.end();
}

TEST(Unordered, GoesAheadOfAGap) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return holds(hop, "one"); });
  mesh.multicast('A', "one", Order::unordered);
  mesh.multicast('A', "two", Order::unordered);
  mesh.multicast('A', "three");
  mesh.multicast('A', "four", Order::unordered);
  mesh.run_for(milliseconds{5});
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: two", "A: four"));
  EXPECT_EQ(mesh.counters('B').packets_ahead, 2U);
  mesh.heal();
  mesh.run_for(milliseconds{60});
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: two", "A: four", "A: one", "A: three"));
  EXPECT_THAT(mesh.history('A'), ElementsAre("A: one", "A: two", "A: three", "A: four"));
}

TEST(Unordered, LongMessagesWaitForAllOfTheirPieces) {
  Mesh mesh;
  mesh.settle("AB");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return holds(hop, "one"); });
  mesh.multicast('A', "one");
  mesh.multicast('A', std::string(40'000, 'x'), Order::unordered);
  mesh.multicast('A', "two", Order::unordered);
  mesh.run_for(milliseconds{5});
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: two"));
  mesh.heal();
  mesh.run_for(milliseconds{60});
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: two", "A: one", "A: " + std::string(40'000, 'x')));
}

TEST(Unordered, AheadOfTooManyGapsItWaits) {
  NodeConfig config;
  config.receive_buffer_bytes = 1U << 20U;  // Credit for all of them.
  Mesh mesh{config};
  mesh.settle("AB");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return holds(hop, "lost") || hop.carries<wire::Nak>(); });
  for (std::size_t i = 0; i < kRangesAheadMax + 3; ++i) {
    mesh.multicast('A', "lost");
    mesh.multicast('A', "here", Order::unordered);
  }
  mesh.run_for(milliseconds{5});
  EXPECT_EQ(mesh.history('B').size(), kRangesAheadMax);
  mesh.heal();
  mesh.run_for(milliseconds{200});
  EXPECT_EQ(mesh.history('B').size(), 2 * (kRangesAheadMax + 3));
}

// "one" reaches nobody and "two" only B, which is delivered it; then A crashes.
void crash_with_a_gap(Mesh& mesh) {
  mesh.settle("ABC");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) { return holds(hop, "one") || (hop.from == 'A' && hop.to == 'C'); });
  mesh.multicast('A', "one");
  mesh.multicast('A', "two", Order::unordered);
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "A: two"); }));
  mesh.crash("A");
  mesh.tell_exit('A', "BC");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BC"); }));
}

TEST(Unordered, WhatOneHasBeenDeliveredAllWhoGoOnAre) {
  Mesh mesh;
  crash_with_a_gap(mesh);
  EXPECT_THAT(mesh.history('B'), ElementsAre("A: two", "lost A", "view BC from BC"));
  EXPECT_THAT(mesh.history('C'), ElementsAre("lost A", "A: two", "view BC from BC"));
  EXPECT_THAT(broken_heavy_properties(mesh), IsEmpty());
}

// B and C have each been delivered something that the other has not, and D nothing.
TEST(Unordered, TheNextViewBeginsWithAllThatAnybodyHasBeenDelivered) {
  Mesh mesh;
  mesh.settle("ABCD");
  mesh.forget_history();
  mesh.drop_where([](const Hop& hop) {
    if (hop.from != 'A' || !hop.carries<wire::Data>()) return false;
    return holds(hop, "one") || hop.to == 'D' || (holds(hop, "for B") && hop.to != 'B') ||
           (holds(hop, "for C") && hop.to != 'C');
  });
  mesh.multicast('A', "one");
  mesh.multicast('A', "for B", Order::unordered);
  mesh.multicast('A', "for C", Order::unordered);
  mesh.multicast('A', "for B, later", Order::unordered);
  ASSERT_TRUE(
      mesh.run_until([&] { return mesh.delivered('B', "A: for B, later") && mesh.delivered('C', "A: for C"); }));
  mesh.crash("A");
  mesh.tell_exit('A', "BCD");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("BCD"); }));
  for (const char name : {'B', 'C', 'D'}) {
    for (const char* line : {"A: for B", "A: for C", "A: for B, later"}) EXPECT_TRUE(mesh.delivered(name, line));
  }
  EXPECT_THAT(broken_heavy_properties(mesh), IsEmpty());
}

#if defined(HAWSER_FAULTS)

TEST(UnorderedFaults, WhatWentAheadAndIsNotInTheCutPartsThoseWhoGoOnTogether) {
  fault::active() = "unordered.not_in_the_cut";
  Mesh mesh;
  crash_with_a_gap(mesh);
  fault::active().clear();
  EXPECT_THAT(broken_heavy_properties(mesh), Contains("heavy: Virtual Synchrony"));
}

#endif

}  // namespace
}  // namespace hawser
