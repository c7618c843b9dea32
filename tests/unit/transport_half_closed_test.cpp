// A view's closing that has begun and can't be ended: what was delivered for it counts for the view that comes instead.
#include "tests/unit/transport_mesh.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr GroupId kGroup{7};

// D's heartbeats come so unevenly that the others will wait longer for it than it waits for them.
void make_heartbeats_uneven(Mesh& mesh) {
  int beats = 0;
  mesh.drop_where(
      [&](const Hop& hop) { return hop.from == 'D' && hop.carries<wire::Heartbeat>() && (++beats / 3) % 6 != 0; });
  mesh.run_for(seconds{3});
  mesh.heal();
  mesh.run_for(milliseconds{50});
}

bool is_data_in(const Hop& hop, GroupId group) {
  for (const auto& data : frames_in<wire::Data>(hop.datagram)) {
    if (data.group == group) return true;
  }
  return false;
}

// C crashes, and D alone has x, which C has sent in the control group, and y, which it has sent in another. On the way
// to the view of A, B and D, A gets x and delivers it; B does not get it, and nobody gets y.
void close_by_half(Mesh& mesh) {
  mesh.drop_where([](const Hop& hop) { return hop.from == 'C' && hop.to != 'D' && hop.carries<wire::Data>(); });
  mesh.multicast('C', "x");
  mesh.multicast_in(kGroup, 'C', "y");
  mesh.run_for(2 * Mesh::kLatency);
  mesh.crash("C");
  mesh.drop_where([](const Hop& hop) {
    return hop.from == 'D' && (is_data_in(hop, kGroup) || (hop.to == 'B' && is_data_in(hop, kControlGroup)));
  });
  mesh.tell_exit('C', "ABD");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('A', "C: x"); }, milliseconds{50}));
}

// Nothing passes between D and the others, until it finds itself alone; A and B still count on it. When it hears them
// again, and they it, they have the same members in mind as before: only D comes from another view now.
void part_and_come_back(Mesh& mesh) {
  mesh.drop_where([](const Hop& hop) { return hop.from == 'D' || hop.to == 'D'; });
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("D"); }, milliseconds{500}));
  mesh.drop_where([](const Hop& hop) { return hop.from == 'D'; });
  mesh.run_for(milliseconds{60});
  mesh.heal();
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABD"); }));
}

TEST(HalfClosed, WhatWasDeliveredForAnotherViewIsSaidBeforeTheNext) {
  Mesh mesh;
  mesh.settle("ABCD");
  mesh.arrange('A', kGroup, "", "ABCD");
  make_heartbeats_uneven(mesh);
  ASSERT_TRUE(mesh.together("ABCD"));
  mesh.forget_history();
  close_by_half(mesh);
  const std::uint64_t changes = mesh.counters('B').start_changes;
  part_and_come_back(mesh);

  EXPECT_EQ(mesh.counters('B').start_changes, changes) << "for B it is one change";
  EXPECT_THAT(mesh.history('A'), ElementsAre("lost C", "C: x", "view ABD from AB", "g7 view AB from AB"));
  EXPECT_EQ(mesh.history('B'), mesh.history('A'));
  EXPECT_THAT(broken_heavy_properties(mesh), IsEmpty());
}

}  // namespace
}  // namespace hawser
