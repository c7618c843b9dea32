#include "transport/multicast/send_window.hpp"

#include "tests/unit/send_window_fixture.hpp"
#include "transport/core/limits.hpp"
#include "transport/multicast/fragments.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// ---- Packing ----

TEST_F(SendWindowTest, SmallMessagesShareAPacket) {
  for (const char* text : {"one", "", "three"}) append(text);
  EXPECT_FALSE(take(false)) << "there is room for more";
  EXPECT_THAT(take_all(), ElementsAre(ElementsAre("one", "", "three")));
}

TEST_F(SendWindowTest, AFullPacketGoesOutUnasked) {
  for (int i = 0; i < 3; ++i) append(long_text(40));
  const auto packet = take(false);
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->records, SizeIs(2));
  EXPECT_FALSE(take(false));
}

TEST_F(SendWindowTest, APacketSaysWhereItBelongs) {
  append("m");
  const auto packet = take();
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->data.group, GroupId{3});
  EXPECT_EQ(packet->data.view, (ViewId{7, 8}));
  EXPECT_EQ(packet->data.origin, 2);
  EXPECT_EQ(packet->data.seqno, Seqno{1});
  EXPECT_EQ(packet->data.stable, Seqno{0});
}

TEST_F(SendWindowTest, PacketsAreNumberedAndSayWhatIsStable) {
  append("one");
  take();
  append("two");
  EXPECT_EQ(take()->data.seqno, Seqno{2});
  window_.on_stable({2});
  append("three");
  const auto third = take();
  EXPECT_EQ(third->data.seqno, Seqno{3});
  EXPECT_EQ(third->data.stable, Seqno{2});
}

TEST_F(SendWindowTest, PartsAreJoined) {
  const std::vector<ByteView> parts{bytes_of("ha"), bytes_of(""), bytes_of("wse"), bytes_of("r")};
  EXPECT_TRUE(window_.append(RecordKind::fifo, parts));
  EXPECT_TRUE(window_.append(RecordKind::fifo, {}));
  EXPECT_THAT(take_all(), ElementsAre(ElementsAre("hawser", "")));
}

TEST_F(SendWindowTest, KindsGoAlong) {
  append("f");
  append("t", RecordKind::total);
  window_.append_internal(RecordKind::sequence, bytes_of("s"));
  take_all();
  EXPECT_THAT(kinds_, ElementsAre(RecordKind::fifo, RecordKind::total, RecordKind::sequence));
}

// ---- Pieces ----

TEST_F(SendWindowTest, AMessageLongerThanAPacketIsCut) {
  const std::string text = long_text(250);
  append(text);
  const auto packets = take_all();
  ASSERT_THAT(packets, SizeIs(3));
  EXPECT_THAT(packets[0], ElementsAre("first:" + text.substr(0, 91)));
  EXPECT_THAT(packets[1], ElementsAre("middle:" + text.substr(91, 91)));
  EXPECT_THAT(packets[2], ElementsAre("last:" + text.substr(182)));
}

TEST_F(SendWindowTest, ACutMessageBeginsAPacketAndMayShareItsLast) {
  append("before");
  append(long_text(120));
  append("after");
  const auto packets = take_all();
  ASSERT_THAT(packets, SizeIs(3));
  EXPECT_THAT(packets[0], ElementsAre("before"));
  EXPECT_THAT(packets[1], SizeIs(1));
  EXPECT_EQ(packets[2].back(), "after");
}

TEST_F(SendWindowTest, MessagesOfEveryLengthSurvive) {
  Reassembler reassembler;
  for (std::size_t bytes = 0; bytes < 5 * kRecordBytesMax; ++bytes) {
    const std::string text = long_text(bytes);
    const std::vector<ByteView> parts{bytes_of(text).first(bytes / 3), bytes_of(text).subspan(bytes / 3)};
    ASSERT_TRUE(window_.append(RecordKind::fifo, parts));
    std::vector<std::string> received;
    while (const auto packet = take()) {
      Reader reader{packet->data.records};
      while (const auto record = next_record(reader)) {
        if (record->piece == Piece::whole) {
          received.push_back(text_of(record->bytes));
        } else if (const auto message = reassembler.on_piece(*record)) {
          received.push_back(text_of(*message));
        }
      }
    }
    ASSERT_THAT(received, ElementsAre(text));
    window_.on_stable(window_.last_sent());
  }
}

// ---- Credit ----

