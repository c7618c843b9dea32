// Groups beside the control group: arranged, used, arranged anew, and carried through the domain's view changes.
#include "tests/unit/transport_mesh.hpp"
#include "transport/core/fault.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr GroupId kGroup{7};

/// What the node saw of one group.
std::vector<std::string> of_group(const Mesh& mesh, char name, GroupId group = kGroup) {
  const std::string prefix = "g" + std::to_string(group.value) + " ";
  std::vector<std::string> lines;
  for (const std::string& line : mesh.history(name)) {
    if (line.starts_with(prefix)) lines.push_back(line.substr(prefix.size()));
  }
  return lines;
}

class Groups : public testing::Test {
 protected:
  /// `name` arranges the group, and time passes for all to carry that out.
  void arrange(char name, std::string_view old_members, std::string_view members, GroupId group = kGroup) {
    mesh_.arrange(name, group, old_members, members);
    mesh_.run_for(milliseconds{40});
  }
  std::vector<std::string> seen(char name) { return of_group(mesh_, name); }
  /// A goes on to the group's view with C, sends there, and crashes; B, its old companion, has lost y, which A has sent
  /// in the view before, and can't follow.
  void crash_in_the_next_view() {
    mesh_.settle("ABC");
    arrange('A', "", "AB");
    mesh_.drop_where([](const Hop& hop) {
      const auto frames = frames_in<wire::Data>(hop.datagram);
      return hop.from == 'A' && hop.to == 'B' && !frames.empty() && frames.front().group == kGroup;
    });
    mesh_.multicast_in(kGroup, 'A', "y");
    arrange('A', "AB", "ABC");
    mesh_.multicast_in(kGroup, 'A', "x");
    mesh_.run_for(milliseconds{20});
    EXPECT_THAT(seen('A'), Contains("view ABC from AB"));
    EXPECT_THAT(seen('B'), Not(Contains("view ABC from AB")));
    mesh_.crash("A");
    mesh_.heal();
    mesh_.tell_exit('A', "BC");
    EXPECT_TRUE(mesh_.run_until([&] { return mesh_.together("BC"); }));
  }
  /// A knows that C and then D come when it sends x, in pieces, and has from B a packet of the view with C before the
  /// close of the view without.
  void send_while_two_changes_are_due() {
    mesh_.settle("ABCD");
    arrange('A', "", "AB");
    bool lost = false;
    mesh_.drop_where([&lost](const Hop& hop) {
      const auto frames = frames_in<wire::Data>(hop.datagram);
      const bool is_first = !lost && !frames.empty() && frames.front().group == kGroup;
      return hop.from == 'B' && hop.to == 'A' && is_first && (lost = true);
    });
    mesh_.arrange('A', kGroup, "AB", "ABC");
    mesh_.arrange('A', kGroup, "ABC", "ABCD");
    mesh_.multicast_in(kGroup, 'A', "x", Order::bulk);
    mesh_.run_for(milliseconds{100});
    EXPECT_TRUE(lost);
    EXPECT_THAT(seen('A'), Contains("view ABCD from ABC"));
  }
  void change_the_domain_while_c_is_out_and_in_again() {
    mesh_.settle("ABCD");
    arrange('A', "", "ABC");
    mesh_.drop_where([](const Hop& hop) { return hop.from == 'C' && hop.carries<wire::Data>(); });
    arrange('A', "ABC", "AB");
    EXPECT_THAT(seen('C'), Contains("left"));
    mesh_.drop_where([](const Hop& hop) { return hop.to == 'C' && hop.carries<wire::Data>(); });
    mesh_.arrange('A', kGroup, "AB", "ABC");
    mesh_.run_for(2 * Mesh::kLatency);
    EXPECT_FALSE(mesh_.delivered('A', "g7 view AB from AB"));
    mesh_.heal();
    mesh_.crash("D");
    mesh_.tell_exit('D', "ABC");
    EXPECT_TRUE(mesh_.run_until([&] { return mesh_.together("ABC"); }));
  }
  /// Of the heavy-weight groups' properties: nothing above them runs here.
  std::vector<std::string> broken() { return broken_heavy_properties(mesh_); }

  Mesh mesh_;
};

