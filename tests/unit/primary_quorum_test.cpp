#include "transport/primary/quorum.hpp"

#include <gmock/gmock.h>

#include <string_view>

namespace hawser {
namespace {

using Kind = Verdict::Kind;

std::vector<VoterId> voters(std::string_view names) {
  std::vector<VoterId> ids;
  for (const char name : names) ids.push_back({static_cast<std::uint64_t>(name)});
  return ids;
}

VotingSession session(std::uint64_t number, std::string_view names) { return {number, {number, 0}, voters(names)}; }

/// Of a domain of five.
VotingState state(char name, VotingSession last = {}, std::vector<VotingSession> open = {}) {
  std::uint64_t number = last.number;
  for (const VotingSession& one : open) number = std::max(number, one.number);
  return {voters({&name, 1}).front(), 5, number, 0, std::move(last), std::move(open)};
}

Verdict judge(std::vector<std::optional<VotingState>> states) { return hawser::judge({9, 0}, states); }

TEST(Quorum, IsMoreThanHalfOrHalfWithTheLowest) {
  EXPECT_TRUE(is_quorum_of(voters("ABC"), voters("BC")));
  EXPECT_FALSE(is_quorum_of(voters("ABC"), voters("CDE")));
  EXPECT_TRUE(is_quorum_of(voters("ABCD"), voters("AD")));
  EXPECT_FALSE(is_quorum_of(voters("ABCD"), voters("BC")));
  EXPECT_TRUE(is_quorum_of(voters("A"), voters("AB")));
  EXPECT_FALSE(is_quorum_of(voters("A"), voters("B")));
}

TEST(Judgement, TheFirstPrimaryNeedsMoreThanHalfOfTheElectorate) {
  EXPECT_EQ(judge({state('A'), state('B')}).kind, Kind::no_quorum);
  const Verdict verdict = judge({state('C'), std::nullopt, state('A'), state('B')});
  EXPECT_EQ(verdict.kind, Kind::may_try);
  EXPECT_EQ(verdict.session, (VotingSession{1, {9, 0}, voters("ABC")}));
}

TEST(Judgement, WhereNobodyVotesNothingIsPrimary) { EXPECT_EQ(judge({std::nullopt}).kind, Kind::nobody_votes); }

TEST(Judgement, TheNextPrimaryNeedsMostOfTheLast) {
  const VotingSession last = session(1, "ABCDE");
  EXPECT_EQ(judge({state('A', last), state('B', last)}).kind, Kind::no_quorum);
  EXPECT_EQ(judge({state('A', last), state('B', last), state('C', last)}).session.number, 2U);
}

TEST(Judgement, ItMayShrinkStepByStep) {
  const VotingSession last = session(2, "AB");
  EXPECT_EQ(judge({state('A', last)}).kind, Kind::may_try);
  EXPECT_EQ(judge({state('B', last), state('C', session(1, "ABCDE")), state('D')}).kind, Kind::no_quorum);
}

TEST(Judgement, TheLatestThatAnybodyKnowsCounts) {
  const Verdict verdict =
      judge({state('C', session(1, "ABCDE")), state('D', session(1, "ABCDE")), state('E', session(2, "ABE"))});
  EXPECT_EQ(verdict.last, session(2, "ABE"));
  EXPECT_EQ(verdict.kind, Kind::no_quorum);
}

// A and B may have seen it become primary, with C.
TEST(Judgement, AnAttemptWhoseEndNobodyKnowsCountsToo) {
  const VotingSession open = session(2, "ABC");
  EXPECT_EQ(
      judge({state('C', session(1, "ABCDE"), {open}), state('D', session(1, "ABCDE")), state('E', session(1, "ABCDE"))})
          .kind,
      Kind::no_quorum);
}

TEST(Judgement, AnAttemptIsDeadWhenAllItsVotersHaveGoneOnWithoutIt) {
  const VotingSession last = session(1, "ABCDE");
  const VotingSession open = session(2, "AB");
  EXPECT_EQ(judge({state('A', last, {open}), state('C', last), state('D', last)}).kind, Kind::may_try);
  const Verdict verdict = judge({state('A', last, {open}), state('B', last, {open}), state('C', last)});
  EXPECT_THAT(verdict.dead, testing::ElementsAre(open));
  EXPECT_EQ(verdict.kind, Kind::may_try);
}

// It may be about to attempt it still.
TEST(Judgement, WhoHasNotAttemptedYetIsNotPastIt) {
  const VotingSession last = session(1, "ABCDE");
  const VotingSession open = session(2, "AB");
  EXPECT_THAT(judge({state('A', last, {open}), state('B', last), state('C', last)}).dead, testing::IsEmpty());
}

// That it became primary may have been on its way to the disk.
TEST(Judgement, WhoWasStartedAgainMayHaveForgottenItsEnd) {
  const VotingSession last = session(1, "ABCDE");
  const VotingSession open = session(2, "AB");
  VotingState restarted = state('A', last, {open});
  restarted.former = restarted.number;
  EXPECT_THAT(judge({restarted, state('B', last, {open}), state('C', last)}).dead, testing::IsEmpty());
}

TEST(Judgement, WhoComesLaterFoundsNothing) {
  VotingState later = state('D');
  later.electorate = 0;
  EXPECT_EQ(judge({state('A'), state('B'), later}).kind, Kind::no_quorum);
  EXPECT_EQ(judge({later}).kind, Kind::no_quorum);
  EXPECT_EQ(judge({state('A', session(1, "A")), later}).session.voters, voters("AD"));
}

TEST(Judgement, OneVoterTwiceIsRefused) {
  EXPECT_EQ(judge({state('A'), state('B'), state('C'), state('A')}).kind, Kind::voter_twice);
}

TEST(Judgement, TooManyOpenAttemptsAreNotAddedTo) {
  std::vector<VotingSession> open;
  for (std::uint64_t number = 1; number <= kOpenSessionsMax; ++number) open.push_back(session(number, "ABCDE"));
  EXPECT_EQ(judge({state('A', {}, open), state('B'), state('C')}).kind, Kind::too_many_open);
}

}  // namespace
}  // namespace hawser