TEST_F(SendWindowTest, PacketsWaitForCredit) {
  window_.set_credit(2000);  // Two packets of 200 bytes, with what a datagram costs a socket buffer beside them.
  for (int i = 0; i < 4; ++i) append(long_text(90));
  EXPECT_THAT(take_all(), SizeIs(2));
  EXPECT_TRUE(window_.has_waiting());
  EXPECT_TRUE(window_.has_unstable());
  window_.on_stable({1});
  EXPECT_THAT(take_all(), SizeIs(1));
  window_.on_stable({3});
  EXPECT_THAT(take_all(), SizeIs(1));
  window_.on_stable({4});
  EXPECT_FALSE(window_.has_unstable());
  EXPECT_FALSE(window_.has_waiting());
}

TEST_F(SendWindowTest, CreditComesBackBeforeAPacketIsStable) {
  window_.set_credit(2000);
  for (int i = 0; i < 4; ++i) append(long_text(90));
  EXPECT_THAT(take_all(), SizeIs(2));
  EXPECT_TRUE(window_.is_held_up());
  window_.on_credited({1});
  EXPECT_THAT(take_all(), SizeIs(1));
  window_.on_stable({1});  // That was free already.
  EXPECT_FALSE(take());
  window_.on_stable({3});
  EXPECT_THAT(take_all(), SizeIs(1));
  EXPECT_FALSE(window_.is_held_up());
}

TEST_F(SendWindowTest, PacketsThatAreNotStableAreBounded) {
  for (std::uint64_t i = 1; i <= kUnstablePacketsMax; ++i) {
    append("m");
    ASSERT_TRUE(take());
    window_.on_credited({i});
  }
  append("one more");
  EXPECT_FALSE(take());
  window_.on_stable({1});
  EXPECT_TRUE(take());
}

TEST_F(SendWindowTest, WhatIsFreeAlreadyIsNotCountedForAFormerView) {
  window_.set_credit(2000);
  for (int i = 0; i < 6; ++i) append(long_text(90));
  EXPECT_THAT(take_all(), SizeIs(2));
  window_.on_credited({2});
  window_.start_next_view({8, 9}, 1);
  EXPECT_THAT(take_all(), SizeIs(2));
  window_.on_former_stable();
  EXPECT_FALSE(take());
  window_.on_stable({2});
  EXPECT_THAT(take_all(), SizeIs(2));
}

TEST_F(SendWindowTest, OnePacketMayAlwaysGo) {
  window_.set_credit(1);
  append("one");
  append("two");
  EXPECT_THAT(take_all(), ElementsAre(ElementsAre("one", "two")));
  append("three");
  EXPECT_FALSE(take());
  window_.on_stable({1});
  EXPECT_TRUE(take());
}

TEST_F(SendWindowTest, SmallPacketsAreNotFree) {
  window_.set_credit(10000);
  int packets = 0;
  for (int i = 0; i < 100; ++i) {
    append("x");
    if (take()) ++packets;
  }
  EXPECT_THAT(packets, testing::AllOf(testing::Gt(5), testing::Lt(20)));
}

// What can't go out yet is packed on, so that it goes out in few packets later.
TEST_F(SendWindowTest, WhatWaitsForCreditIsPackedOn) {
  append("one");
  take();
  window_.set_credit(2 * (kOverhead + 5) + 768);  // Enough for two such packets' bytes, but not for two datagrams.
  append("two");
  EXPECT_FALSE(take());
  append("three");
  EXPECT_FALSE(take());
  window_.on_stable({1});
  EXPECT_THAT(take_all(), ElementsAre(ElementsAre("two", "three")));
}

TEST_F(SendWindowTest, TheCreditMayBeUsedToItsLastByte) {
  constexpr std::uint64_t kTwoDatagrams = 2 * (kOverhead + 5 + 768);
  append("one");
  take();
  window_.set_credit(kTwoDatagrams - 1);
  append("two");
  EXPECT_FALSE(take());
  window_.set_credit(kTwoDatagrams);
  EXPECT_TRUE(take());
}

TEST_F(SendWindowTest, TheQueueHasABound) {
  window_.set_credit(1);
  append("taken");
  take();
  int accepted = 0;
  while (try_append(long_text(90))) ASSERT_LT(++accepted, 100);
  const Status refused = try_append("one more");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::would_block);
  EXPECT_EQ(window_.accepted(), 1U + accepted);
  EXPECT_THAT(accepted, testing::AllOf(testing::Gt(8), testing::Lt(13)));

  window_.append_internal(RecordKind::sequence, bytes_of("others wait for it"));
  for (int i = 0; i < 3; ++i) {
    window_.on_stable(window_.last_sent());
    take();
  }
  append("one more");
}

