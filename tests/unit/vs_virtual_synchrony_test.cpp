#include "transport/vs/virtual_synchrony.hpp"

#include <utility>

#include "tests/unit/transport_helpers.hpp"
#include "transport/core/limits.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;

using Cut = std::initializer_list<std::uint64_t>;

/// Its digest is 1 where A leads, 2 where B does, and so on.
View view_of(std::uint64_t epoch, std::string_view names, std::initializer_list<std::uint64_t> start_ids) {
  View view{{epoch, static_cast<std::uint64_t>(names.front() - 'A' + 1)}, node_ids(names), {}};
  for (const std::uint64_t id : start_ids) view.start_ids.push_back({id});
  return view;
}

class VirtualSynchronyTest : public testing::Test {
 protected:
  VirtualSynchrony& vs(char name) { return members_.at(static_cast<std::size_t>(name - 'A')); }
  /// The node freezes at `cut` and tells those in `to`.
  void start_change(char name, std::uint64_t start_id, Cut cut, std::string_view to) {
    const wire::Sync& sync = vs(name).start_change({start_id}, streams(name, seqnos(cut)));
    for (const char other : to) {
      if (other != name) vs(other).on_sync(node_id(name), sync);
    }
  }
  std::optional<Closing> closing(char name) { return vs(name).closing(now_); }
  /// Of the control group, in the node's current view.
  std::vector<wire::StreamCut> streams(char name, std::vector<Seqno> cut) {
    return {{kControlGroup, vs(name).current().id, std::move(cut)}};
  }
  StreamsEnd end(char name) { return closing(name).value().ends.at({kControlGroup, vs(name).current().id}); }
  void install(char name, const View& view) {
    const auto ready = closing(name);
    ASSERT_TRUE(ready) << name;
    EXPECT_EQ(ready->next, view);
    vs(name).install(*ready);
  }
  /// All of `names` freeze under `start_id`, agree on the view and install it.
  View settle(std::uint64_t epoch, std::string_view names, std::uint64_t start_id) {
    View view = view_of(epoch, names, {});
    view.start_ids.assign(names.size(), {start_id});
    for (const char name : names) {
      const wire::Sync sync =
          vs(name).start_change({start_id}, streams(name, std::vector<Seqno>(vs(name).current().members.size())));
      for (const char other : names) {
        if (other != name) vs(other).on_sync(node_id(name), sync);
      }
      vs(name).on_view(view, now_);
    }
    for (const char name : names) install(name, view);
    return view;
  }
  /// `helper` sends `behind` all that it needs to finish helper's current view.
  void complete(char helper, char behind) {
    vs(behind).on_completion(node_id(helper), vs(helper).current());
    for (const auto& [owner, sync] : vs(helper).installed_syncs()) vs(behind).on_relayed_sync(owner, sync);
  }

  Time now_ = kStart;
  std::vector<VirtualSynchrony> members_ = [] {
    std::vector<VirtualSynchrony> members;
    for (const char name : {'A', 'B', 'C', 'D'}) members.emplace_back(node_id(name));
    return members;
  }();
};

// ---- What is delivered before the next view ----

// A crashed. B and C have different parts of what was sent.
TEST_F(VirtualSynchronyTest, SurvivorsDeliverUpToTheMaximumOfTheirCuts) {
  settle(1, "ABC", 1);
  start_change('B', 2, {5, 2, 3}, "BC");
  start_change('C', 2, {4, 2, 7}, "BC");
  for (const char name : {'B', 'C'}) {
    vs(name).on_view(view_of(2, "BC", {2, 2}), now_);
    const auto ready = closing(name);
    ASSERT_TRUE(ready) << name;
    EXPECT_EQ(end(name).cut, seqnos({5, 2, 7}));
    EXPECT_EQ(names_of(ready->transitional), "BC");
  }
}

