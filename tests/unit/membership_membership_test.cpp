#include "transport/membership/membership.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class MembershipTest : public testing::Test {
 protected:
  MembershipTest() { membership_.on_start(now_); }

  /// `name` says that it hears `heard`.
  void heartbeat(char name, std::string_view heard) {
    membership_.on_heard(node_id(name), now_);
    membership_.on_heartbeat(node_id(name), {incarnations(heard)}, now_);
  }
  /// As a node's driver does after each input.
  void step() {
    membership_.on_timeout(now_, out_);
    target_changed_ = membership_.update_target(now_);
  }
  /// Serves every deadline until `until`. Each must lie ahead of the last, or a driver would never sleep.
  void run_until(Time until) {
    step();
    while (membership_.next_deadline() <= until) {
      ASSERT_GT(membership_.next_deadline(), now_) << "a deadline that was served did not move";
      now_ = membership_.next_deadline();
      step();
    }
    now_ = until;
  }
  [[nodiscard]] std::string target() const { return names_of(membership_.target()); }
  [[nodiscard]] std::vector<std::pair<char, PeerFailed::Cause>> failures() const {
    std::vector<std::pair<char, PeerFailed::Cause>> all;
    for (const GroupEvent& event : out_.events) {
      if (const auto* failed = std::get_if<PeerFailed>(&event)) all.emplace_back(name_of(failed->node), failed->cause);
    }
    return all;
  }
  void enter(std::string_view others) {
    for (const char name : others) heartbeat(name, "A" + std::string(others));
    run_until(now_ + kGrowDelay);
  }

  Time now_ = kStart;
  wire::Packer packer_{0xd0, node_id('A').incarnation, 1472};
  MembershipConfig config_{node_id('A'), {1, 2, 3, 200000}, {}, milliseconds{150}};
  const Duration silence_ = config_.times.silence_timeout;
  Membership membership_{config_, packer_};
  Outbox out_;
  bool target_changed_ = false;
};

// ---- Coming together ----

TEST_F(MembershipTest, ListensBeforeItStandsAlone) {
  run_until(kStart + milliseconds{149});
  EXPECT_THAT(membership_.target(), IsEmpty());
  run_until(kStart + milliseconds{150});
  EXPECT_EQ(target(), "A");
}

// They will take it in as soon as they hear it.
TEST_F(MembershipTest, WhoHearsOthersDoesNotFoundAViewBesideTheirs) {
  run_until(kStart + milliseconds{100});
  heartbeat('B', "C");
  heartbeat('C', "B");
  run_until(kStart + milliseconds{300});
  EXPECT_THAT(membership_.target(), IsEmpty());
  heartbeat('B', "AC");
  heartbeat('C', "AB");
  run_until(kStart + milliseconds{320});
  EXPECT_EQ(target(), "ABC");
}

TEST_F(MembershipTest, WhoIsNeverHeardStandsAloneInTheEnd) {
  const Time end = kStart + kSilencesBeforeParting * silence_;
  for (Time at = kStart + milliseconds{50}; at < end; at += milliseconds{50}) {
    run_until(at);
    heartbeat('B', "");
  }
  run_until(end - milliseconds{1});
  EXPECT_THAT(membership_.target(), IsEmpty());
  run_until(end);
  EXPECT_EQ(target(), "A");
}

TEST_F(MembershipTest, NobodyIsSilentWhileDatagramsWait) {
  enter("B");
  membership_.set_backlog(true, now_);
  run_until(now_ + seconds{2});
  EXPECT_EQ(target(), "AB");
  membership_.set_backlog(false, now_);
  run_until(now_ + silence_ * 3 / 4);
  EXPECT_EQ(target(), "AB") << "that time does not count";
  run_until(now_ + silence_ / 2);
  EXPECT_EQ(target(), "A");
}

TEST_F(MembershipTest, NewcomersComeTogether) {
  heartbeat('B', "A");
  step();
  EXPECT_EQ(target(), "") << "others may be on their way";
  now_ += milliseconds{10};
  heartbeat('C', "AB");
  heartbeat('B', "AC");
  step();
  EXPECT_EQ(target(), "");
  run_until(kStart + kGrowDelay);
  EXPECT_TRUE(target_changed_);
  EXPECT_EQ(target(), "ABC");
  EXPECT_FALSE(membership_.update_target(now_)) << "news only once";
}

TEST_F(MembershipTest, ANewcomerIsLetInOnlyOnceItHearsUs) {
  run_until(kStart + milliseconds{200});
  heartbeat('B', "");
  run_until(kStart + milliseconds{300});
  EXPECT_EQ(target(), "A");
  heartbeat('B', "A");
  run_until(kStart + milliseconds{320});
  EXPECT_EQ(target(), "AB");
}

