#include "transport/membership/reachability.hpp"

#include <map>

#include "tests/unit/transport_helpers.hpp"
#include "transport/core/rng.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::Pair;

/// Who hears whom: {'A', "BC"} says that A hears B and C.
using Picture = std::map<char, std::string>;

/// `self`'s clique, where everybody it hears has told it the row of the picture that is theirs.
std::string clique_of(char self, const Picture& picture) {
  Reachability reachability{node_id(self)};
  const std::string& heard = picture.at(self);
  for (const char other : heard) reachability.on_heard_set(node_id(other), incarnations(picture.at(other)));
  return names_of(reachability.clique(node_ids(heard)));
}

std::map<char, std::string> cliques_of(const Picture& picture) {
  std::map<char, std::string> cliques;
  for (const auto& [node, heard] : picture) cliques[node] = clique_of(node, picture);
  return cliques;
}

TEST(Reachability, WhoHearsEachOtherIsTogether) {
  EXPECT_THAT(cliques_of({{'A', "BC"}, {'B', "AC"}, {'C', "AB"}}),
              ElementsAre(Pair('A', "ABC"), Pair('B', "ABC"), Pair('C', "ABC")));
}

TEST(Reachability, ANodeIsAloneWithoutOthers) { EXPECT_EQ(clique_of('A', {{'A', ""}}), "A"); }

TEST(Reachability, ANewcomerWaitsUntilItSaysThatItHearsUs) {
  EXPECT_EQ(clique_of('A', {{'A', "B"}, {'B', ""}}), "A");
  EXPECT_EQ(clique_of('A', {{'A', "B"}, {'B', "A"}}), "AB");
}

// A is dead. B has evidence of it; C only sees that B no longer hears A, who cannot answer any more.
TEST(Reachability, WhoAccusesTheDeadIsFollowed) {
  const Picture picture{{'A', "BCD"}, {'B', "CD"}, {'C', "ABD"}, {'D', "ABC"}};
  EXPECT_EQ(clique_of('B', picture), "BCD");
  EXPECT_EQ(clique_of('C', picture), "BCD");
  EXPECT_EQ(clique_of('D', picture), "BCD");
}

TEST(Reachability, BothSidesOfAPartitionStandByThemselves) {
  EXPECT_THAT(cliques_of({{'A', "B"}, {'B', "A"}, {'C', "D"}, {'D', "C"}}),
              ElementsAre(Pair('A', "AB"), Pair('B', "AB"), Pair('C', "CD"), Pair('D', "CD")));
}

// Nothing of A's reaches B; all else passes.
TEST(Reachability, AOneWayCutLeavesOutWhoIsNotHeard) {
  EXPECT_THAT(cliques_of({{'A', "BC"}, {'B', "C"}, {'C', "AB"}}),
              ElementsAre(Pair('A', "A"), Pair('B', "BC"), Pair('C', "BC")));
}

TEST(Reachability, ADeafNodeStandsAlone) {
  EXPECT_THAT(cliques_of({{'A', "BCD"}, {'B', "ACD"}, {'C', "ABD"}, {'D', ""}}),
              ElementsAre(Pair('A', "ABC"), Pair('B', "ABC"), Pair('C', "ABC"), Pair('D', "D")));
}

TEST(Reachability, AMuteNodeStandsAlone) {
  EXPECT_THAT(cliques_of({{'A', "BC"}, {'B', "AC"}, {'C', "AB"}, {'D', "ABC"}}),
              ElementsAre(Pair('A', "ABC"), Pair('B', "ABC"), Pair('C', "ABC"), Pair('D', "D")));
}

// Heard sets are what was last said. Where all have heard the same words, their cliques must fit together, whatever the
// words are: each node in exactly one clique, and the same one for all in it.
TEST(Reachability, TheSamePictureGivesDisjointCliquesThatMatch) {
  Rng rng{7};
  const std::string names = "ABCDEF";
  for (int run = 0; run < 2000; ++run) {
    Picture said;
    for (const char node : names) {
      for (const char other : names) {
        if (node != other && !rng.one_in(4)) said[node] += other;
      }
    }
    std::map<char, std::string> cliques;
    for (const char self : names) {
      std::string others = names;
      std::erase(others, self);
      if (said[self] != others) continue;  // It would not be the same picture: its own word would count as said.
      Reachability reachability{node_id(self)};
      for (const char other : others) reachability.on_heard_set(node_id(other), incarnations(said[other]));
      cliques[self] = names_of(reachability.clique(node_ids(others)));
    }
    for (const auto& [self, clique] : cliques) {
      EXPECT_NE(clique.find(self), std::string::npos);
      for (const char member : clique) {
        if (cliques.contains(member)) {
          EXPECT_EQ(cliques[member], clique) << "run " << run;
        }
      }
    }
  }
}

TEST(Reachability, AHeardSetIsNewsOnlyWhereItChanges) {
  Reachability reachability{node_id('A')};
  EXPECT_TRUE(reachability.on_heard_set(node_id('B'), incarnations("AC")));
  EXPECT_FALSE(reachability.on_heard_set(node_id('B'), incarnations("AC")));
  EXPECT_TRUE(reachability.on_heard_set(node_id('B'), incarnations("A")));
}

TEST(Reachability, TheWordOfAForgottenNodeDoesNotCount) {
  Reachability reachability{node_id('A')};
  reachability.on_heard_set(node_id('B'), incarnations("A"));
  EXPECT_EQ(names_of(reachability.clique(node_ids("B"))), "AB");
  reachability.forget(node_id('B'));
  EXPECT_EQ(names_of(reachability.clique(node_ids("B"))), "A");
}

}  // namespace
}  // namespace hawser
