// Hold and HoldOK over whole nodes: what is sent before a view ends, and who is waited for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transport_mesh.hpp"
#include "transport/group_streams.hpp"
#include "transport/vs/hold.hpp"

namespace hawser::transport_test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr GroupId kGroup{7};

class HeldGroup : public testing::Test {
 protected:
  void SetUp() override {
    mesh.settle("ABC");
    mesh.arrange('A', kGroup, "", "AB");
    mesh.run_for(milliseconds{50});
    mesh.set_hold(kGroup, 'B');
    mesh.forget_history();
  }
  void expect_no_violation() { EXPECT_THAT(broken_heavy_properties(mesh), testing::IsEmpty()); }
  Mesh mesh;
};

TEST_F(HeldGroup, IsAskedBeforeItIsArrangedAnew) {
  mesh.arrange('A', kGroup, "AB", "ABC");
  mesh.run_for(milliseconds{10});
  EXPECT_THAT(mesh.history('B'), ElementsAre("g7 is ABC", "g7 hold?"));
  mesh.multicast_in(kGroup, 'B', "last words");
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('A'), ElementsAre("g7 is ABC", "g7 B: last words", "g7 view ABC from AB"));
  EXPECT_THAT(mesh.history('C'), ElementsAre("g7 is ABC", "g7 view ABC from C"));
  expect_no_violation();
}

TEST_F(HeldGroup, IsAskedBeforeTheDomainsViewChanges) {
  mesh.crash("C");
  mesh.tell_exit('C', "AB");
  mesh.run_for(milliseconds{10});
  EXPECT_THAT(mesh.history('B'), ElementsAre("lost C", "g7 hold?"));
  mesh.multicast_in(kGroup, 'B', "last words");
  mesh.run_for(milliseconds{10});
  EXPECT_THAT(mesh.history('B'), ElementsAre("lost C", "g7 hold?", "g7 B: last words"));
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('A'), ElementsAre("lost C", "g7 B: last words", "view AB from AB", "g7 view AB from AB"));
  expect_no_violation();
}

TEST_F(HeldGroup, SendsAllThatWaitsWhateverCreditSays) {
  mesh.drop_where([](const Hop& hop) { return hop.from == 'A' && hop.to == 'B' && hop.carries<wire::Ack>(); });
  const std::string long_text(1'400, 'x');
  for (int i = 0; i < 100; ++i) mesh.multicast_in(kGroup, 'B', long_text);
  mesh.run_for(milliseconds{10});
  EXPECT_LT(mesh.history('A').size(), 100U);
  mesh.heal();
  mesh.arrange('A', kGroup, "AB", "A");
  mesh.run_for(milliseconds{5});
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  mesh.run_for(milliseconds{100});
  const auto& history = mesh.history('A');
  EXPECT_EQ(std::count(history.begin(), history.end(), "g7 B: " + long_text), 100);
  EXPECT_EQ(history.back(), "g7 view A from A");
  expect_no_violation();
}

TEST_F(HeldGroup, DoesNotWaitForEverAndNamesWhoDidNotAnswer) {
  mesh.arrange('A', kGroup, "AB", "ABC");
  mesh.run_for(kHoldPatience - milliseconds{5});
  EXPECT_THAT(mesh.history('A'), Not(Contains("g7 view ABC from AB")));
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('B'), ElementsAre("g7 is ABC", "g7 hold?", "g7 overdue", "g7 view ABC from AB"));

  mesh.forget_history();
  mesh.arrange('A', kGroup, "ABC", "AB");
  mesh.run_for(milliseconds{50});  // It is not waited for again.
  EXPECT_THAT(mesh.history('B'), ElementsAre("g7 is AB", "g7 hold?", "g7 view AB from AB"));

  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));  // Late; but it answers, so it is waited for the next time.
  mesh.forget_history();
  mesh.arrange('A', kGroup, "AB", "ABC");
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('B'), ElementsAre("g7 is ABC", "g7 hold?"));
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('B'), Contains("g7 view ABC from AB"));
  expect_no_violation();
}

