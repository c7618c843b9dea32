#include "transport/membership/failure_detector.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;

const NodeId kA = node_id('A');
const NodeId kB = node_id('B');
const NodeId kC = node_id('C');

class FailureDetectorTest : public testing::Test {
 protected:
  /// Heartbeats of A, each `distance` after the last; returns when the last one came.
  Time heartbeats(Time from, int count, Duration distance) {
    Time now = from;
    for (int i = 0; i < count; ++i) {
      now += distance;
      detector_.on_heard(kA, now);
      detector_.on_heartbeat(kA, now);
    }
    return now;
  }
  void hear_long_before(const NodeId& node) { detector_.on_heard(node, kStart - kLateRefusals); }
  /// How long A may be silent now.
  [[nodiscard]] Duration timeout_after(Time last) const { return detector_.next_deadline() - last; }

  const FailureDetectorTimes times_;
  FailureDetector detector_{times_};
};

TEST_F(FailureDetectorTest, ANodeIsAliveFromItsFirstDatagram) {
  EXPECT_FALSE(detector_.is_alive(kA));
  EXPECT_TRUE(detector_.on_heard(kA, kStart));
  EXPECT_TRUE(detector_.is_alive(kA));
  EXPECT_FALSE(detector_.on_heard(kA, kStart)) << "news only once";
}

TEST_F(FailureDetectorTest, ASilentNodeIsNoLongerAlive) {
  detector_.on_heard(kA, kStart);
  detector_.on_heard(kB, kStart + milliseconds{100});
  EXPECT_EQ(detector_.next_deadline(), kStart + times_.silence_timeout);
  EXPECT_THAT(detector_.on_timeout(kStart + times_.silence_timeout - Duration{1}), IsEmpty());
  EXPECT_THAT(detector_.on_timeout(kStart + times_.silence_timeout), ElementsAre(kA));
  EXPECT_THAT(detector_.alive(), ElementsAre(kB));
}

TEST_F(FailureDetectorTest, AnyDatagramBreaksTheSilence) {
  detector_.on_heard(kA, kStart);
  const Time soon = kStart + times_.silence_timeout - milliseconds{1};
  detector_.on_heard(kA, soon);
  EXPECT_THAT(detector_.on_timeout(soon + times_.silence_timeout - milliseconds{1}), IsEmpty());
}

TEST_F(FailureDetectorTest, SilenceIsNotForGood) {
  detector_.on_heard(kA, kStart);
  detector_.on_timeout(kStart + seconds{1});
  EXPECT_FALSE(detector_.is_dead(kA));
  EXPECT_TRUE(detector_.on_heard(kA, kStart + seconds{2}));
}

TEST_F(FailureDetectorTest, NothingIsDueWithoutPeers) {
  EXPECT_EQ(detector_.next_deadline(), kNever);
  EXPECT_THAT(detector_.on_timeout(kStart), IsEmpty());
}

// ---- The timeout adapts ----

TEST_F(FailureDetectorTest, RegularHeartbeatsKeepTheShortestTimeout) {
  const Time last = heartbeats(kStart, 100, times_.heartbeat_interval);
  EXPECT_EQ(timeout_after(last), times_.silence_timeout);
}

TEST_F(FailureDetectorTest, SlowHeartbeatsMakeItPatient) {
  const Time last = heartbeats(kStart, 100, milliseconds{150});
  EXPECT_GT(timeout_after(last), milliseconds{590});
  EXPECT_LT(timeout_after(last), milliseconds{650});
}

TEST_F(FailureDetectorTest, JitterMakesItMorePatientThanTheMeanAlone) {
  Time last = kStart;
  for (int i = 0; i < 100; ++i) last = heartbeats(last, 1, i % 2 == 0 ? milliseconds{1} : milliseconds{99});
  EXPECT_GT(timeout_after(last), milliseconds{500});
}

TEST_F(FailureDetectorTest, PatienceHasABound) {
  const Time last = heartbeats(kStart, 100, seconds{1});
  EXPECT_EQ(timeout_after(last), times_.silence_timeout * 4);
}

TEST_F(FailureDetectorTest, PatienceIsLostAgain) {
  Time last = heartbeats(kStart, 20, milliseconds{300});
  last = heartbeats(last, 100, times_.heartbeat_interval);
  EXPECT_EQ(timeout_after(last), times_.silence_timeout);
}

// ---- Evidence ----