TEST_F(Groups, EverybodyIsToldOfAnArrangementAndMembersGetAView) {
  mesh_.settle("ABC");
  arrange('A', "", "BC");
  EXPECT_THAT(seen('A'), ElementsAre("is BC"));
  EXPECT_THAT(seen('B'), ElementsAre("is BC", "view BC from B"));
  EXPECT_THAT(seen('C'), ElementsAre("is BC", "view BC from C"));
  EXPECT_EQ(mesh_.node('A').groups().find(kGroup), nullptr);
}

TEST_F(Groups, OnlyMembersHearItsMessages) {
  mesh_.settle("ABC");
  arrange('A', "", "BC");
  mesh_.forget_history();
  mesh_.multicast_in(kGroup, 'B', "m");
  mesh_.multicast_in(kGroup, 'C', "n", Order::total);
  mesh_.run_for(milliseconds{40});
  EXPECT_THAT(seen('B'), ElementsAre("B: m", "C: n"));
  EXPECT_THAT(seen('C'), testing::UnorderedElementsAre("B: m", "C: n"));
  EXPECT_THAT(mesh_.history('A'), IsEmpty());
}

TEST_F(Groups, GrowAndShrinkWithoutAnExchange) {
  mesh_.settle("ABC");
  arrange('A', "", "A");
  const auto proposals = mesh_.counters('A').proposals_sent;
  arrange('A', "A", "AB");
  arrange('A', "AB", "ABC");
  arrange('A', "ABC", "BC");
  EXPECT_THAT(seen('A'), ElementsAre("is A", "view A from A", "is AB", "view AB from A", "is ABC", "view ABC from AB",
                                     "is BC", "left"));
  EXPECT_THAT(seen('C'), ElementsAre("is A", "is AB", "is ABC", "view ABC from C", "is BC", "view BC from BC"));
  EXPECT_EQ(mesh_.counters('A').proposals_sent, proposals);
  EXPECT_EQ(mesh_.counters('B').group_views_installed, 3U);
}

// What A sends lies in the view it goes out in, and nothing is lost on the way from one to the next.
TEST_F(Groups, MessagesGoOnWhileMembersChange) {
  mesh_.settle("ABC");
  arrange('A', "", "AB");
  mesh_.forget_history();
  mesh_.multicast_in(kGroup, 'A', "1");
  mesh_.arrange('A', kGroup, "AB", "ABC");
  mesh_.multicast_in(kGroup, 'A', "2");
  mesh_.multicast_in(kGroup, 'B', "3");
  mesh_.run_for(milliseconds{40});
  EXPECT_THAT(seen('B'), ElementsAre("B: 3", "A: 1", "is ABC", "view ABC from AB", "A: 2"));
  EXPECT_THAT(seen('A'), ElementsAre("A: 1", "is ABC", "B: 3", "view ABC from AB", "A: 2"));
  EXPECT_THAT(seen('C'), ElementsAre("is ABC", "view ABC from C", "A: 2"));
}

TEST_F(Groups, ALostCloseIsAskedFor) {
  mesh_.settle("AB");
  arrange('A', "", "AB");
  mesh_.forget_history();
  mesh_.drop_where([](const Hop& hop) { return hop.from == 'A' && hop.multicast && hop.carries<wire::Data>(); });
  mesh_.arrange('A', kGroup, "AB", "B");
  mesh_.run_for(microseconds{50});
  mesh_.drop_where([](const Hop& hop) {
    const auto frames = frames_in<wire::Data>(hop.datagram);
    return hop.from == 'A' && hop.multicast && !frames.empty() && frames.front().group == kGroup;
  });
  EXPECT_TRUE(mesh_.run_until([&] { return mesh_.delivered('B', "g7 view B from B"); }, seconds{1}))
      << "who leaves answers for what it sent until the others have it";
}

// Else C would have a message of A's that B can't deliver without a gap.
TEST_F(Groups, NobodySendsInTheNextViewBeforeAllOldMembersAreThere) {
  crash_in_the_next_view();
  EXPECT_THAT(seen('B'), Not(Contains("A: x")));
  EXPECT_THAT(seen('C'), Not(Contains("A: x")));
}

