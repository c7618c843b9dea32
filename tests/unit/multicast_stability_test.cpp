#include "transport/multicast/stability.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;

TEST(Stability, IsWhatTheSlowestMemberHas) {
  Stability stability;
  stability.start_view(3);
  stability.on_ack(0, seqnos({5, 1, 2}));
  stability.on_ack(1, seqnos({4, 1, 2}));
  EXPECT_EQ(stability.stable(0), Seqno{0}) << "one has not spoken";
  stability.on_ack(2, seqnos({6, 0, 2}));
  EXPECT_EQ(stability.stable(0), Seqno{4});
  EXPECT_EQ(stability.stable(1), Seqno{0});
  EXPECT_EQ(stability.stable(2), Seqno{2});
}

TEST(Stability, LateAcknowledgementsAreHarmless) {
  Stability stability;
  stability.start_view(1);
  stability.on_ack(0, seqnos({5}));
  stability.on_ack(0, seqnos({3}));
  EXPECT_EQ(stability.stable(0), Seqno{5});
}

TEST(Stability, BeginsAnewInEveryView) {
  Stability stability;
  stability.start_view(1);
  stability.on_ack(0, seqnos({5}));
  stability.start_view(2);
  EXPECT_EQ(stability.stable(0), Seqno{0});
}

TEST(Stability, IsNothingBeforeTheFirstView) { EXPECT_EQ(Stability{}.stable(0), Seqno{0}); }

}  // namespace
}  // namespace hawser