TEST_F(MembershipTest, EveryDeadlineMovesOnWhenNewcomersComeAtTheEndOfListening) {
  run_until(kStart + milliseconds{149});
  heartbeat('B', "A");
  run_until(kStart + milliseconds{300});
  EXPECT_EQ(target(), "AB");
}

TEST_F(MembershipTest, EveryDeadlineMovesOnWhenListeningEndsInCompany) {
  enter("B");
  EXPECT_EQ(target(), "AB");
  run_until(kStart + milliseconds{300});
}

TEST_F(MembershipTest, EveryDeadlineMovesOnWhenANewcomerGoesAtOnce) {
  heartbeat('B', "A");
  step();
  membership_.on_leave(node_id('B'), out_);
  run_until(kStart + milliseconds{300});
  EXPECT_EQ(target(), "A");
}

// A newcomer hears us one after the other. Whom it has not heard yet stands outside its clique for a moment.
TEST_F(MembershipTest, ANewcomerThatHearsAllButThisNodePartsItFromNobody) {
  enter("BC");
  heartbeat('D', "BC");
  heartbeat('B', "ACD");
  heartbeat('C', "ABD");
  step();
  EXPECT_EQ(target(), "ABC");
  heartbeat('D', "ABC");
  run_until(now_ + kGrowDelay);
  EXPECT_EQ(target(), "ABCD");
}

TEST_F(MembershipTest, ANewcomerThatNeverHearsThisNodePartsItInTheEnd) {
  enter("BC");
  const Time since = now_;
  const auto all_but_a = [&] {
    heartbeat('D', "BC");
    heartbeat('B', "ACD");
    heartbeat('C', "ABD");
  };
  all_but_a();
  run_until(since + silence_ - milliseconds{1});
  all_but_a();
  run_until(since + kSilencesBeforeParting * silence_ - milliseconds{1});
  all_but_a();
  EXPECT_EQ(target(), "ABC");
  run_until(since + kSilencesBeforeParting * silence_);
  EXPECT_EQ(target(), "A");
}

TEST_F(MembershipTest, APeersProposalEndsTheWaitForFurtherNewcomers) {
  enter("B");
  heartbeat('C', "AB");
  heartbeat('B', "AC");
  step();
  EXPECT_EQ(target(), "AB");
  EXPECT_FALSE(membership_.update_target(now_, {node_id('A'), node_id('C')})) << "this node sees others";
  EXPECT_TRUE(membership_.update_target(now_, {node_id('A'), node_id('B'), node_id('C')}));
  EXPECT_EQ(target(), "ABC");
}

// ---- Going ----

TEST_F(MembershipTest, EvidenceIsFollowedAtOnce) {
  enter("BC");
  const Time before = now_;
  out_ = {};
  membership_.on_process_exit(node_id('B'), out_);
  step();
  EXPECT_EQ(now_, before);
  EXPECT_EQ(target(), "AC");
  EXPECT_THAT(failures(), ElementsAre(std::pair{'B', PeerFailed::Cause::process_exit}));
  EXPECT_THAT(frames_in<wire::Heartbeat>(out_.control), ElementsAre(wire::Heartbeat{incarnations("C")}))
      << "and the others hear of it at once";
  EXPECT_THAT(membership_.take_gone(), ElementsAre(node_id('B')));
  EXPECT_THAT(membership_.take_gone(), IsEmpty());
}

TEST_F(MembershipTest, AnothersEvidenceIsFollowedToo) {
  enter("BC");
  heartbeat('C', "A");  // C has evidence against B.
  step();
  EXPECT_EQ(target(), "AC");
  EXPECT_THAT(failures(), IsEmpty()) << "A itself has none";
}

TEST_F(MembershipTest, AFarewellIsBelieved) {
  enter("B");
  membership_.on_leave(node_id('B'), out_);
  step();
  EXPECT_EQ(target(), "A");
  EXPECT_THAT(failures(), ElementsAre(std::pair{'B', PeerFailed::Cause::departed}));
  membership_.on_heard(node_id('B'), now_);
  run_until(now_ + milliseconds{100});
  EXPECT_EQ(target(), "A") << "late datagrams do not bring it back";
}

TEST_F(MembershipTest, UnreachableIsProbedBeforeItIsBelieved) {
  enter("B");
  run_until(now_ + kLateRefusals);
  out_ = {};
  membership_.on_unreachable(node_id('B').endpoint, now_, out_);
  step();
  ASSERT_THAT(out_.control, SizeIs(1));
  EXPECT_EQ(out_.control[0].destination, Destination::to_node(node_id('B').endpoint));
  EXPECT_THAT(frames_in<wire::Probe>(out_.control), SizeIs(1));
  EXPECT_EQ(target(), "AB");

  membership_.on_unreachable(node_id('B').endpoint, now_ + milliseconds{1}, out_);
  step();
  EXPECT_EQ(target(), "A");
  EXPECT_THAT(failures(), ElementsAre(std::pair{'B', PeerFailed::Cause::unreachable}));
}