TEST_F(SendWindowTest, AMessageBeyondTheLimitIsRefused) {
  const std::vector<std::byte> half(kMessageBytesMax / 2 + 1);
  const std::vector<ByteView> parts{half, half};
  const Status refused = window_.append(RecordKind::fifo, parts);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
  EXPECT_EQ(window_.accepted(), 0U);
  EXPECT_FALSE(window_.has_waiting());
}

// ---- What is known to be everywhere ----

TEST_F(SendWindowTest, AMessageIsStableWithItsLastPacket) {
  append("one");
  append(long_text(150));
  append("three");
  window_.append_internal(RecordKind::sequence, bytes_of("s"));
  EXPECT_EQ(window_.accepted(), 3U) << "the transport's own records do not count";
  EXPECT_THAT(take_all(), SizeIs(3));
  EXPECT_EQ(window_.stable_messages(), 0U);
  window_.on_stable({1});
  EXPECT_EQ(window_.stable_messages(), 1U);
  window_.on_stable({2});
  EXPECT_EQ(window_.stable_messages(), 1U) << "half of the second";
  window_.on_stable({3});
  EXPECT_EQ(window_.stable_messages(), 3U);
}

TEST_F(SendWindowTest, WhatWasSentBeforeAViewChangeIsSettledByIt) {
  append("one");
  take();
  append("two");
  window_.start_view({8, 8}, 0);
  EXPECT_EQ(window_.stable_messages(), 1U);
  EXPECT_FALSE(window_.has_unstable());
  EXPECT_EQ(window_.stable_seqno(), Seqno{0});
  EXPECT_THAT(take_all(), ElementsAre(ElementsAre("two")));
  window_.on_stable({1});
  EXPECT_EQ(window_.stable_messages(), 2U);
}

// ---- The next view ----

TEST_F(SendWindowTest, NumbersBeginAnewInEveryView) {
  append("one");
  take();
  window_.start_view({8, 9}, 1);
  append("two");
  const auto packet = take();
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->data.view, (ViewId{8, 9}));
  EXPECT_EQ(packet->data.origin, 1);
  EXPECT_EQ(packet->data.seqno, Seqno{1});
}

TEST_F(SendWindowTest, AnUnfinishedMessageStartsAnewInTheNextView) {
  append(long_text(250));
  append("after");
  std::vector<std::vector<std::string>> whole;
  for (std::size_t sent = 1; sent <= 2; ++sent) {  // One of three packets went out; in the view after that, two.
    for (std::size_t i = 0; i < sent; ++i) ASSERT_TRUE(take());
    EXPECT_EQ(window_.stable_messages(), 0U);
    window_.start_view({8 + sent, 8}, 0);
    EXPECT_EQ(window_.stable_messages(), 0U);
  }
  const auto packets = take_all();
  ASSERT_THAT(packets, SizeIs(3));
  EXPECT_THAT(packets[0].front(), testing::StartsWith("first:abc"));
  EXPECT_THAT(packets[1].front(), testing::StartsWith("middle:"));
  EXPECT_THAT(packets[2], ElementsAre(testing::StartsWith("last:"), "after"));
  window_.on_stable({3});
  EXPECT_EQ(window_.stable_messages(), 2U);
}

TEST_F(SendWindowTest, AFinishedMessageDoesNotStartAnew) {
  append(long_text(250));
  EXPECT_THAT(take_all(), SizeIs(3));
  window_.start_view({8, 8}, 0);
  EXPECT_THAT(take_all(), IsEmpty());
}

// Repairs of the old view may still be made from them.
TEST_F(SendWindowTest, PacketsOfTheOldViewKeepTheirBytes) {
  append(long_text(250));
  const auto first = take();
  const std::string before = text_of(first->datagram.bytes());
  window_.start_view({8, 8}, 0);
  take_all();
  EXPECT_EQ(text_of(first->datagram.bytes()), before);
}

TEST_F(SendWindowTest, ARestartedMessageCountsAgainstTheQueue) {
  append(long_text(1800));
  while (take()) {
    if (window_.last_sent().value == 10) break;
  }
  append("there is room");
  window_.start_view({8, 8}, 0);
  EXPECT_FALSE(try_append(long_text(200))) << "the ten packets wait again";
}

}  // namespace
}  // namespace hawser
