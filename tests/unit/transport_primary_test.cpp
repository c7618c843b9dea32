// Primary views among whole nodes: who may send where a group asks for it, and what is remembered.
#include "tests/unit/transport_mesh.hpp"
#include "transport/core/fault.hpp"
#include "transport/primary/primary_component.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint16_t kElectorate = 3;

VotingState new_state(char name) { return {{static_cast<std::uint64_t>(name)}, kElectorate, 0, 0, {}, {}}; }

class PrimaryViews : public testing::Test {
 protected:
  void start(std::string_view names) {
    for (const char name : names) mesh.start(name, new_state(name));
  }
  void settle(std::string_view names) {
    start(names);
    ASSERT_TRUE(mesh.run_until([&] { return mesh.together(names); }));
    ask_for_primary(names);
    mesh.run_for(milliseconds{20});
  }
  void ask_for_primary(std::string_view names) {
    for (const char name : names) mesh.groups(name).control().set_primary_only(true);
  }
  void part(std::string_view side) {
    mesh.drop_where([side = std::string{side}](const Hop& hop) {
      return (side.find(hop.from) == std::string::npos) != (side.find(hop.to) == std::string::npos);
    });
  }
  [[nodiscard]] std::string refusal(char name) {
    const Status status = mesh.try_multicast(name, "m");
    if (status) {
      mesh.run_for(milliseconds{5});
      return "";
    }
    EXPECT_EQ(status.error().code, Errc::not_primary);
    return status.error().message;
  }
  Mesh mesh;
};

TEST_F(PrimaryViews, AllThatVoteTogetherArePrimary) {
  settle("ABC");
  for (const char name : {'A', 'B', 'C'}) {
    EXPECT_TRUE(mesh.node(name).is_primary());
    EXPECT_TRUE(mesh.delivered(name, "primary 1"));
    EXPECT_EQ(mesh.written(name)->last.number, 1U);
    EXPECT_THAT(mesh.written(name)->open, IsEmpty());
  }
  EXPECT_EQ(refusal('B'), "");
  mesh.run_for(milliseconds{5});
  EXPECT_TRUE(mesh.delivered('C', "B: m"));
  EXPECT_THAT(broken_heavy_properties(mesh), IsEmpty());
}

TEST_F(PrimaryViews, TheMinorityRefusesAndTheMajorityGoesOn) {
  settle("ABC");
  part("C");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("AB") && mesh.together("C"); }));
  mesh.run_for(milliseconds{20});
  EXPECT_EQ(refusal('A'), "");
  EXPECT_THAT(refusal('C'), HasSubstr("no majority of the last primary view"));
  mesh.heal();
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABC"); }));
  mesh.run_for(milliseconds{20});
  EXPECT_EQ(refusal('C'), "");
  EXPECT_THAT(broken_heavy_properties(mesh), IsEmpty());
}

TEST_F(PrimaryViews, GroupsThatDoNotAskAreNotRefused) {
  start("A");
  mesh.run_for(seconds{1});
  EXPECT_TRUE(mesh.try_multicast('A', "m"));
  mesh.groups('A').control().set_primary_only(true);
  EXPECT_THAT(refusal('A'), HasSubstr("no majority"));
}

TEST_F(PrimaryViews, WithoutVotersNothingIsPrimary) {
  mesh.settle("AB");
  ask_for_primary("A");
  EXPECT_THAT(refusal('A'), HasSubstr("nobody in it has a vote"));
}

TEST_F(PrimaryViews, WhoHasNoVoteMaySendAmongThoseWhoHave) {
  start("AB");
  mesh.settle("ABD");
  ask_for_primary("D");
  mesh.run_for(milliseconds{20});
  EXPECT_EQ(refusal('D'), "");
}

TEST_F(PrimaryViews, AreWaitedForUntilAllHaveWrittenTheirAttempt) {
  start("ABC");
  mesh.set_disk('B', Mesh::Disk::slow);
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABC"); }));
  ask_for_primary("A");
  mesh.run_for(seconds{1});
  EXPECT_THAT(refusal('A'), HasSubstr("not all written"));
  mesh.write('B');
  mesh.run_for(milliseconds{20});
  EXPECT_EQ(refusal('A'), "");
}