TEST_F(HeldGroup, WhatWaitsBehindASlowMemberGoesOutInItsView) {
  mesh.arrange('A', kGroup, "AB", "ABC");
  mesh.run_for(milliseconds{10});
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  mesh.run_for(milliseconds{50});
  mesh.drop_where([](const Hop& hop) { return hop.to == 'C' && hop.from == 'B' && hop.carries<wire::Data>(); });
  const std::string long_text(1'300, 'x');
  for (std::uint64_t i = 0; i < kUnstablePacketsMax; ++i) {
    while (!mesh.try_multicast_in(kGroup, 'B', long_text, Order::fifo)) mesh.run_for(milliseconds{5});
  }
  ASSERT_TRUE(mesh.run_until([&] { return mesh.delivered('B', "g7 slow C"); }));
  mesh.run_for(milliseconds{20});
  mesh.multicast_in(kGroup, 'B', "promised");
  mesh.forget_history();
  mesh.arrange('A', kGroup, "ABC", "AB");
  mesh.run_for(milliseconds{5});
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  mesh.heal();
  mesh.run_for(seconds{5});
  EXPECT_THAT(mesh.history('A'), ElementsAre("g7 is AB", "g7 B: promised", "g7 view AB from AB"));
  expect_no_violation();
}

TEST_F(HeldGroup, DoesNotTakeAMemberForSlowWhoseViewIsEndingAlready) {
  mesh.start("D");
  mesh.run_for(milliseconds{200});
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));  // For the view with D.
  mesh.run_for(milliseconds{200});
  mesh.arrange('A', kGroup, "AB", "ABC");
  mesh.run_for(milliseconds{20});
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  mesh.run_for(milliseconds{50});
  mesh.set_hold(kGroup, 'C');
  mesh.crash("D");
  mesh.tell_exit('D', "ABC");
  mesh.run_for(milliseconds{10});
  ASSERT_THAT(mesh.history('B'), Contains("lost D"));
  const std::string long_text(1'300, 'x');
  for (int round = 0; round < 40; ++round) {  // A acknowledges none of it, C all.
    while (mesh.try_multicast_in(kGroup, 'B', long_text, Order::fifo)) {
    }
    mesh.run_for(milliseconds{5});
  }
  EXPECT_FALSE(mesh.delivered('B', "g7 slow A"));
  EXPECT_TRUE(mesh.delivered('C', "g7 hold?"));
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'C'));
  mesh.run_for(seconds{1});
  EXPECT_THAT(mesh.history('B'), Contains("g7 view ABC from ABC"));
  expect_no_violation();
}

TEST_F(HeldGroup, TakesNoMessageThatCouldNotGoOutAtOnce) {
  const Status refused = mesh.try_multicast_in(kGroup, 'B', std::string(kHoldQueueBytesMax + 1, 'x'), Order::fifo);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
}

TEST_F(HeldGroup, OneThatIsNotHeldAnyMoreGoesOn) {
  mesh.arrange('A', kGroup, "AB", "ABC");
  mesh.run_for(milliseconds{10});
  mesh.set_hold(kGroup, 'B', false);
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('B'), Contains("g7 view ABC from AB"));
}

TEST_F(HeldGroup, AChangeThatIsOvertakenWhileItWaitsIsFollowedByAViewToo) {
  mesh.crash("C");
  mesh.tell_exit('C', "AB");
  mesh.run_for(milliseconds{10});
  mesh.start("D");  // Another change, before the answer.
  mesh.run_for(milliseconds{50});
  EXPECT_TRUE(mesh.hold_ok(kGroup, 'B'));
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABD"); }));
  mesh.run_for(milliseconds{100});
  expect_no_violation();
}

TEST_F(HeldGroup, OneThatIsNotHeldIsNotAsked) {
  mesh.arrange('A', GroupId{8}, "", "AC");
  mesh.run_for(milliseconds{50});
  mesh.forget_history();
  mesh.arrange('A', GroupId{8}, "AC", "A");
  mesh.run_for(milliseconds{50});
  EXPECT_THAT(mesh.history('A'), ElementsAre("g8 is A", "g8 view A from A"));
}

}  // namespace
}  // namespace hawser::transport_test
