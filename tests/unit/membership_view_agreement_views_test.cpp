// What a view is made of: its members in their order, and its id.
#include "tests/unit/view_agreement_fixture.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;

TEST_F(ViewAgreementTest, TheOldestComeFirst) {
  settle("C");
  settle("BC");
  settle("ABC");
  EXPECT_EQ(names_of(settle("ABCD").members), "CBAD");
  EXPECT_EQ(names_of(settle("ABD").members), "BAD");
}

TEST_F(ViewAgreementTest, NewcomersComeLastByTheirIds) {
  settle("D");
  EXPECT_EQ(names_of(settle("ABCD").members), "DABC");
}

TEST_F(ViewAgreementTest, TheLargerPartLeadsAfterAMerge) {
  settle("AB");
  settle("CDE");
  EXPECT_EQ(names_of(settle("ABCDE").members), "CDEAB");
}

TEST_F(ViewAgreementTest, OfEqualPartsTheOneWithTheLowestIdLeads) {
  settle("BC");
  settle("AD");
  EXPECT_EQ(names_of(settle("ABCD").members), "ADBC");
}

TEST_F(ViewAgreementTest, EpochsGrowBeyondAllThatMembersHaveSeen) {
  settle("A");
  settle("AB");
  settle("C");
  EXPECT_EQ(settle("ABC").id.epoch, 3U);
}

// A goes from AB to ABC and back to AB, and B knows the first word only.
TEST_F(ViewAgreementTest, AWordTakenBackAndRenewedMakesNoSecondView) {
  b_().target("AB");
  a_().target("AB");
  const wire::Proposal first = a_().proposal();
  a_().target("ABC");
  const wire::Proposal second = a_().proposal();
  a_().target("AB");
  b_().hear('A', first);
  ASSERT_TRUE(b_().view);
  a_().hear(b_());
  EXPECT_FALSE(a_().view) << "B has not seen A's last word, and goes by its first";

  b_().install(*b_().view);
  b_().hear('A', second);
  EXPECT_THAT(b_().proposal().seen, ElementsAre(first.start_id, StartChangeId{1}))
      << "what made B's view is what it has seen, for whoever asks";
}

TEST_F(ViewAgreementTest, ViewsOfTheSameMembersUnderOtherStartChangesHaveOtherNames) {
  target("AB");
  const wire::Proposal first = b_().proposal();
  b_().agreement().restart(kStart);
  Voter other{'A'};
  other.target("AB");
  a_().hear('B', first);
  b_().hear(other);
  other.hear(b_());
  ASSERT_TRUE(a_().view && other.view);
  EXPECT_EQ(a_().view->members, other.view->members);
  EXPECT_NE(a_().view->id, other.view->id);
}

}  // namespace
}  // namespace hawser