// D is a member in what was arranged before A sent.
TEST_F(Groups, WhatIsSentAfterAnArrangementIsHeardByWhoItBrings) {
  send_while_two_changes_are_due();
  EXPECT_THAT(seen('D'), Contains("A: x"));
}

// C has left when the domain's view changes, and does not know yet that it is to come back; A and B do not know that it
// has left. So it comes back as somebody new.
TEST_F(Groups, WhoWasToLeaveWhenTheDomainChangesIsNew) {
  change_the_domain_while_c_is_out_and_in_again();
  EXPECT_THAT(seen('A'), Contains("view ABC from AB"));
  EXPECT_THAT(seen('C'), Contains("view ABC from C"));
  EXPECT_THAT(broken(), IsEmpty());
}

#if defined(HAWSER_FAULTS)

using GroupFaults = Groups;

TEST_F(GroupFaults, WhoOpensTheNextViewTooEarlyBreaksVirtualSynchrony) {
  fault::active() = "groups.opened_before_all_are_there";
  crash_in_the_next_view();
  fault::active().clear();
  EXPECT_THAT(seen('B'), Not(Contains("A: x")));
  EXPECT_THAT(seen('C'), Contains("A: x"));
}

TEST_F(GroupFaults, WhatIsSentInAViewThatEndsIsNotHeardByWhoIsNew) {
  fault::active() = "groups.sent_in_a_view_that_ends";
  send_while_two_changes_are_due();
  fault::active().clear();
  EXPECT_THAT(seen('C'), Contains("A: x"));
  EXPECT_THAT(seen('D'), Not(Contains("A: x")));
}

TEST_F(GroupFaults, WhoWasToLeaveAndComesAlongBreaksTheTransitionalSet) {
  fault::active() = "groups.who_was_to_leave_comes_along";
  change_the_domain_while_c_is_out_and_in_again();
  fault::active().clear();
  EXPECT_THAT(broken(), Contains("heavy: Transitional Set"));
}

#endif

TEST_F(Groups, AGroupWithoutMembersIsGone) {
  mesh_.settle("AB");
  arrange('A', "", "AB");
  arrange('A', "AB", "");
  EXPECT_THAT(seen('A'), ElementsAre("is AB", "view AB from A", "is ", "left"));
  EXPECT_EQ(mesh_.node('B').groups().find(kGroup), nullptr);
}

TEST_F(Groups, WhoLeftMayComeAgain) {
  mesh_.settle("AB");
  arrange('A', "", "AB");
  arrange('A', "AB", "B");
  arrange('A', "B", "BA");
  mesh_.forget_history();
  mesh_.multicast_in(kGroup, 'A', "again");
  mesh_.run_for(milliseconds{40});
  EXPECT_THAT(seen('B'), ElementsAre("A: again"));
}

TEST_F(Groups, AnIdleGroupSendsNothing) {
  mesh_.settle("AB");
  for (std::uint64_t id = 1; id <= 20; ++id) mesh_.arrange('A', GroupId{id}, "", "AB");
  mesh_.multicast_in(GroupId{3}, 'A', "m");
  mesh_.run_for(milliseconds{100});
  std::size_t frames = 0;
  mesh_.drop_where([&](const Hop& hop) {
    for (const wire::Ack& ack : frames_in<wire::Ack>(hop.datagram)) frames += ack.group != kControlGroup ? 1 : 0;
    frames += frames_in<wire::Data>(hop.datagram).size();
    return false;
  });
  mesh_.run_for(seconds{1});
  EXPECT_EQ(frames, 0U);
}

// ---- The domain's views ----

TEST_F(Groups, ACrashThatTouchesManyGroupsIsOneExchange) {
  mesh_.settle("ABCD");
  for (std::uint64_t id = 1; id <= 50; ++id) mesh_.arrange('A', GroupId{id}, "", "ABCD");
  mesh_.run_for(milliseconds{60});
  const auto proposals = mesh_.counters('B').proposals_sent;
  mesh_.crash("D");
  mesh_.tell_exit('D', "ABC");
  ASSERT_TRUE(mesh_.run_until([&] { return mesh_.together("ABC"); }));
  EXPECT_EQ(mesh_.counters('B').proposals_sent - proposals, 1U);
  for (std::uint64_t id = 1; id <= 50; ++id) {
    EXPECT_THAT(of_group(mesh_, 'B', GroupId{id}), Contains("view ABC from ABC")) << id;
  }
}

