// Whose directory counts: votes and decisions.
#include <gtest/gtest.h>

#include <map>
#include <string_view>
#include <vector>

#include "lwg/lineage.hpp"

namespace hawser {
namespace {

using Outcome = LineageDecision::Outcome;
using Phase = Lineage::Phase;

NodeId node(char name) { return {{static_cast<std::uint64_t>(name)}, {}}; }
std::vector<NodeId> nodes(std::string_view names) {
  std::vector<NodeId> all;
  for (const char name : names) all.push_back(node(name));
  return all;
}
View view(std::uint64_t epoch, std::string_view members) { return {{epoch, mix64(epoch)}, nodes(members), {}}; }

// Several nodes' Lineages, which hear each vote at once.
class Lineages {
 public:
  void enter(const View& view, const std::vector<std::string_view>& companies) {
    votes_.clear();
    for (const std::string_view company : companies) {
      for (const char name : company) {
        Lineage& one = lineages_.try_emplace(name, node(name)).first->second;
        if (auto vote = one.on_view(view, nodes(company))) votes_.emplace_back(node(name), *vote);
      }
    }
    view_ = view;
  }
  void vote() {
    for (const auto& [from, vote] : votes_) {
      for (auto& [name, one] : lineages_) {
        if (!view_.contains(node(name))) continue;
        if (const auto decision = one.on_vote(from, vote)) decisions_[name] = *decision;
      }
    }
  }
  void transfer() {
    for (auto& [name, one] : lineages_) {
      if (view_.contains(node(name))) one.on_transferred();
    }
  }
  // Founds one directory for `members`.
  void found(std::uint64_t epoch, std::string_view members) {
    std::vector<std::string_view> alone;
    for (std::size_t i = 0; i < members.size(); ++i) alone.push_back(members.substr(i, 1));
    enter(view(epoch, members), alone);
    vote();
  }
  Lineage& of(char name) { return lineages_.at(name); }
  LineageDecision decision(char name) { return decisions_.at(name); }
  std::size_t votes() const { return votes_.size(); }

 private:
  View view_;
  std::map<char, Lineage> lineages_;
  std::vector<std::pair<NodeId, LineageVote>> votes_;
  std::map<char, LineageDecision> decisions_;
};

TEST(LwgLineage, WithoutAnyDirectoryOneIsFoundedByAll) {
  Lineages all;
  all.found(1, "AB");
  EXPECT_EQ(all.decision('A').outcome, Outcome::founded);
  EXPECT_EQ(all.decision('B').outcome, Outcome::founded);
  EXPECT_EQ(all.of('B').phase(), Phase::settled);
  EXPECT_TRUE(all.of('B').has_directory());
}

TEST(LwgLineage, NoVoteIsTakenWhereEveryoneComesAlong) {
  Lineages all;
  all.found(1, "ABC");
  all.enter(view(2, "AB"), {"AB"});
  EXPECT_EQ(all.votes(), 0U);
  EXPECT_EQ(all.of('A').phase(), Phase::settled);
}

TEST(LwgLineage, ANewcomerAwaitsTheDirectoryOfTheLowestRankedOwner) {
  Lineages all;
  all.found(1, "AB");
  all.enter(view(2, "CBA"), {"AB", "C"});
  all.vote();
  EXPECT_EQ(all.decision('C').outcome, Outcome::awaits);
  EXPECT_EQ(all.decision('A').outcome, Outcome::survives);
  EXPECT_FALSE(all.decision('A').donates);
  EXPECT_TRUE(all.decision('B').donates);
  EXPECT_EQ(all.of('C').donor(), node('B'));
  EXPECT_EQ(all.of('A').phase(), Phase::transferring);
  all.transfer();
  EXPECT_EQ(all.of('C').phase(), Phase::settled);
  EXPECT_TRUE(all.of('C').has_directory());
}

TEST(LwgLineage, TheLineageWithMoreMembersSurvives) {
  Lineages all;
  all.found(1, "A");
  all.found(1, "BC");
  all.enter(view(2, "ABC"), {"A", "BC"});
  all.vote();
  EXPECT_EQ(all.decision('A').outcome, Outcome::lost);
  EXPECT_EQ(all.decision('C').outcome, Outcome::survives);
  EXPECT_TRUE(all.of('A').is_peer(node('B')));
  EXPECT_FALSE(all.of('A').is_peer(node('A')));
}

TEST(LwgLineage, OfTwoEqualOnesTheOneWithTheLowestMemberSurvives) {
  Lineages all;
  all.found(1, "AD");
  all.found(1, "BC");
  all.enter(view(2, "CBDA"), {"AD", "BC"});
  all.vote();
  EXPECT_EQ(all.decision('B').outcome, Outcome::lost);
  EXPECT_EQ(all.decision('D').outcome, Outcome::survives);
}

TEST(LwgLineage, WhoOnlyWaitsForADirectoryDoesNotCountForIt) {
  Lineages all;
  all.found(1, "A");
  all.found(1, "BC");
  all.enter(view(2, "ADE"), {"A", "D", "E"});
  all.vote();
  all.enter(view(3, "ADEBC"), {"ADE", "BC"});  // The directory had not come through.
  all.vote();
  EXPECT_EQ(all.decision('A').outcome, Outcome::lost);
  EXPECT_EQ(all.decision('D').outcome, Outcome::awaits);
  EXPECT_EQ(all.decision('B').outcome, Outcome::survives);
}

TEST(LwgLineage, TwoLineagesStayTwoAcrossAViewThatWasNotVotedOn) {
  Lineages all;
  all.found(1, "AB");
  all.found(1, "C");
  all.enter(view(2, "ABC"), {"AB", "C"});
  all.enter(view(3, "ABCD"), {"ABC", "D"});  // A, B and C have the same previous view, and two directories.
  all.vote();
  EXPECT_EQ(all.decision('C').outcome, Outcome::lost);
  EXPECT_EQ(all.decision('B').outcome, Outcome::survives);
}

TEST(LwgLineage, AVoteOfAnotherViewIsVoid) {
  Lineages all;
  all.found(1, "A");
  Lineage& a = all.of('A');
  const auto old = a.on_view(view(2, "AB"), nodes("A"));
  ASSERT_TRUE(old);
  const auto vote = a.on_view(view(3, "AB"), nodes("A"));
  ASSERT_TRUE(vote);
  EXPECT_FALSE(a.on_vote(node('A'), *vote));
  EXPECT_FALSE(a.on_vote(node('B'), {old->round, {}}));
  EXPECT_TRUE(a.on_vote(node('B'), {vote->round, {}}));
}

}  // namespace
}  // namespace hawser
