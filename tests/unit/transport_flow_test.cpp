// A member that is slow or stopped: the others go on without it, within bounds, and it gets all in the end.
#include "tests/unit/transport_mesh.hpp"
#include "transport/core/fault.hpp"
#include "transport/membership/quarantine.hpp"
#include "transport/multicast/send_window.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::Contains;
using testing::Not;

class Flow : public testing::Test {
 protected:
  void SetUp() override {
    mesh.settle("ABCD");
    mesh.run_for(milliseconds{50});
    mesh.forget_history();
  }
  void send(std::size_t packets) {
    for (std::size_t i = 0; i < packets; ++i) mesh.multicast('A', text_of_packet(++sent_));
  }
  /// How much of what was sent has arrived, in order.
  std::size_t arrived(char name) {
    std::size_t arrived = 0;
    for (const std::string& line : mesh.history(name)) {
      if (line == "A: " + text_of_packet(arrived + 1)) ++arrived;
    }
    return arrived;
  }
  /// It hears everybody, but is too slow for data.
  void starve(char name) {
    mesh.drop_where([name](const Hop& hop) { return hop.to == name && hop.carries<wire::Data>(); });
  }
  Mesh mesh;

 private:
  static std::string text_of_packet(std::size_t number) {
    std::string text = "packet " + std::to_string(number);
    text.resize(1'300, ' ');
    return text;
  }
  std::size_t sent_ = 0;
};

TEST_F(Flow, AStoppedMemberHoldsUpTheOthersForATenthOfASecond) {
  mesh.pause('D');
  send(2'000);
  mesh.run_for(milliseconds{90});
  EXPECT_LT(arrived('B'), 1'000U);
  mesh.run_for(milliseconds{130});  // And soon enough before it would be taken for gone.
  EXPECT_THAT(mesh.history('A'), Contains("slow D"));
  EXPECT_EQ(arrived('B'), 2'000U);
  EXPECT_EQ(arrived('C'), 2'000U);
  mesh.resume('D');
  mesh.run_for(seconds{2});
  EXPECT_EQ(arrived('D'), 2'000U);
  for (const char name : {'A', 'B', 'C', 'D'}) EXPECT_THAT(mesh.history(name), Not(Contains("lost D"))) << name;
}

TEST_F(Flow, ASlowMemberGetsAllInTheEnd) {
  starve('D');
  send(2'000);
  mesh.run_for(seconds{1});
  EXPECT_EQ(arrived('B'), 2'000U);
  EXPECT_EQ(arrived('D'), 0U);
  mesh.heal();
  mesh.run_for(seconds{5});
  EXPECT_EQ(arrived('D'), 2'000U);
  EXPECT_EQ(mesh.groups('A').control().stable(), mesh.groups('A').control().accepted());
}

#if defined(HAWSER_FAULTS)

using FlowFaults = Flow;

TEST_F(FlowFaults, WhoForgetsWhatSlowMembersLackLeavesThemWithAGap) {
  fault::active() = "flow.slow_members_have_all";
  starve('D');
  send(2'000);
  mesh.run_for(seconds{1});
  mesh.heal();
  mesh.run_for(seconds{5});
  fault::active().clear();
  EXPECT_EQ(arrived('B'), 2'000U);
  EXPECT_LT(arrived('D'), 2'000U);
}

#endif

TEST_F(Flow, AMemberThatGetsALittleIsSlowAllTheSame) {
  Rng rng{1};
  mesh.drop_where([&](const Hop& hop) { return hop.to == 'D' && hop.carries<wire::Data>() && !rng.one_in(10); });
  send(4'000);
  mesh.run_for(seconds{1});
  EXPECT_THAT(mesh.history('A'), Contains("slow D"));
  EXPECT_EQ(arrived('B'), 4'000U);
  EXPECT_GT(arrived('D'), 0U);
}

TEST_F(Flow, WhatIsKeptForASlowMemberIsBounded) {
  starve('D');
  send(kUnstablePacketsMax + 1'000);
  for (int i = 0; i < 100 && arrived('B') < kUnstablePacketsMax; ++i) mesh.run_for(milliseconds{5});
  mesh.run_for(milliseconds{20});
  EXPECT_EQ(arrived('B'), kUnstablePacketsMax);
  mesh.run_for(seconds{1});
  EXPECT_EQ(arrived('B'), kUnstablePacketsMax + 1'000) << "who holds up the sender is taken out at once";
  EXPECT_TRUE(mesh.together("ABC"));
}

TEST_F(Flow, RepairsForASlowMemberAreForItAlone) {
  starve('D');
  send(2'000);
  mesh.run_for(seconds{1});
  std::size_t repairs_to_others = 0;
  std::size_t repairs = 0;
  mesh.drop_where([&](const Hop& hop) {
    if (!hop.carries<wire::Data>()) return false;
    ++(hop.to == 'D' ? repairs : repairs_to_others);
    return false;
  });
  mesh.run_for(seconds{1});
  EXPECT_GT(repairs, 0U);
  EXPECT_EQ(repairs_to_others, 0U);
}

// ---- Taken out ----

TEST_F(Flow, AMemberThatStaysBehindIsTakenOutByMost) {
  starve('D');
  send(kUnstablePacketsMax + 1'000);
  mesh.run_for(seconds{3});
  for (const char name : {'A', 'B', 'C'}) {
    EXPECT_THAT(mesh.history(name), Contains("lost D")) << name;
    EXPECT_TRUE(mesh.delivered(name, "view ABC from ABC")) << name;
  }
  EXPECT_EQ(arrived('B'), kUnstablePacketsMax + 1'000);
  EXPECT_TRUE(mesh.delivered('D', "view D from D"));
}

TEST_F(Flow, WhoWasTakenOutComesBackAfterAWhile) {
  starve('D');
  send(1'000);
  mesh.run_for(seconds{4});
  EXPECT_TRUE(mesh.together("ABC"));
  mesh.heal();
  mesh.run_for(kQuarantine - seconds{4});
  EXPECT_TRUE(mesh.together("ABC"));
  EXPECT_TRUE(mesh.run_until([&] { return mesh.together("ABCD"); }, seconds{5}));
}

TEST_F(Flow, OneMembersWordTakesNobodyOut) {
  static constexpr GroupId kGroup{7};
  mesh.arrange('A', kGroup, "", "AD");
  mesh.run_for(milliseconds{50});
  mesh.drop_where([](const Hop& hop) {
    const auto frames = frames_in<wire::Data>(hop.datagram);
    return hop.to == 'D' && !frames.empty() && frames.front().group == kGroup;
  });
  for (int i = 0; i < 100; ++i) mesh.multicast_in(kGroup, 'A', std::string(1'000, ' '));
  mesh.run_for(seconds{4});
  EXPECT_TRUE(mesh.together("ABCD"));
}

TEST_F(Flow, OneAfterTheOtherIsTakenOutOnlyAfterAWhile) {
  mesh.settle("ABCDE");
  mesh.drop_where([](const Hop& hop) { return hop.to > 'C' && hop.carries<wire::Data>(); });
  send(1'000);
  mesh.run_for(seconds{4});
  EXPECT_EQ(mesh.view('A').members.size(), 4U);
  send(1'000);
  mesh.run_for(kEvictionDistanceMin - seconds{2});
  EXPECT_EQ(mesh.view('A').members.size(), 4U);
  for (int i = 0; i < 20 && mesh.view('A').contains(node_id('E')); ++i) {
    send(100);
    mesh.run_for(seconds{1});
  }
  EXPECT_FALSE(mesh.view('A').contains(node_id('E')));
}

TEST_F(Flow, WhereMostAreSlowEverybodyWaits) {
  mesh.drop_where([](const Hop& hop) { return hop.to != 'B' && hop.carries<wire::Data>(); });
  send(2'000);
  mesh.run_for(milliseconds{350});
  EXPECT_LT(arrived('B'), 1'000U);
}

}  // namespace
}  // namespace hawser