TEST_F(VirtualSynchronyTest, TheLowestRankedOfThoseThatHaveItAllIsTheHolder) {
  settle(1, "ABCD", 1);
  start_change('B', 2, {5, 2, 3, 0}, "BCD");
  start_change('C', 2, {6, 2, 7, 0}, "BCD");
  start_change('D', 2, {6, 2, 7, 1}, "BCD");
  vs('B').on_view(view_of(2, "BCD", {2, 2, 2}), now_);
  EXPECT_EQ(names_of(end('B').holders), "CBCD");
  vs('B').on_view(view_of(2, "DCB", {2, 2, 2}), now_);
  EXPECT_EQ(names_of(end('B').holders), "DDDD") << "ranks of the next view count";
}

TEST_F(VirtualSynchronyTest, OnlyTheTransitionalSetsCutsCount) {
  settle(1, "AB", 1);
  settle(1, "CD", 1);
  start_change('A', 2, {5, 2}, "ABCD");
  start_change('B', 2, {4, 3}, "ABCD");
  start_change('C', 2, {9, 9}, "ABCD");
  start_change('D', 2, {9, 9}, "ABCD");
  for (const char name : {'A', 'B', 'C', 'D'}) vs(name).on_view(view_of(2, "ABCD", {2, 2, 2, 2}), now_);
  // The two views share an epoch, so their ids differ in the digest only.
  EXPECT_EQ(end('A').cut, seqnos({5, 3}));
}

// B has what is ahead of a gap, up to `last`.
class AheadTest : public VirtualSynchronyTest,
                  public testing::WithParamInterface<std::pair<std::uint64_t, std::size_t>> {};

TEST_P(AheadTest, IsWithinTheReceiveWindow) {
  const auto [last, counted] = GetParam();
  settle(1, "AB", 1);
  std::vector<wire::StreamCut> cut = streams('B', seqnos({4, 0}));
  cut.front().ahead = {{0, {{6}, {last}}}};
  const wire::Sync sync = vs('B').start_change({2}, cut);
  start_change('A', 2, {4, 0}, "");
  vs('A').on_sync(node_id('B'), sync);
  vs('A').on_view(view_of(2, "AB", {2, 2}), now_);
  EXPECT_EQ(end('A').ahead.size(), counted);
}

INSTANTIATE_TEST_SUITE_P(Borders, AheadTest,
                         testing::Values(std::pair{4 + kReceiveWindowPackets, std::size_t{1}},
                                         std::pair{5 + kReceiveWindowPackets, std::size_t{0}}));

TEST_F(VirtualSynchronyTest, ANewcomerComesFromNowhere) {
  settle(1, "AB", 1);
  start_change('A', 2, {1, 1}, "ABC");
  start_change('B', 2, {1, 1}, "ABC");
  start_change('C', 1, {0}, "ABC");
  const View next = view_of(2, "ABC", {2, 2, 1});
  for (const char name : {'A', 'C'}) vs(name).on_view(next, now_);
  EXPECT_EQ(names_of(closing('A')->transitional), "AB");
  EXPECT_EQ(names_of(closing('C')->transitional), "C");
}

// ---- When it may go on ----

TEST_F(VirtualSynchronyTest, WaitsForTheSyncsOfAll) {
  settle(1, "ABC", 1);
  start_change('A', 2, {0, 0, 0}, "");
  vs('A').on_view(view_of(2, "ABC", {2, 2, 2}), now_);
  EXPECT_FALSE(closing('A'));
  start_change('B', 2, {0, 0, 0}, "A");
  EXPECT_FALSE(closing('A'));
  start_change('C', 2, {0, 0, 0}, "A");
  EXPECT_TRUE(closing('A'));
}

TEST_F(VirtualSynchronyTest, SyncsMayComeBeforeTheView) {
  settle(1, "AB", 1);
  start_change('B', 2, {0, 0}, "A");
  EXPECT_FALSE(vs('A').frozen());
  start_change('A', 2, {0, 0}, "B");
  EXPECT_TRUE(vs('A').frozen());
  EXPECT_FALSE(closing('A')) << "no view is agreed on";
  vs('A').on_view(view_of(2, "AB", {2, 2}), now_);
  EXPECT_TRUE(closing('A'));
}

