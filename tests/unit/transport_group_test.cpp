// NativeGroups under a membership that the test dictates.
#include <deque>
#include <memory>

#include "tests/unit/transport_helpers.hpp"
#include "transport/native_groups.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Groups that hear each other at once, in virtual time that moves only when the test says so.
class GroupTest : public testing::Test {
 protected:
  struct Member {
    explicit Member(char name)
        : packer(0xd0, node_id(name).incarnation, 1472),
          group(node_id(name), {}, packer, Rng{static_cast<std::uint64_t>(name)}) {}
    wire::Packer packer;
    NativeGroups group;
    Outbox out;
    std::deque<std::pair<char, Buffer>> inbox;
    std::vector<std::string> history;
    View view;
  };

  NativeGroups& group(char name) { return members_.at(name)->group; }
  Outbox& out(char name) { return members_.at(name)->out; }
  const std::vector<std::string>& history(char name) { return members_.at(name)->history; }
  [[nodiscard]] const GroupCounters& counters(char name) { return group(name).counters(); }

  void target(std::string_view names, std::string_view of) {
    for (const char name : of) group(name).on_target(node_ids(names), now_, out(name));
  }
  void multicast(char name, std::string_view text, Order order = Order::fifo) {
    const ByteView part = bytes_of(text);
    EXPECT_TRUE(group(name).control().multicast(order, std::span{&part, 1}, now_, out(name)));
    flush(name);
  }
  void flush(char name) { group(name).flush(now_, out(name)); }

  /// Everything that is said reaches everybody it is for, until nobody has anything to say.
  void exchange() {
    for (bool quiet = false; !quiet;) {
      quiet = true;
      for (auto& [name, member] : members_) send(name, *member);
      for (auto& [name, member] : members_) {
        while (!member->inbox.empty()) {
          quiet = false;
          const auto [from, datagram] = member->inbox.front();
          member->inbox.pop_front();
          receive(name, from, datagram);
        }
        if (flushes_) flush(name);
      }
    }
  }
  void run_for(Duration time) {
    const Time until = now_ + time;
    for (;;) {
      exchange();
      Time next = kNever;
      for (auto& [name, member] : members_) next = std::min(next, member->group.next_deadline());
      if (next > until) break;
      now_ = std::max(now_, next);
      for (auto& [name, member] : members_) member->group.on_timeout(now_, member->out);
    }
    now_ = until;
  }
  /// All of `names` get into a view with each other.
  void settle(std::string_view names) {
    target(names, names);
    run_for(milliseconds{50});
    for (const char name : names) ASSERT_EQ(names_of(group(name).view().members), names);
  }
  void forget_history() {
    for (auto& [name, member] : members_) member->history.clear();
  }

  Time now_ = kStart;
  bool flushes_ = true;
  /// What is lost: from, to, the datagram.
  std::function<bool(char, char, ByteView)> lost_ = [](char, char, ByteView) { return false; };

 private:
  void send(char from, Member& member) {
    for (const auto* list : {&member.out.control, &member.out.data}) {
      for (const OutboundDatagram& datagram : *list) {
        for (auto& [to, other] : members_) {
          const bool meant =
              datagram.destination.multicast ? to != from : datagram.destination.endpoint == node_id(to).endpoint;
          if (meant && !lost_(from, to, datagram.bytes.bytes())) other->inbox.emplace_back(from, datagram.bytes);
        }
      }
    }
    const std::vector<GroupEvent> events = std::exchange(member.out.events, {});
    member.out = {};
    for (const GroupEvent& event : events) note(member, event);
    for (const UnsentMessage& message : member.group.resume(member.view.id)) {
      const ByteView part = message.payload.bytes();
      EXPECT_TRUE(member.group.control().multicast(message.order, std::span{&part, 1}, now_, member.out));
    }
  }
  static void note(Member& member, const GroupEvent& event) {
    if (const auto* installed = std::get_if<ViewInstalled>(&event)) {
      member.view = installed->view;
      member.history.push_back("view " + names_of(installed->view.members) + " from " +
                               names_of(installed->transitional));
    } else if (const auto* message = std::get_if<Delivered>(&event)) {
      member.history.push_back(names_of({member.view.members.at(message->sender)}) + ": " + text_of(message->payload));
    }
  }
  void receive(char to, char from, const Buffer& datagram) {
    NativeGroups& group = members_.at(to)->group;
    Outbox& out = members_.at(to)->out;
    const NodeId sender = node_id(from);
    Reader reader{datagram.bytes().subspan(wire::kHeaderBytes)};
    while (const auto raw = wire::next_frame(reader)) {
      const ByteView body = raw->body;
      if (auto proposal = wire::decode_body<wire::Proposal>(body); raw->type == wire::FrameType::proposal) {
        group.on_proposal(sender, *proposal, now_, out);
      } else if (auto sync = wire::decode_body<wire::Sync>(body); raw->type == wire::FrameType::sync) {
        group.on_sync(sender, *sync, now_, out);
      } else if (auto done = wire::decode_body<wire::Completion>(body); raw->type == wire::FrameType::completion) {
        group.on_completion(sender, *done);
      } else if (auto relay = wire::decode_body<wire::RelayedSync>(body); raw->type == wire::FrameType::relayed_sync) {
        group.on_relayed_sync(*relay, now_, out);
      } else if (auto data = wire::decode_body<wire::Data>(body); raw->type == wire::FrameType::data) {
        group.on_data(*data, Slice{datagram, data->records}, now_, out);
      } else if (auto nak = wire::decode_body<wire::Nak>(body); raw->type == wire::FrameType::nak) {
        group.on_nak(sender, *nak, now_, out);
      } else if (auto ack = wire::decode_body<wire::Ack>(body); raw->type == wire::FrameType::ack) {
        group.on_ack(sender, *ack, now_, out);
      }
    }
  }

  static std::unique_ptr<Member> member(char name) { return std::make_unique<Member>(name); }
  std::map<char, std::unique_ptr<Member>> members_ = [] {
    std::map<char, std::unique_ptr<Member>> members;
    for (const char name : {'A', 'B', 'C'}) members[name] = member(name);
    return members;
  }();
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
  group('B').on_target(node_ids("AB"), now_, out('B'));
  group('B').on_target(node_ids("ABC"), now_, out('B'));
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
    group('A').on_ack(node_id('B'), {{}, group('A').view().id, {}, 0, received}, now_, out('A'));
    EXPECT_EQ(group('A').control().stable(), 0U);
  }
  group('A').on_ack(node_id('C'), {{}, group('A').view().id, {}, 0, seqnos({1, 0})}, now_, out('A'));
  EXPECT_EQ(group('A').control().stable(), 0U) << "C is not in the view";
  group('A').on_ack(node_id('B'), {{}, group('A').view().id, {}, 0, seqnos({1, 0})}, now_, out('A'));
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