TEST_F(PrimaryViews, AreWaitedForNoLongerThanADiskMayTake) {
  start("ABC");
  mesh.set_disk('B', Mesh::Disk::slow);
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABC"); }));
  ask_for_primary("AB");
  mesh.run_for(kStorePatience + seconds{1});
  EXPECT_EQ(refusal('A'), "");
  EXPECT_EQ(refusal('B'), "") << "it has no vote any more, and is in a primary view all the same";
  EXPECT_EQ(mesh.written('A')->last.voters, (std::vector<VoterId>{{'A'}, {'C'}}));
}

TEST_F(PrimaryViews, WhoseDiskIsBrokenHasNoVoteAnyMore) {
  start("ABC");
  mesh.set_disk('C', Mesh::Disk::broken);
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABC"); }));
  ask_for_primary("AC");
  ASSERT_TRUE(mesh.run_until([&] { return mesh.node('A').is_primary() && mesh.node('C').is_primary(); }));
  EXPECT_EQ(refusal('C'), "");
  EXPECT_EQ(mesh.written('A')->last.voters, (std::vector<VoterId>{{'A'}, {'B'}}));
  EXPECT_THAT(broken_heavy_properties(mesh), IsEmpty());
}

// A and B attempt it with C, and die: only they could know whether it came to something.
TEST_F(PrimaryViews, WhatMayHaveBeenPrimaryIsRememberedThroughARestart) {
  start("ABC");
  for (const char name : {'A', 'B', 'C'}) mesh.set_disk(name, Mesh::Disk::slow);
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABC"); }));
  mesh.drop_where([](const Hop& hop) { return hop.to == 'C'; });
  for (const char name : {'A', 'B', 'C'}) mesh.write(name);
  mesh.run_for(milliseconds{5});
  mesh.crash("ABC");
  ASSERT_EQ(mesh.written('C')->open.size(), 1U);
  mesh.heal();
  mesh.start('c', mesh.written('C'));
  for (const char name : {'D', 'E'}) mesh.start(name, new_state(name));
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("cDE"); }));
  ask_for_primary("c");
  mesh.run_for(milliseconds{20});
  EXPECT_THAT(refusal('c'), HasSubstr("no majority"));
  mesh.start('a', mesh.written('A'));
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("acDE"); }));
  mesh.run_for(milliseconds{20});
  EXPECT_EQ(refusal('c'), "");
  EXPECT_THAT(broken_heavy_properties(mesh), IsEmpty());
}

TEST_F(PrimaryViews, OneFileTwiceIsNoVote) {
  start("ABC");
  mesh.start('a', new_state('A'));
  ASSERT_TRUE(mesh.run_until([&] { return mesh.together("ABCa"); }));
  ask_for_primary("A");
  mesh.run_for(milliseconds{20});
  EXPECT_THAT(refusal('A'), HasSubstr("copies of one voter file"));
}

TEST_F(PrimaryViews, AreOverWhenTheViewBeginsToChange) {
  settle("ABC");
  mesh.crash("AB");
  EXPECT_EQ(refusal('C'), "");
  mesh.tell_exit('A', "C");
  EXPECT_THAT(refusal('C'), HasSubstr("the view is changing"));
}

#if defined(HAWSER_FAULTS)

TEST(PrimarySendFaults, WhoSendsAnywhereIsFound) {
  fault::active() = "primary.sends_anywhere";
  Mesh mesh;
  mesh.start('A', new_state('A'));
  mesh.run_for(seconds{1});
  mesh.groups('A').control().set_primary_only(true);
  EXPECT_TRUE(mesh.try_multicast('A', "m"));
  fault::active().clear();
  EXPECT_THAT(broken_heavy_properties(mesh), Contains("heavy: Sent In Primary"));
}

#endif

}  // namespace
}  // namespace hawser