TEST_F(FailureDetectorTest, EvidenceIsForGood) {
  detector_.on_heard(kA, kStart);
  EXPECT_TRUE(detector_.on_evidence(kA));
  EXPECT_FALSE(detector_.on_evidence(kA)) << "news only once";
  EXPECT_TRUE(detector_.is_dead(kA));
  EXPECT_FALSE(detector_.on_heard(kA, kStart));
  EXPECT_FALSE(detector_.is_alive(kA));
}

TEST_F(FailureDetectorTest, EvidenceBeforeTheFirstDatagramCountsToo) {
  EXPECT_FALSE(detector_.on_evidence(kA));
  EXPECT_FALSE(detector_.on_heard(kA, kStart));
}

TEST_F(FailureDetectorTest, EvidenceIsAboutOneLife) {
  detector_.on_evidence(kA);
  EXPECT_TRUE(detector_.on_heard({{999}, kA.endpoint}, kStart));
}

// Short-lived processes come and go by the thousand; a late datagram must not bring back one that has just gone.
TEST_F(FailureDetectorTest, TheLatestEvidenceIsKept) {
  for (std::uint64_t i = 0; i < 2 * kDeadNodesMax; ++i) detector_.on_evidence({{1000000 + i}, {}});
  for (const NodeId& node : {kA, kB, kC}) detector_.on_evidence(node);
  for (const NodeId& node : {kA, kB, kC}) EXPECT_TRUE(detector_.is_dead(node)) << name_of(node);
  EXPECT_FALSE(detector_.is_dead({{1000000}, {}})) << "and the memory of it has a bound";
}

// ---- ICMP ----

TEST_F(FailureDetectorTest, UnreachableCountsTheSecondTime) {
  hear_long_before(kA);
  hear_long_before(kB);
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart), std::nullopt);
  EXPECT_TRUE(detector_.is_alive(kA));
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart + milliseconds{999}), kA);
  EXPECT_TRUE(detector_.is_dead(kA));
  EXPECT_TRUE(detector_.is_alive(kB));
}

TEST_F(FailureDetectorTest, UnreachableLongAgoDoesNotCount) {
  hear_long_before(kA);
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart), std::nullopt);
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart + seconds{1}), std::nullopt);
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart + milliseconds{1001}), kA);
}

// It may be meant for a process that had the same port before.
TEST_F(FailureDetectorTest, UnreachableDoesNotCountAgainstWhoIsNew) {
  detector_.on_heard(kA, kStart);
  const Time soon = kStart + kLateRefusals - milliseconds{1};
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, soon), std::nullopt);
  EXPECT_FALSE(detector_.is_doubted(kA.endpoint));
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, soon), std::nullopt);
  EXPECT_TRUE(detector_.is_alive(kA));
}

TEST_F(FailureDetectorTest, WhileThisNodeCouldNotHearNobodyWasSilent) {
  const Time now = kStart + times_.silence_timeout;
  detector_.on_heard(kA, kStart);
  detector_.on_heard(kB, now - milliseconds{50});
  detector_.forgive(milliseconds{200}, now);
  EXPECT_THAT(detector_.on_timeout(now + milliseconds{199}), IsEmpty());
  EXPECT_THAT(detector_.on_timeout(now + milliseconds{200}), ElementsAre(kA));
  EXPECT_THAT(detector_.on_timeout(now + times_.silence_timeout), ElementsAre(kB)) << "not heard in the future";
}

TEST_F(FailureDetectorTest, ADatagramRefutesUnreachable) {
  hear_long_before(kA);
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart), std::nullopt);
  detector_.on_heard(kA, kStart + milliseconds{1});
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart + milliseconds{2}), std::nullopt);
}

TEST_F(FailureDetectorTest, UnreachableStrangersAreNoNews) {
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart), std::nullopt);
  EXPECT_EQ(detector_.on_unreachable(kA.endpoint, kStart), std::nullopt);
}

// ---- The whole picture ----

TEST_F(FailureDetectorTest, ForgetsAllAndSaysWhomItKnew) {
  detector_.on_heard(kB, kStart);
  detector_.on_heard(kA, kStart);
  EXPECT_THAT(detector_.forget_all(), ElementsAre(kA, kB));
  EXPECT_THAT(detector_.alive(), IsEmpty());
  EXPECT_FALSE(detector_.is_dead(kA));
}

TEST_F(FailureDetectorTest, SuccessorsMakeARing) {
  EXPECT_EQ(detector_.successor(kB), std::nullopt);
  detector_.on_heard(kA, kStart);
  EXPECT_EQ(detector_.successor(kB), kA);
  detector_.on_heard(kC, kStart);
  EXPECT_EQ(detector_.successor(kB), kC);
  EXPECT_EQ(detector_.successor(node_id('D')), kA);
}

}  // namespace
}  // namespace hawser