TEST_F(VirtualSynchronyTest, ASyncOfAnotherStartChangeIsNotUsed) {
  settle(1, "AB", 1);
  start_change('A', 2, {0, 0}, "");
  start_change('B', 2, {0, 5}, "A");
  vs('A').on_view(view_of(2, "AB", {2, 3}), now_);
  EXPECT_FALSE(closing('A'));
  start_change('B', 3, {0, 6}, "A");
  ASSERT_TRUE(closing('A'));
  EXPECT_EQ(end('A').cut, seqnos({0, 6}));
}

TEST_F(VirtualSynchronyTest, ALateSyncDoesNotReplaceANewerOne) {
  settle(1, "AB", 1);
  start_change('A', 2, {0, 0}, "");
  start_change('B', 2, {0, 5}, "");
  const wire::Sync old = vs('B').own_sync().value();
  start_change('B', 3, {0, 6}, "A");
  vs('A').on_sync(node_id('B'), old);
  vs('A').on_view(view_of(2, "AB", {2, 3}), now_);
  EXPECT_TRUE(closing('A'));
}

TEST_F(VirtualSynchronyTest, AWithdrawnViewIsNotInstalled) {
  settle(1, "AB", 1);
  start_change('A', 2, {0, 0}, "");
  start_change('B', 2, {0, 0}, "A");
  vs('A').on_view(view_of(2, "AB", {2, 2}), now_);
  vs('A').on_view_withdrawn();
  EXPECT_FALSE(closing('A'));
}

TEST_F(VirtualSynchronyTest, AnOvertakenStartChangeFreezesAnew) {
  settle(1, "ABC", 1);
  start_change('A', 2, {3, 0, 0}, "");
  vs('A').on_view(view_of(2, "ABC", {2, 2, 2}), now_);
  start_change('A', 3, {3, 0, 1}, "");
  EXPECT_TRUE(vs('A').frozen());
  EXPECT_EQ(vs('A').own_sync()->start_id, StartChangeId{3});
  EXPECT_EQ(vs('A').own_sync()->streams.front().received, seqnos({3, 0, 1}));
  start_change('B', 2, {3, 0, 0}, "A");
  start_change('C', 2, {3, 0, 0}, "A");
  EXPECT_FALSE(closing('A')) << "the view before is void";
}

TEST_F(VirtualSynchronyTest, InstallingThaws) {
  settle(1, "AB", 1);
  const View next = settle(2, "AB", 2);
  EXPECT_FALSE(vs('A').frozen());
  EXPECT_EQ(vs('A').current(), next);
  EXPECT_EQ(vs('A').next_deadline(), kNever);
}

TEST_F(VirtualSynchronyTest, ASyncSaysWhereItsSenderComesFrom) {
  const View view = settle(1, "AB", 4);
  const wire::Sync& sync = vs('A').start_change({5}, streams('A', seqnos({1, 2})));
  EXPECT_EQ(sync.previous, view.id);
  EXPECT_THAT(sync.previous_members, ElementsAre(wire::MemberStart{node_id('A').incarnation, {4}},
                                                 wire::MemberStart{node_id('B').incarnation, {4}}));
}

// ---- Overtaken while others have installed ----

// A and B agreed on the view of epoch 2. A installed it and moves on to another one; B was called to the other one
// before it had all that it needed.
class OvertakenTest : public VirtualSynchronyTest {
 protected:
  OvertakenTest() {
    settle(1, "ABC", 1);
    start_change('A', 2, {7, 0, 0}, "ABC");
    start_change('B', 2, {4, 0, 0}, "ABC");
    start_change('C', 2, {7, 0, 0}, "ABC");
    vs('A').on_view(second_, now_);
    vs('B').on_view(second_, now_);
    install('A', second_);
    start_change('B', 3, {5, 0, 0}, "A");
    start_change('A', 3, {0, 0, 0}, "B");
  }
  void agree_on_third() {
    start_change('C', 3, {7, 0, 0}, "AB");
    for (const char name : {'A', 'B'}) vs(name).on_view(third_, now_);
  }
  const View second_ = view_of(2, "ABC", {2, 2, 2});
  const View third_ = view_of(3, "AB", {3, 3});
};

