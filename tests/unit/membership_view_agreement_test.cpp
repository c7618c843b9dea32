// Whose proposals make a view.
#include "tests/unit/view_agreement_fixture.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;

TEST_F(ViewAgreementTest, OneRoundIsEnoughWhereAllWantTheSame) {
  target("ABC");
  EXPECT_FALSE(a_().view);
  a_().hear(b_());
  EXPECT_FALSE(a_().view) << "C has not spoken yet";
  a_().hear(c_());
  ASSERT_TRUE(a_().view);
  EXPECT_EQ(names_of(a_().view->members), "ABC");
  EXPECT_THAT(a_().view->start_ids, ElementsAre(StartChangeId{1}, StartChangeId{1}, StartChangeId{1}));
  EXPECT_EQ(a_().start_changes, 1);
}

TEST_F(ViewAgreementTest, AllHandOutTheSameView) {
  target("ABC");
  round("ABC");
  ASSERT_TRUE(a_().view);
  EXPECT_EQ(b_().view, a_().view);
  EXPECT_EQ(c_().view, a_().view);
}

TEST_F(ViewAgreementTest, ALoneNodeAgreesWithItself) {
  a_().target("A");
  ASSERT_TRUE(a_().view);
  EXPECT_EQ(a_().view->id.epoch, 1U);
  EXPECT_EQ(names_of(a_().view->members), "A");
}

TEST_F(ViewAgreementTest, DifferentPicturesTakeASecondRound) {
  a_().target("ABC");
  b_().target("ABC");
  c_().target("BC");  // C does not see A yet.
  round("ABC");
  EXPECT_FALSE(a_().view);
  EXPECT_FALSE(b_().view);
  EXPECT_FALSE(c_().view);

  c_().target("ABC");
  round("ABC");
  round("ABC");  // C has changed its mind: all must have seen it.
  ASSERT_TRUE(a_().view);
  EXPECT_EQ(b_().view, a_().view);
  EXPECT_EQ(c_().view, a_().view);
  EXPECT_EQ(a_().view->start_ids[a_().view->rank_of(node_id('C')).value()], StartChangeId{2});
}

TEST_F(ViewAgreementTest, ProposalsMayComeBeforeOnesOwnPicture) {
  b_().target("AB");
  a_().hear(b_());
  EXPECT_EQ(a_().start_changes, 0);
  a_().target("AB");
  EXPECT_TRUE(a_().view);
}

// ---- A stable view ----

TEST_F(ViewAgreementTest, TheSameTargetAgainChangesNothing) {
  settle("ABC");
  a_().target("ABC");
  EXPECT_EQ(a_().start_changes, 1);
  EXPECT_FALSE(a_().agreement().changing());
}

TEST_F(ViewAgreementTest, AMembersNewerProposalStartsAChange) {
  settle("ABC");
  c_().restart();
  a_().hear(c_());
  EXPECT_EQ(a_().start_changes, 2);
  EXPECT_TRUE(a_().agreement().changing());
}

// An answer would not match. Their pictures are about to become one; then this node proposes.
TEST_F(ViewAgreementTest, AMembersProposalOfOthersStartsNoneYet) {
  settle("ABC");
  c_().target("BC");
  a_().hear(c_());
  EXPECT_EQ(a_().start_changes, 1);
}

TEST_F(ViewAgreementTest, AStrangersProposalStartsNone) {
  settle("AB");
  c_().target("ABC");
  a_().hear(c_());
  EXPECT_EQ(a_().start_changes, 1);
}

TEST_F(ViewAgreementTest, AProposalThatMadeTheViewStartsNone) {
  settle("ABC");
  a_().hear(c_());
  EXPECT_EQ(a_().start_changes, 1);
}

// C was lost for a moment and is back: what it said before the current view is no word for the next one.
TEST_F(ViewAgreementTest, StaleProposalsAreNotUsed) {
  settle("ABC");
  a_().target("AB");
  a_().target("ABC");
  b_().target("AB");
  b_().target("ABC");
  round("AB");
  EXPECT_FALSE(a_().view) << "C has said nothing since it entered";
  c_().hear(a_());  // A member's newer proposal: C proposes again.
  round("ABC");
  round("ABC");
  ASSERT_TRUE(a_().view);
  EXPECT_EQ(b_().view, a_().view);
  EXPECT_EQ(c_().view, a_().view);
}

// B formed a view of its own meanwhile. Its proposal may have been used up in another view that A knows nothing of, so
// A takes its word only once B has seen A's.
TEST_F(ViewAgreementTest, AMemberFromAnotherViewCountsOnceItHasSeenThisNodesProposal) {
  settle("ABC");
  settle("B");
  b_().target("AB");
  a_().hear(b_());
  a_().target("AB");
  EXPECT_FALSE(a_().view);
  b_().hear(a_());
  a_().hear(b_());  // The same proposal again, and now it says that B has seen A's.
  ASSERT_TRUE(a_().view);
  EXPECT_EQ(names_of(a_().view->members), "AB");
}

TEST_F(ViewAgreementTest, AnOlderProposalDoesNotReplaceANewerOne) {
  c_().target("BC");
  const wire::Proposal older = c_().proposal();
  c_().target("AC");
  a_().target("AC");
  c_().hear(a_());
  a_().hear(c_());
  const std::optional<View> agreed = a_().view;
  ASSERT_TRUE(agreed);
  a_().hear('C', older);
  EXPECT_EQ(a_().view, agreed);
  EXPECT_EQ(a_().withdrawn, 0);
}

TEST_F(ViewAgreementTest, TheWordOfAForgottenNodeDoesNotCount) {
  b_().target("AB");
  a_().hear(b_());
  a_().forget('B');
  a_().target("AB");
  EXPECT_FALSE(a_().view);
}

}  // namespace
}  // namespace hawser