TEST_F(MembershipTest, SilenceEndsInAFailureToo) {
  enter("B");
  run_until(now_ + milliseconds{500});
  EXPECT_EQ(target(), "A");
  EXPECT_THAT(failures(), ElementsAre(std::pair{'B', PeerFailed::Cause::silence}));
}

TEST_F(MembershipTest, AFenceForgetsEverybody) {
  enter("BC");
  membership_.on_fence(out_);
  step();
  EXPECT_EQ(target(), "A");
  EXPECT_THAT(failures(), SizeIs(2));
  heartbeat('B', "AC");
  heartbeat('C', "AB");
  run_until(now_ + kGrowDelay);
  EXPECT_EQ(target(), "ABC") << "and they come back";
}

TEST_F(MembershipTest, EvidenceAgainstItselfIsNotBelieved) {
  enter("B");
  membership_.on_process_exit(node_id('A'), out_);
  step();
  EXPECT_EQ(target(), "AB");
}

// ---- What it says ----

TEST_F(MembershipTest, HeartbeatsGoOutAtTheirInterval) {
  enter("B");
  out_ = {};
  for (int i = 0; i < 40; ++i) {
    now_ += config_.times.heartbeat_interval;
    heartbeat('B', "A");
    step();
  }
  EXPECT_THAT(frames_in<wire::Heartbeat>(out_.control), SizeIs(40));
  EXPECT_THAT(frames_in<wire::Beacon>(out_.control), SizeIs(40 / kHeartbeatsPerBeacon));
  EXPECT_THAT(frames_in<wire::Probe>(out_.control), SizeIs(40)) << "to the ring's successor";
}

TEST_F(MembershipTest, NewcomersAreToldAtOnceWhoWeAre) {
  run_until(kStart + milliseconds{160});
  out_ = {};
  membership_.on_heard(node_id('B'), now_);
  run_until(now_ + kHeartbeatDistanceMin);
  EXPECT_THAT(frames_in<wire::Beacon>(out_.control), ElementsAre(config_.beacon));
  EXPECT_THAT(frames_in<wire::Heartbeat>(out_.control), ElementsAre(wire::Heartbeat{incarnations("B")}));
}

// A crowd that comes at once must not make one heartbeat a newcomer.
TEST_F(MembershipTest, NewsKeepsItsDistance) {
  run_until(kStart + milliseconds{160});
  out_ = {};
  for (const char name : std::string_view{"BCDEFGHIJ"}) {
    membership_.on_heard(node_id(name), now_);
    step();
  }
  EXPECT_THAT(frames_in<wire::Heartbeat>(out_.control), SizeIs(1));
}

// An incarnation that seems to be in two places (a host with two addresses, or a forgery) must not make our heartbeats
// ones that everybody refuses.
TEST_F(MembershipTest, AHeartbeatNamesAnIncarnationOnce) {
  NodeId twin = node_id('B');
  ++twin.endpoint.port;
  membership_.on_heard(node_id('B'), now_);
  membership_.on_heard(twin, now_);
  run_until(now_ + milliseconds{50});
  EXPECT_FALSE(frames_in<wire::Heartbeat>(out_.control).empty());
}

// Whoever can send a datagram can claim an incarnation. A flood of claims may cost a view change, never the process.
TEST_F(MembershipTest, AFloodOfMadeUpNodesIsSurvived) {
  for (std::uint16_t i = 0; i < 10000; ++i) membership_.on_heard({{0x10000U + i}, {0x7f000001, i}}, now_);
  step();
  EXPECT_FALSE(frames_in<wire::Heartbeat>(out_.control).empty());
}

// ---- What others say ----

TEST_F(MembershipTest, TheSmallestReceiveBufferIsOfThoseThatLive) {
  EXPECT_EQ(membership_.smallest_receive_buffer(), 200000U);
  enter("BC");
  membership_.on_beacon(node_id('B'), {1, 2, 4, 100000});
  membership_.on_beacon(node_id('C'), {1, 2, 5, 300000});
  EXPECT_EQ(membership_.smallest_receive_buffer(), 100000U);
  EXPECT_THAT(membership_.beacons(), SizeIs(2));
  membership_.on_leave(node_id('B'), out_);
  EXPECT_EQ(membership_.smallest_receive_buffer(), 200000U);
  EXPECT_THAT(membership_.beacons(), SizeIs(1));
}

TEST_F(MembershipTest, TheWordOfTheDeadDoesNotCount) {
  membership_.on_process_exit(node_id('B'), out_);
  membership_.on_beacon(node_id('B'), {1, 2, 4, 1});
  heartbeat('B', "A");
  run_until(kStart + milliseconds{300});
  EXPECT_EQ(target(), "A");
  EXPECT_EQ(membership_.smallest_receive_buffer(), 200000U);
}

}  // namespace
}  // namespace hawser