TEST_F(OvertakenTest, WhoWasOvertakenIsSeenByItsSync) {
  EXPECT_TRUE(vs('A').is_behind(node_id('B'), *vs('B').own_sync()));
  EXPECT_FALSE(vs('B').is_behind(node_id('A'), *vs('A').own_sync()));
  EXPECT_FALSE(vs('A').is_behind(node_id('A'), *vs('A').own_sync()));
}

TEST_F(OvertakenTest, NeitherGoesOnBeforeTheViewIsCompleted) {
  agree_on_third();
  EXPECT_FALSE(closing('B')) << "A has installed a view that B has agreed to";
  EXPECT_FALSE(closing('A')) << "B is to come along";
}

TEST_F(OvertakenTest, ThePeersViewIsFinishedFirst) {
  agree_on_third();
  complete('A', 'B');
  const auto ready = closing('B');
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->next, second_);
  EXPECT_TRUE(vs('B').is_completing(second_.id));
  EXPECT_EQ(end('B').cut, seqnos({7, 0, 0})) << "as for those who installed it in time";
  EXPECT_EQ(names_of(ready->transitional), "ABC");
  vs('B').install(*ready);
  EXPECT_EQ(vs('B').current(), second_);
  EXPECT_FALSE(vs('B').is_completing(second_.id));

  start_change('B', 4, {0, 0, 0}, "A");  // as agreement asks after a completion
  const View together = view_of(3, "AB", {3, 4});
  for (const char name : {'A', 'B'}) {
    vs(name).on_view(together, now_);
    ASSERT_TRUE(closing(name)) << name;
    EXPECT_EQ(names_of(closing(name)->transitional), "AB");
  }
}

// It has nothing to finish itself; but the others would have to follow it, and would be parted.
TEST_F(OvertakenTest, ANewcomerDoesNotGoAheadOfThem) {
  agree_on_third();
  start_change('D', 1, {0}, "AB");
  vs('D').on_sync(node_id('A'), *vs('A').own_sync());
  vs('D').on_sync(node_id('B'), *vs('B').own_sync());
  vs('D').on_view(view_of(3, "ABD", {3, 3, 1}), now_);
  EXPECT_FALSE(closing('D')) << "B can still finish the view that A is in";

  complete('A', 'B');
  vs('B').install(*closing('B'));
  start_change('B', 4, {0, 0, 0}, "D");
  vs('D').on_view(view_of(3, "ABD", {3, 4, 1}), now_);
  EXPECT_TRUE(closing('D'));
}

TEST_F(OvertakenTest, ANewcomerDoesNotWaitForEverEither) {
  start_change('D', 1, {0}, "AB");
  vs('D').on_sync(node_id('A'), *vs('A').own_sync());
  vs('D').on_sync(node_id('B'), *vs('B').own_sync());
  vs('D').on_view(view_of(3, "ABD", {3, 3, 1}), now_);
  now_ += kCompletionPatience;
  EXPECT_TRUE(closing('D'));
}

// Who held it when the view was agreed on may be gone by now.
TEST_F(OvertakenTest, WhatIsMissingIsAskedOfWhoeverOffersHelp) {
  complete('A', 'B');
  EXPECT_EQ(names_of(end('B').holders), "AAA");
  vs('B').on_completion(node_id('C'), second_);
  EXPECT_EQ(names_of(end('B').holders), "CCC");
  vs('B').on_completion(node_id('D'), second_);
  EXPECT_EQ(names_of(end('B').holders), "CCC") << "D was not in the view that ends";
}

TEST_F(OvertakenTest, ACompletionWaitsForAllSyncsThatMadeTheView) {
  vs('B').on_completion(node_id('C'), second_);
  vs('B').on_relayed_sync(node_id('A'), vs('A').installed_syncs().at(node_id('A')));
  EXPECT_FALSE(closing('B')) << "its own old sync is missing";
  vs('B').on_relayed_sync(node_id('B'), vs('A').installed_syncs().at(node_id('B')));
  EXPECT_TRUE(closing('B')) << "C's came by itself";
}

