#include "transport/membership/view_agreement.hpp"

#include <map>

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// One node's agreement, and what it has said so far.
class Voter {
 public:
  explicit Voter(char name) : self_(node_id(name)), agreement_(self_) {}

  void target(std::string_view names) { note(agreement_.on_target(node_ids(names), kStart)); }
  void hear(const Voter& other) { note(agreement_.on_proposal(other.self_, other.proposal(), kStart)); }
  void hear(char from, const wire::Proposal& proposal) {
    note(agreement_.on_proposal(node_id(from), proposal, kStart));
  }
  void restart() { note(agreement_.restart(kStart)); }
  void install(const View& installed) { note(agreement_.on_installed(installed, kStart)); }
  void forget(char name) { agreement_.forget(node_id(name)); }

  [[nodiscard]] wire::Proposal proposal() const { return agreement_.word().value(); }
  ViewAgreement& agreement() { return agreement_; }
  /// The view handed out and not taken back.
  std::optional<View> view;
  int start_changes = 0;
  int withdrawn = 0;

 private:
  void note(const MembershipEvents& events) {
    if (events.start_change) {
      ++start_changes;
      EXPECT_EQ(*events.start_change, proposal().start_id);
    }
    if (events.view_withdrawn) {
      ++withdrawn;
      view.reset();
    }
    if (events.view) view = events.view;
  }
  NodeId self_;
  ViewAgreement agreement_;
};

class ViewAgreementTest : public testing::Test {
 protected:
  /// Everybody in `names` hears everybody's latest proposal once.
  void round(std::string_view names) {
    std::map<char, Voter> said = voters_;
    for (const char to : names) {
      for (const char from : names) {
        if (from != to) voters_.at(to).hear(said.at(from));
      }
    }
  }
  void target(std::string_view names) {
    for (const char name : names) voters_.at(name).target(names);
  }
  /// All of `names` agree on a view and install it.
  View settle(std::string_view names) {
    target(names);
    round(names);
    if (!voters_.at(names.front()).view) round(names);  // From different views it takes a second one.
    const View view = voters_.at(names.front()).view.value();
    for (const char name : names) {
      EXPECT_EQ(voters_.at(name).view, view);
      voters_.at(name).install(view);
      voters_.at(name).view.reset();
    }
    return view;
  }
  Voter& a_() { return voters_.at('A'); }
  Voter& b_() { return voters_.at('B'); }
  Voter& c_() { return voters_.at('C'); }

  std::map<char, Voter> voters_{
      {'A', Voter('A')}, {'B', Voter('B')}, {'C', Voter('C')}, {'D', Voter('D')}, {'E', Voter('E')}};
};

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

// ---- An agreed view that nobody has installed yet ----

TEST_F(ViewAgreementTest, AMemberThatWantsAnotherSetTakesTheViewBack) {
  target("ABC");
  round("ABC");
  c_().target("BC");
  a_().hear(c_());
  EXPECT_EQ(a_().withdrawn, 1);
  EXPECT_FALSE(a_().view);
  EXPECT_EQ(a_().start_changes, 1) << "its own wish is as it was";
}

TEST_F(ViewAgreementTest, AMemberThatWantsTheSameSetAnewMakesAnotherView) {
  target("ABC");
  round("ABC");
  const View before = a_().view.value();
  c_().target("BC");
  c_().target("ABC");
  a_().hear(c_());
  EXPECT_FALSE(a_().view) << "B may go by C's first word still";
  EXPECT_EQ(a_().withdrawn, 1);
  round("ABC");
  round("ABC");
  ASSERT_TRUE(a_().view);
  EXPECT_NE(a_().view->id, before.id);
  EXPECT_EQ(a_().view->id.epoch, before.id.epoch);
}

TEST_F(ViewAgreementTest, ANewTargetTakesTheViewBack) {
  target("ABC");
  round("ABC");
  a_().target("AB");
  EXPECT_EQ(a_().withdrawn, 1);
  EXPECT_EQ(a_().start_changes, 2);
}

TEST_F(ViewAgreementTest, WhoMovedOnWhileThisNodeInstalledIsFollowed) {
  target("ABC");
  round("ABC");
  const View view = a_().view.value();
  c_().install(view);
  c_().restart();
  a_().install(view);
  a_().hear(c_());
  EXPECT_EQ(a_().start_changes, 2);
}

TEST_F(ViewAgreementTest, ATargetThatChangedMeanwhileIsProposedAtOnce) {
  target("AB");
  round("AB");
  const View view = a_().view.value();
  a_().target("ABC");
  a_().install(view);
  EXPECT_EQ(a_().start_changes, 3);
  EXPECT_EQ(a_().proposal().previous, view.id);
  EXPECT_EQ(names_of(a_().proposal().members), "ABC");
}

// It was overtaken: peers had installed a view that it no longer wanted, and it finished that one.
TEST_F(ViewAgreementTest, AfterACompletionItProposesFromThere) {
  target("ABC");
  round("ABC");
  const View view = a_().view.value();
  c_().target("BC");
  a_().hear(c_());  // takes the view back
  a_().install(view);
  EXPECT_EQ(a_().start_changes, 2);
  EXPECT_EQ(a_().proposal().previous, view.id);
}

TEST_F(ViewAgreementTest, RestartingProposesTheSameAnew) {
  target("AB");
  a_().agreement().restart(kStart);
  EXPECT_EQ(a_().proposal().start_id, StartChangeId{2});
  EXPECT_EQ(names_of(a_().proposal().members), "AB");
}

// ---- Ranks and names ----

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

// ---- Repeating ----

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
