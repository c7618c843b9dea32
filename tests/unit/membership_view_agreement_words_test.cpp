// When a proposal is said, and said again, and to whom.
#include <algorithm>
#include <vector>

#include "tests/unit/view_agreement_fixture.hpp"

namespace hawser {
namespace {

using namespace transport_test;

TEST_F(ViewAgreementTest, AnOpenProposalIsRepeatedUntilItLedToAView) {
  EXPECT_FALSE(a_().agreement().is_due(kStart));
  a_().target("AB");
  ViewAgreement& agreement = a_().agreement();
  EXPECT_EQ(agreement.next_deadline(), kStart);
  EXPECT_TRUE(agreement.is_due(kStart));
  EXPECT_FALSE(agreement.is_due(kStart));
  EXPECT_EQ(agreement.next_deadline(), kStart + kProposalInterval);
  EXPECT_TRUE(agreement.is_due(kStart + kProposalInterval));

  b_().target("AB");
  a_().hear(b_());
  EXPECT_TRUE(agreement.changing()) << "agreed, but not installed: others may not have heard";
  a_().install(a_().view.value());
  EXPECT_EQ(agreement.next_deadline(), kNever);
  EXPECT_FALSE(agreement.is_due(kStart + seconds{1}));
}

// It may come late, or twice, when what was known of its sender is forgotten.
TEST_F(ViewAgreementTest, TheProposalThatLedToAViewDoesNotEndIt) {
  target("ABC");
  round("ABC");
  const wire::Proposal said = c_().proposal();
  a_().install(a_().view.value());
  a_().forget('C');
  const int before = a_().start_changes;
  a_().hear('C', said);
  EXPECT_EQ(a_().start_changes, before);
}

TEST_F(ViewAgreementTest, WhoStillWaitsForTheViewIsAStraggler) {
  target("AB");
  round("AB");
  EXPECT_FALSE(a_().agreement().is_straggler(node_id('B'), b_().proposal())) << "A waits itself";
  a_().install(a_().view.value());
  EXPECT_TRUE(a_().agreement().is_straggler(node_id('B'), b_().proposal()));
  EXPECT_FALSE(a_().agreement().is_straggler(node_id('C'), b_().proposal())) << "not in the view";
}

// All of many members' answers would overrun its receive buffer.
TEST_F(ViewAgreementTest, AStragglerIsAnsweredByWhomItLacks) {
  settle("ABC");
  wire::Proposal proposal = b_().proposal();
  proposal.open = true;
  EXPECT_TRUE(a_().agreement().is_straggler(node_id('B'), proposal)) << "it has heard all: it lacks a sync message";
  ASSERT_EQ(proposal.members, node_ids("ABC"));
  proposal.seen[2] = {};
  EXPECT_FALSE(a_().agreement().is_straggler(node_id('B'), proposal));
  EXPECT_TRUE(voters_.at('C').agreement().is_straggler(node_id('B'), proposal));
}

TEST_F(ViewAgreementTest, OfManyMembersNotAllSpeakAtOnce) {
  std::vector<NodeId> many = node_ids("AB");
  for (std::uint64_t i = 0; many.size() < 3 * kProposalsAtOnce; ++i) many.push_back({{1U << 30U | i}, {}});
  std::sort(many.begin(), many.end());
  for (const std::size_t place : {std::size_t{0}, kProposalsAtOnce - 1, kProposalsAtOnce, many.size() - 1}) {
    ViewAgreement agreement{many[place]};
    agreement.on_target(many, kStart);
    const Time turn = kStart + kProposalWave * (place / kProposalsAtOnce);
    EXPECT_EQ(agreement.next_deadline(), turn);
    EXPECT_TRUE(agreement.is_due(turn));
    EXPECT_EQ(agreement.next_deadline(), turn + kProposalInterval);
  }
}

// Otherwise two members would answer each other's answers for ever.
TEST_F(ViewAgreementTest, AnAnswerIsNotAStragglers) {
  settle("AB");
  wire::Proposal answer = b_().proposal();
  answer.open = false;
  EXPECT_FALSE(a_().agreement().is_straggler(node_id('B'), answer));
}

}  // namespace
}  // namespace hawser