// D's last message reached only C. Whoever is in the group with C gets it from there.
TEST_F(Groups, ACrashedMembersMessageIsRepairedInEveryGroup) {
  mesh_.settle("ABCD");
  arrange('A', "", "BCD");
  mesh_.drop_where([](const Hop& hop) { return hop.from == 'D' && hop.to != 'C' && hop.carries<wire::Data>(); });
  mesh_.multicast_in(kGroup, 'D', "last");
  mesh_.run_for(milliseconds{1});
  mesh_.crash("D");
  mesh_.heal();
  mesh_.tell_exit('D', "ABC");
  ASSERT_TRUE(mesh_.run_until([&] { return mesh_.together("ABC"); }));
  EXPECT_THAT(seen('B'), ElementsAre("is BCD", "view BCD from B", "D: last", "view BC from BC"));
  EXPECT_THAT(seen('C'), ElementsAre("is BCD", "view BCD from C", "D: last", "view BC from BC"));
}

TEST_F(Groups, AGroupOfOneSideGoesOnThere) {
  mesh_.settle("ABC");
  arrange('A', "", "AB");
  mesh_.crash("C");
  mesh_.tell_exit('C', "AB");
  ASSERT_TRUE(mesh_.run_until([&] { return mesh_.together("AB"); }));
  EXPECT_THAT(seen('A'), ElementsAre("is AB", "view AB from A", "view AB from AB"));
}

// What was accepted and did not go out before the view goes out once, after it.
TEST_F(Groups, WhatDidNotGoOutIsGivenBack) {
  mesh_.settle("ABC");
  arrange('A', "", "AB");
  mesh_.forget_history();
  mesh_.crash("C");
  mesh_.tell_exit('C', "A");  // A is in the change, and waits for B.
  mesh_.multicast_in(kGroup, 'A', "held");
  EXPECT_THAT(seen('A'), IsEmpty());
  ASSERT_TRUE(mesh_.run_until([&] { return mesh_.delivered('B', "g7 A: held"); }));
  EXPECT_THAT(seen('B'), ElementsAre("view AB from AB", "A: held"));
  EXPECT_THAT(seen('A'), ElementsAre("view AB from AB", "A: held"));
}

TEST_F(Groups, AnArrangementThatDidNotGoOutIsVoid) {
  mesh_.settle("ABC");
  mesh_.crash("C");
  mesh_.tell_exit('C', "A");
  mesh_.arrange('A', kGroup, "", "AB");
  ASSERT_TRUE(mesh_.run_until([&] { return mesh_.together("AB"); }));
  mesh_.run_for(milliseconds{50});
  EXPECT_THAT(seen('A'), IsEmpty());
  EXPECT_THAT(seen('B'), IsEmpty());
}

TEST_F(Groups, WhoDropsAGroupIsSilentThere) {
  mesh_.settle("AB");
  arrange('A', "", "AB");
  HeavyGroups& groups = mesh_.node('A').groups();
  groups.drop(kGroup, ViewId{1, 1});
  EXPECT_NE(groups.find(kGroup), nullptr) << "that was not its first view here";
  groups.drop(kGroup, mesh_.node('A').view_of(kGroup).id);
  EXPECT_EQ(groups.find(kGroup), nullptr);
}

TEST_F(Groups, SyncsOfManyGroupsGoInParts) {
  mesh_.settle("ABCD");
  for (std::uint64_t id = 1; id <= 100; ++id) mesh_.arrange('A', GroupId{id}, "", "ABCD");
  mesh_.run_for(milliseconds{60});
  std::size_t parts = 0;
  mesh_.drop_where([&](const Hop& hop) {
    for (const wire::Sync& sync : frames_in<wire::Sync>(hop.datagram)) parts = std::max<std::size_t>(parts, sync.parts);
    EXPECT_LE(hop.datagram.size(), 1472U);
    return false;
  });
  mesh_.crash("D");
  mesh_.tell_exit('D', "ABC");
  ASSERT_TRUE(mesh_.run_until([&] { return mesh_.together("ABC"); }));
  EXPECT_GT(parts, 1U);
}

}  // namespace
}  // namespace hawser