TEST_F(OvertakenTest, SyncsOfOtherStartChangesDoNotMakeTheView) {
  vs('B').on_completion(node_id('C'), second_);
  for (const auto& [owner, sync] : vs('A').installed_syncs()) {
    wire::Sync other = sync;
    ++other.start_id.value;
    vs('B').on_relayed_sync(owner, other);
  }
  EXPECT_FALSE(closing('B'));
}

TEST_F(OvertakenTest, ASyncOfAnotherStartChangeDoesNotReplaceTheRightOne) {
  complete('A', 'B');
  ASSERT_TRUE(closing('B'));
  wire::Sync other = vs('A').installed_syncs().at(node_id('A'));
  ++other.start_id.value;
  vs('B').on_relayed_sync(node_id('A'), other);
  EXPECT_TRUE(closing('B'));
}

TEST_F(OvertakenTest, ACompletionThatIsSkippedIsNotFinished) {
  vs('B').on_completion(node_id('A'), second_);
  vs('B').skip_completion();
  complete('A', 'B');
  EXPECT_FALSE(closing('B'));
}

TEST_F(OvertakenTest, AViewThatCannotBeHadInTimeIsSkipped) {
  agree_on_third();
  EXPECT_FALSE(vs('B').should_skip(now_));
  EXPECT_EQ(vs('B').next_deadline(), now_ + kCompletionPatience);
  now_ += kCompletionPatience;
  EXPECT_TRUE(vs('B').should_skip(now_));
  EXPECT_FALSE(vs('B').should_skip(now_)) << "once";

  start_change('B', 4, {5, 0, 0}, "A");
  const View apart = view_of(3, "AB", {3, 4});
  vs('B').on_view(apart, now_);
  ASSERT_TRUE(closing('B'));
  EXPECT_EQ(names_of(closing('B')->transitional), "B") << "it does not count as moving together with A";
  complete('A', 'B');
  EXPECT_EQ(closing('B')->next, apart) << "and what was skipped is not finished any more";
}

TEST_F(OvertakenTest, OthersDoNotWaitForEver) {
  agree_on_third();
  EXPECT_EQ(vs('A').next_deadline(), now_ + kCompletionPatience);
  now_ += kCompletionPatience;
  EXPECT_FALSE(vs('A').should_skip(now_));
  ASSERT_TRUE(closing('A'));
  EXPECT_EQ(names_of(closing('A')->transitional), "A");
  EXPECT_GT(vs('A').next_deadline(), now_) << "a deadline that was served does not come again";
}

// Views may re-form over and over; patience runs from the first.
TEST_F(OvertakenTest, ANewerViewDoesNotRenewPatience) {
  agree_on_third();
  const Time until = vs('A').next_deadline();
  now_ += kCompletionPatience / 2;
  vs('A').on_view(view_of(3, "ABC", {3, 3, 3}), now_);
  EXPECT_EQ(vs('A').next_deadline(), until);
}

TEST_F(VirtualSynchronyTest, CompletionsThatAreNotForThisNodeAreIgnored) {
  settle(1, "ABC", 1);
  const View second = settle(2, "BC", 2);  // A is left behind
  start_change('A', 2, {0, 0, 0}, "");
  start_change('B', 3, {0, 0}, "A");
  complete('B', 'A');
  EXPECT_FALSE(closing('A')) << "A is not in it";

  vs('A').on_completion(node_id('B'), view_of(1, "ABC", {1, 1, 1}));
  EXPECT_FALSE(vs('A').is_completing({1, 1})) << "A is in it already";
  vs('A').on_completion(node_id('B'), view_of(5, "AB", {1, 1}));
  EXPECT_FALSE(vs('A').is_completing({5, 1}))
      << "A has agreed to none under that start change since it entered its view";
  settle(3, "AD", 3);
  vs('A').on_completion(node_id('B'), view_of(5, "AB", {4, 4}));
  EXPECT_FALSE(vs('A').is_completing({5, 1})) << "A is in no change";
  EXPECT_EQ(vs('B').current(), second);
}

}  // namespace
}  // namespace hawser
