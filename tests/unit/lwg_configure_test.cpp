// Groups that are told their order by one of their members.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lwg/directory.hpp"
#include "tests/unit/lwg_world.hpp"
#include "transport/core/fault.hpp"

namespace hawser::test {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::IsEmpty;

const Configuration kTotal{true, "t"};
const Configuration kFifo{false, "f"};

/// A and B in g.
class LwgConfigure : public testing::Test {
 protected:
  LwgConfigure() {
    world_.start("ABC");
    join_all(world_, "AB", "g");
    world_.forget();
  }
  Configuration configuration(char node) {
    const Directory& directory = world_.groups(node).directory();
    const auto id = directory.id_of("g");
    return id ? directory.find(*id)->configuration : Configuration{};
  }
  LwgWorld world_{exact()};
};

TEST_F(LwgConfigure, EveryMemberIsToldInOneView) {
  world_.configure('B', "g", kTotal);
  world_.settle();
  EXPECT_THAT(world_.history('A', "g"), ElementsAre("view AB total"));
  EXPECT_THAT(world_.history('B', "g"), ElementsAre("view AB total"));
  EXPECT_EQ(configuration('C'), kTotal);
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgConfigure, TheFirstDecides) {
  world_.configure('B', "g", kTotal);
  world_.settle();
  world_.configure('A', "g", kFifo);
  world_.settle();
  EXPECT_EQ(configuration('A'), kTotal);
  EXPECT_THAT(world_.history('A', "g"), ElementsAre("view AB total"));
}

TEST_F(LwgConfigure, OfTwoAtOnceOneDecides) {
  world_.configure('B', "g", kTotal);
  world_.configure('A', "g", kFifo);
  world_.settle();
  EXPECT_THAT(world_.history('A', "g"), AnyOf(ElementsAre("view AB total"), ElementsAre("view AB told")));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgConfigure, WhoComesLaterIsToldInItsFirstView) {
  world_.configure('A', "g", kFifo);
  world_.settle();
  join_all(world_, "C", "g");
  EXPECT_THAT(world_.history('C', "g"), ElementsAre("view ABC +C told"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgConfigure, ItMayBeAskedBeforeTheGroupIsThere) {
  world_.join('C', {"h"});
  world_.configure('C', "h", kTotal);
  world_.settle();
  EXPECT_THAT(world_.history('C', "h"), ElementsAre("view C +C", "view C total"));
}

TEST_F(LwgConfigure, AGroupWithoutMembersForgetsIt) {
  world_.configure('A', "g", kTotal);
  world_.settle();
  world_.leave('A', {"g"});
  world_.leave('B', {"g"});
  world_.settle();
  join_all(world_, "C", "g");
  EXPECT_THAT(world_.history('C', "g"), ElementsAre("view C +C"));
}

TEST_F(LwgConfigure, ItIsAskedAnewInAnotherLineage) {
  world_.change({"AB", "C"});
  world_.settle();
  join_all(world_, "C", "g");
  world_.configure('C', "g", kTotal);
  world_.settle();
  world_.change({"ABC"});
  world_.settle();  // C's side gives way, and the group of the other is not configured.
  EXPECT_EQ(configuration('A'), kTotal);
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgConfigure, WhatIsSentAtOnceHasOneOrder) {
  world_.configure('A', "g", kTotal);
  world_.settle();
  world_.forget();
  world_.send('A', "g");
  world_.send('B', "g");
  world_.send('A', "g");
  world_.settle();
  EXPECT_EQ(world_.history('A', "g").size(), 3U);
  EXPECT_EQ(world_.history('A', "g"), world_.history('B', "g"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgConfigure, WhatWasSentBeforeIsDeliveredBefore) {
  world_.send('A', "g");
  world_.configure('B', "g", kTotal);
  world_.order();
  world_.settle();
  EXPECT_THAT(world_.history('B', "g"), ElementsAre("A1", "view AB total"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgConfigure, AMoveInTotalOrderLosesNothing) {
  world_.configure('A', "g", kTotal);
  world_.settle();
  world_.forget();
  world_.send('A', "g");
  world_.send('B', "g");
  world_.join('C', {"g"});  // Needs a larger carrier.
  world_.order();
  world_.settle();
  world_.send('C', "g");
  world_.settle();
  EXPECT_EQ(world_.history('A', "g"), world_.history('B', "g"));
  EXPECT_THAT(world_.history('C', "g"), ElementsAre("view ABC +C total", "C1"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

/// g is in total order, and A has a message on its way.
class LwgTotal : public LwgConfigure {
 protected:
  LwgTotal() {
    world_.configure('A', "g", kTotal);
    world_.settle();
    world_.forget();
    world_.send('A', "g");
  }
};

TEST_F(LwgTotal, AMarkerComesAfterIt) {
  world_.join('C', {"g"});
  world_.order();
  world_.hear('B', "ABC");  // What is in fifo order comes first.
  world_.settle();
  EXPECT_THAT(world_.history('B', "g"), ElementsAre("A1", "view ABC +C"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

/// B has a message of which all know, but not its place, and wants out.
class LwgTotalLeave : public LwgTotal {
 protected:
  void leave() {
    world_.place_late();
    world_.send('B', "g");
    world_.leave('B', {"g"});
    world_.pass(std::chrono::milliseconds{20});
    for (bool more = true; more;) {  // The control group's messages come first.
      more = false;
      for (const char node : std::string_view{"ABC"}) more = world_.step_control(node) || more;
    }
    world_.settle();
  }
};

TEST_F(LwgTotalLeave, WaitsForThePlace) {
  leave();
  EXPECT_THAT(world_.history('B', "g"), ElementsAre("A1", "B1", "left"));
  EXPECT_THAT(world_.history('A', "g"), ElementsAre("A1", "B1", "view A"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

/// C joins; D, who has sent a message that comes after all others' markers, knows its place, and is let out, before A
/// has heard of it.
class LwgTotalLeaver : public testing::Test {
 protected:
  LwgTotalLeaver() {
    world_.start("ABCD");
    join_all(world_, "ABCD", "x");
    join_all(world_, "ABD", "g");
    world_.configure('A', "g", kTotal);
    world_.settle();
    world_.forget();
    world_.place_late();
  }
  void leave() {
    world_.send('D', "g");
    world_.join('C', {"g"});
    world_.order();
    world_.settle("D");
    for (int markers = 0; markers < 3; ++markers) world_.deliver_total('A');
    world_.leave('D', {"g"});
    world_.pass(std::chrono::milliseconds{20});
    world_.hear('A', "D", kControlGroup);
    world_.order();
    world_.settle();
  }
  static LightGroupsConfig single() {
    LightGroupsConfig config;
    config.policy.kind = MapperPolicy::Kind::single;
    return config;
  }
  LwgWorld world_{single()};
};

TEST_F(LwgTotalLeaver, IsWaitedForInWhatItHasMarked) {
  leave();
  EXPECT_THAT(world_.history('A', "g"), ElementsAre("D1", "view ABDC +C", "view ABC"));
  EXPECT_EQ(world_.history('A', "g"), world_.history('B', "g"));
  EXPECT_THAT(world_.violations(), IsEmpty());
}

TEST_F(LwgTotal, AMessageHasItsPlaceOnceItIsDelivered) {
  EXPECT_EQ(world_.groups('A').ordered(), 1U);
  EXPECT_EQ(world_.groups('A').placed(), 0U);
  world_.settle();
  EXPECT_EQ(world_.groups('A').placed(), 1U);
}

TEST_F(LwgTotal, WhatIsGivenBackIsCountedAnew) {
  world_.change({"AB", "C"});
  world_.settle();
  EXPECT_EQ(world_.groups('A').placed(), world_.groups('A').ordered());
}

TEST_F(LwgTotal, WhatTheControlViewGivesBackGoesOut) {
  world_.change({"AB", "C"});
  world_.settle();
  world_.send('A', "g");
  world_.change({"ABC"});
  EXPECT_THAT(world_.violations(), IsEmpty());
}

#if defined(HAWSER_FAULTS)

class LwgTotalFaults : public LwgTotalLeave {
 protected:
  void TearDown() override { fault::active().clear(); }
};

TEST_F(LwgTotalFaults, MarkersInFifoOrderAreCaught) {
  fault::active() = "lwg_total_marked_in_fifo";
  world_.join('C', {"g"});
  EXPECT_THAT(world_.violations(), testing::Not(IsEmpty()));
}

TEST_F(LwgTotalFaults, LeavingWithoutAPlaceIsCaught) {
  fault::active() = "lwg_leaves_before_its_place";
  leave();
  EXPECT_THAT(world_.history('A', "g"), ElementsAre("A1", "view A"));
}

class LwgTotalLeaverFaults : public LwgTotalLeaver {
 protected:
  void TearDown() override { fault::active().clear(); }
};

TEST_F(LwgTotalLeaverFaults, NotWaitingForItIsCaught) {
  fault::active() = "lwg_leaver_not_waited_for";
  leave();
  EXPECT_THAT(world_.history('A', "g"), ElementsAre("view ABDC +C", "view ABC"));
}

#endif

}  // namespace
}  // namespace hawser::test
