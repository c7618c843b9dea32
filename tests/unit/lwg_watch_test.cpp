// Who watches a pattern is in every group that comes and fits it, from its beginning on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lwg/directory.hpp"
#include "tests/unit/lwg_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

Pattern pattern(std::string_view text) { return Pattern::parse(text).value(); }

class LwgWatch : public testing::Test {
 protected:
  ~LwgWatch() override { EXPECT_THAT(world.violations(), IsEmpty()); }
  LwgWorld world;
};

TEST_F(LwgWatch, BringsTheWatcherInBeforeAnybodyCanSend) {
  world.start("ABC");
  world.watch('C', pattern("g.*"));
  world.settle();
  EXPECT_THAT(world.notes('C'), ElementsAre("watched g.*"));
  world.join('B', {"g.1", "h"});
  world.settle("AB");
  EXPECT_FALSE(world.send('B', "g.1"));  // C has not marked yet.
  EXPECT_TRUE(world.send('B', "h"));
  world.settle();
  EXPECT_TRUE(world.send('B', "g.1"));
  world.settle();
  EXPECT_EQ(world.view('B', "g.1"), "BC");
  EXPECT_THAT(world.history('C', "g.1"), ElementsAre("view BC +C", "B1"));
  EXPECT_EQ(world.view('C', "h"), "-");
}

TEST_F(LwgWatch, CountsForGroupsOfTheSameBatch) {
  world.start("ABC");
  world.watch('B', pattern("g.*"));
  world.join('B', {"other"});
  world.join('C', {"g.1"});
  world.order();
  world.settle();
  EXPECT_EQ(world.view('C', "g.1"), "CB");
}

TEST_F(LwgWatch, OfSeveralNodesBringsThemAll) {
  world.start("ABC");
  world.watch('B', pattern("g.*"));
  world.watch('C', pattern(">"));
  world.watch('C', Pattern::prefix("g").value());
  world.settle();
  world.join('A', {"g.1"});
  world.settle();
  EXPECT_EQ(world.view('A', "g.1"), "ABC");
}

TEST_F(LwgWatch, OfItsOwnGroupsChangesNothing) {
  world.start("AB");
  world.watch('A', pattern("g.*"));
  world.settle();
  world.join('A', {"g.1"}, Role::publisher);
  world.settle();
  EXPECT_THAT(world.history('A', "g.1"), ElementsAre("view A +A"));
}

TEST_F(LwgWatch, EndsWithUnwatch) {
  world.start("AB");
  world.watch('B', pattern("g.*"));
  world.settle();
  world.unwatch('B', pattern("g.*"));
  world.settle();
  world.join('A', {"g.1"});
  world.settle();
  EXPECT_EQ(world.view('A', "g.1"), "A");
  EXPECT_TRUE(world.groups('A').directory().watchers().empty());
}

TEST_F(LwgWatch, ThatIsWithdrawnWhileTheGroupComesLeavesIt) {
  world.start("AB");
  world.watch('B', pattern("g.*"));
  world.settle();
  world.join('A', {"g.1"});
  world.unwatch('B', pattern("g.*"));
  world.settle();
  EXPECT_EQ(world.view('A', "g.1"), "A");
}

TEST_F(LwgWatch, OutlivesTheCoordinator) {
  world.start("ABC");
  world.watch('C', pattern("g.*"));
  world.settle();
  world.crash('A');
  world.change({"BC"});
  world.settle();
  world.join('B', {"g.1"});
  world.settle();
  EXPECT_EQ(world.view('B', "g.1"), "BC");
}

TEST_F(LwgWatch, ThatIsLostWithItsViewIsAskedAnew) {
  world.start("ABC");
  world.watch('C', pattern("g.*"));
  world.crash('A');
  world.change({"BC"});
  world.settle();
  EXPECT_THAT(world.notes('C'), Contains("watched g.*"));
  world.join('B', {"g.1"});
  world.settle();
  EXPECT_EQ(world.view('B', "g.1"), "BC");
}

TEST_F(LwgWatch, EndsWithItsNode) {
  world.start("ABC");
  world.watch('C', pattern("g.*"));
  world.settle();
  world.crash('C');
  world.change({"AB"});
  world.settle();
  EXPECT_TRUE(world.groups('A').directory().watchers().empty());
}

TEST_F(LwgWatch, FindsWhatTheOtherSideOfAPartitionHas) {
  world.start("ABC");
  world.watch('C', pattern("g.*"));
  world.settle();
  world.change({"AB", "C"});
  world.settle();
  world.join('A', {"g.1"});
  world.settle();
  world.change({"ABC"});
  world.settle();
  EXPECT_EQ(world.view('C', "g.1"), "AC");
  world.join('A', {"g.2"});
  world.settle();
  EXPECT_THAT(world.history('C', "g.2"), ElementsAre("view AC +C"));
}

TEST_F(LwgWatch, IsInTheDirectoryOfWhoComesLater) {
  world.start("AB");
  world.watch('B', pattern("g.*"));
  world.settle();
  world.add("C");
  world.change({"ABC"});
  world.settle();
  EXPECT_EQ(world.groups('C').directory().watchers().size(), 1U);
}

TEST_F(LwgWatch, DoesNotMakeALateRequestForgetThatItsNodeWantsOut) {
  world.start("ABC");
  world.watch('C', pattern("g.*"));
  world.settle();
  world.join('C', {"g.1"}, Role::publisher);
  world.join('B', {"g.1"});
  world.hear('A', "B", kControlGroup);  // B's request comes first, so C is in by its watch.
  world.order();
  world.settle();
  world.unwatch('C', pattern("g.*"));
  world.leave('C', {"g.1"});
  world.settle();
  EXPECT_EQ(world.view('B', "g.1"), "B");
  EXPECT_EQ(world.view('C', "g.1"), "-");
}

#if defined(HAWSER_FAULTS)
TEST(LwgWatchFaults, AWatcherThatIsMissedIsNoticed) {
  fault::active() = "lwg_watcher_missed";
  LwgWorld world;
  world.start("AB");
  world.watch('B', pattern("g.*"));
  world.settle();
  world.join('A', {"g.1"});
  EXPECT_THAT(world.violations(), Contains("watch: B is not in g.1"));
  fault::active().clear();
}
#endif

}  // namespace
}  // namespace hawser::test
