#include "tests/sim/event_queue.hpp"

#include <gtest/gtest.h>

#include "transport/core/rng.hpp"

namespace hawser::sim {
namespace {

TEST(SimEventQueue, TheEarliestEventComesFirst) {
  EventQueue queue;
  Rng rng{1};
  for (int i = 0; i < 1000; ++i) queue.schedule(Instant{rng.between(Duration{0}, Duration{500})}, Event::Kind::wake, 0);

  Instant last{};
  for (int i = 0; i < 1000; ++i) {
    const Event event = queue.pop();
    EXPECT_GE(event.at, last);
    last = event.at;
  }
  EXPECT_EQ(queue.next_at(), kNeverHappens);
}

TEST(SimEventQueue, EventsOfOneInstantComeInTheOrderInWhichTheyWereScheduled) {
  EventQueue queue;
  for (Site site = 0; site < 100; ++site) queue.schedule(Instant{Duration{7}}, Event::Kind::wake, site);

  for (Site site = 0; site < 100; ++site) EXPECT_EQ(queue.pop().site, site);
}

}  // namespace
}  // namespace hawser::sim
