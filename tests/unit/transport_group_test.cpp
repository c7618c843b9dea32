// NativeGroups under agreements whose targets the test dictates.
#include "tests/unit/groups_world.hpp"
#include "transport/membership/view_agreement.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class GroupTest : public GroupsWorld {
 protected:
  GroupTest() {
    for (const char name : {'A', 'B', 'C'}) {
      auto agreement = std::make_unique<ViewAgreement>(node_id(name));
      agreements_[name] = agreement.get();
      add(name, std::move(agreement));
    }
  }
  void target(std::string_view names, std::string_view of) {
    for (const char name : of) {
      group(name).on_membership(agreements_.at(name)->on_target(node_ids(names), now_), now_, out(name));
    }
  }
  /// All of `names` get into a view with each other.
  void settle(std::string_view names) {
    target(names, names);
    run_for(milliseconds{50});
    for (const char name : names) ASSERT_EQ(names_of(group(name).view().members), names);
  }

 private:
  void on_proposal(char to, const NodeId& from, wire::Proposal proposal) override {
    ViewAgreement& agreement = *agreements_.at(to);
    if (agreement.is_straggler(from, proposal)) group(to).say_change(Destination::to_node(from.endpoint), out(to));
    group(to).on_membership(agreement.on_proposal(from, std::move(proposal), now_), now_, out(to));
  }
  std::map<char, ViewAgreement*> agreements_;
};

bool is_data(ByteView datagram) { return !frames_in<wire::Data>(datagram).empty(); }

TEST_F(GroupTest, MulticastsReachAllMembers) {
  settle("ABC");
  forget_history();
  multicast('B', "m");
  exchange();
  for (const char name : {'A', 'B', 'C'}) EXPECT_THAT(history(name), ElementsAre("B: m")) << name;
}

TEST_F(GroupTest, NothingGoesOutBeforeTheFirstView) {
  multicast('A', "m");
  exchange();
  EXPECT_EQ(counters('A').packets_sent, 0U);
  settle("AB");
  EXPECT_THAT(history('B'), ElementsAre("view AB from B", "A: m"));
}

// Nobody speaks afterwards, so the sequencer must not wait for another input to say whose turn it is.
TEST_F(GroupTest, TheSequencersOwnMessagesAreOrderedByTheFlushThatSendsThem) {
  settle("AB");
  forget_history();
  flushes_ = false;
  multicast('A', "m", Order::total);  // and one flush
  exchange();
  EXPECT_THAT(history('A'), ElementsAre("A: m"));
  EXPECT_THAT(history('B'), ElementsAre("A: m"));
}

// ---- Between the sync message and the view ----

TEST_F(GroupTest, NothingIsSentWhileAChangeIsOn) {
  settle("ABC");
  const auto sent = counters('A').packets_sent;
  target("AB", "A");
  multicast('A', "m");
  EXPECT_EQ(counters('A').packets_sent, sent);
  target("AB", "B");
  run_for(milliseconds{10});
  EXPECT_EQ(counters('A').packets_sent, sent + 1);
}

TEST_F(GroupTest, NothingIsDeliveredBeyondTheAnnouncedCutUntilTheViewIsKnown) {
  settle("ABC");
  forget_history();
  target("AB", "B");  // B freezes.
  lost_ = [](char from, char, ByteView datagram) { return from == 'B' && !is_data(datagram); };
  multicast('A', "m");
  exchange();
  EXPECT_THAT(history('B'), IsEmpty());
  EXPECT_THAT(history('C'), ElementsAre("A: m"));
  lost_ = [](char, char, ByteView) { return false; };
  target("AB", "A");
  run_for(milliseconds{50});
  EXPECT_THAT(history('B'), ElementsAre("A: m", "view AB from AB"));
}

// ---- Packets that a member of a former view still needs ----

TEST_F(GroupTest, PacketsOfTheFormerViewAreRepairedToo) {
  settle("ABC");
  forget_history();
  lost_ = [](char from, char to, ByteView datagram) { return from == 'A' && to == 'B' && is_data(datagram); };
  multicast('A', "m");
  exchange();
  target("AC", "AC");  // Both leave B's view,
  target("ABC", "AC");
  target("ABC", "B");
  target("AB", "B");
  target("ABC", "B");
  exchange();
  lost_ = [](char, char, ByteView) { return false; };
  run_for(milliseconds{100});
  EXPECT_EQ(history('B'), history('A')) << "and B still gets what it lacks of it";
  EXPECT_EQ(history('B').front(), "A: m");
  EXPECT_EQ(history('B').back(), "view ABC from ABC");
}

// ---- Overtaken ----

// A and C are in the view. B is not yet: it lacks a packet. Then C's picture flickers, so that C and, following it, A
// propose anew, while B's own wish never changes. B can have all it needs from A.
TEST_F(GroupTest, WhoIsStillBusyWithAViewIsHelpedWhenOthersMoveOn) {
  settle("ABC");
  forget_history();
  lost_ = [](char, char to, ByteView datagram) { return to == 'B' && is_data(datagram); };
  multicast('A', "m");
  exchange();
  target("BC", "B");
  target("ABC", "B");  // B freezes and proposes; the others follow.
  exchange();
  ASSERT_EQ(history('A').back(), "view ABC from ABC");
  ASSERT_THAT(history('B'), IsEmpty());
  target("AC", "C");
  target("ABC", "C");
  exchange();
  lost_ = [](char, char, ByteView) { return false; };
  run_for(kCompletionPatience / 2);
  EXPECT_EQ(history('B'), history('A'));
  EXPECT_EQ(history('A').back(), "view ABC from ABC") << "and they have moved together";
  EXPECT_EQ(counters('B').views_skipped, 0U);
}

// ---- Bounds ----

// Senders take turns packet by packet, and the sequencer gets no pause in which to say what it heard.
TEST_F(GroupTest, ALongListOfTurnsGoesOutInSeveralRecords) {
  settle("ABC");
  forget_history();
  flushes_ = false;
  for (int i = 0; i < 1500; ++i) {
    multicast(i % 2 == 0 ? 'B' : 'C', std::to_string(i), Order::total);
    exchange();
    if (i % 20 == 19) {  // so that there is credit
      for (const char name : {'A', 'B', 'C'}) group(name).send_acks(out(name));
    }
  }
  flush('A');
  run_for(milliseconds{100});
  EXPECT_THAT(history('B'), SizeIs(1500));
  EXPECT_EQ(history('A'), history('B'));
}

// A request may name a range that was forgotten long ago; looking through it must not take for ever.
TEST_F(GroupTest, ARequestForAWholeStreamIsAnsweredFromWhatIsHeld) {
  settle("AB");
  multicast('A', "one");
  exchange();
  for (const char name : {'A', 'B', 'A'}) {
    group(name).send_acks(out(name));
    exchange();
  }
  multicast('A', "two");
  exchange();
  const wire::Nak nak{{}, group('A').view().id, 0, {{{1}, {UINT64_MAX}}}};
  group('A').on_nak(node_id('B'), nak, now_, out('A'));
  EXPECT_EQ(counters('A').packets_repaired, 1U);
}

TEST_F(GroupTest, ARepairHasABound) {
  settle("AB");
  group('A').set_credit(1U << 20U);
  lost_ = [](char, char, ByteView) { return true; };
  for (int i = 0; i < 300; ++i) multicast('A', "m");
  const wire::Nak nak{{}, group('A').view().id, 0, {{{1}, {300}}}};
  group('A').on_nak(node_id('B'), nak, now_, out('A'));
  EXPECT_EQ(counters('A').packets_repaired, kRepairsPerNakMax);
}

// ---- Words that can't be ----

TEST_F(GroupTest, AcknowledgementsOfWhatWasNeverSentAreIgnored) {
  settle("AB");
  lost_ = [](char, char, ByteView) { return true; };
  multicast('A', "m");
  for (const auto& received : {seqnos({2, 0}), seqnos({1}), seqnos({1, 0, 0}), seqnos({})}) {
    group('A').on_ack(node_id('B'), {{}, group('A').view().id, {}, 0, false, received, {}}, now_, out('A'));
    EXPECT_EQ(group('A').control().stable(), 0U);
  }
  group('A').on_ack(node_id('C'), {{}, group('A').view().id, {}, 0, false, seqnos({1, 0}), {}}, now_, out('A'));
  EXPECT_EQ(group('A').control().stable(), 0U) << "C is not in the view";
  group('A').on_ack(node_id('B'), {{}, group('A').view().id, {}, 0, false, seqnos({1, 0}), {}}, now_, out('A'));
  EXPECT_EQ(group('A').control().stable(), 1U);
}

TEST_F(GroupTest, DataOfNoMemberIsIgnored) {
  settle("AB");
  forget_history();
  const Slice records = slice_of("\x00\x01m");
  group('A').on_data({{}, group('A').view().id, 2, {1}, {}, records.bytes()}, records, now_, out('A'));
  group('A').on_data({{}, group('A').view().id, 0, {1}, {}, records.bytes()}, records, now_, out('A'));  // its own
  exchange();
  EXPECT_THAT(history('A'), IsEmpty());
}

TEST_F(GroupTest, EarlyPacketsHaveABound) {
  settle("AB");
  const ViewId later{group('A').view().id.epoch + 1, 0};
  for (std::uint64_t seqno = 1; seqno <= 2 * kEarlyPacketsMax; ++seqno) {
    const Slice records = slice_of("m");
    group('A').on_data({{}, later, 0, {seqno}, {}, records.bytes()}, records, now_, out('A'));
  }
  multicast('B', "still there");
  exchange();
  EXPECT_EQ(history('A').back(), "B: still there");
}

}  // namespace
}  // namespace hawser
