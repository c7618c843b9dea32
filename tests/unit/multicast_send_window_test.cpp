#include "transport/multicast/send_window.hpp"

#include "tests/unit/transport_helpers.hpp"
#include "transport/core/limits.hpp"
#include "transport/multicast/fragments.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kOverhead = wire::kHeaderBytes + wire::kFrameHeaderBytes + wire::kDataPreambleBytes;
constexpr std::size_t kRecordBytesMax = 102;  // in a datagram of 200 bytes
static_assert(kOverhead + kRecordBytesMax == 200);

/// What a taken packet says of itself on the wire.
struct Taken {
  wire::Data data;
  Buffer datagram;
  std::vector<std::string> records;  // whole messages as they are, pieces as "first:…", "middle:…", "last:…"
};

std::string shown(const Record& record) {
  const char* const prefixes[] = {"", "first:", "middle:", "last:"};
  return prefixes[static_cast<std::size_t>(record.piece)] + text_of(record.bytes);
}

class SendWindowTest : public testing::Test {
 protected:
  SendWindowTest() {
    window_.start_view({7, 8}, 2);
    window_.set_credit(1U << 20U);
  }
  Status try_append(std::string_view text, RecordKind kind = RecordKind::fifo) {
    const ByteView part = bytes_of(text);
    return window_.append(kind, std::span{&part, 1});
  }
  void append(std::string_view text, RecordKind kind = RecordKind::fifo) { EXPECT_TRUE(try_append(text, kind)); }
  std::optional<Taken> take(bool flush = true) {
    Packet packet;
    Seqno seqno;
    if (!window_.take(flush, packet, seqno)) return std::nullopt;
    EXPECT_LE(packet.datagram.size(), 200U);
    const std::vector<wire::Data> frames = frames_in<wire::Data>(packet.datagram.bytes());
    EXPECT_THAT(frames, SizeIs(1));
    EXPECT_EQ(frames[0].seqno, seqno);
    EXPECT_EQ(text_of(frames[0].records), text_of(packet.records()));
    Taken taken{frames[0], packet.datagram, {}};
    Reader reader{frames[0].records};
    while (const auto record = next_record(reader)) {
      taken.records.push_back(shown(*record));
      kinds_.push_back(record->kind);
    }
    EXPECT_TRUE(reader.done());
    return taken;
  }
  /// The records of all packets that go out now, a list a packet.
  std::vector<std::vector<std::string>> take_all() {
    std::vector<std::vector<std::string>> packets;
    while (auto taken = take()) packets.push_back(taken->records);
    return packets;
  }
  static std::string long_text(std::size_t bytes, char first = 'a') {
    std::string text(bytes, first);
    for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(first + static_cast<char>(i % 26));
    return text;
  }

  SendWindow window_{GroupId{3}, {200, 2000}};
  std::vector<RecordKind> kinds_;
};

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

// ---- Bulk ----

TEST_F(SendWindowTest, BulkTakesTurnsWithWhatIsAcceptedLater) {
  append("before");
  append(long_text(350), RecordKind::bulk);
  append("after, and long");
  append(long_text(90));
  append("last");
  const auto packets = take_all();
  ASSERT_THAT(packets, SizeIs(7));
  EXPECT_THAT(packets[0], ElementsAre("before"));
  EXPECT_THAT(packets[1], ElementsAre(testing::StartsWith("first:abc")));
  EXPECT_THAT(packets[2], ElementsAre("after, and long"));
  EXPECT_THAT(packets[3], ElementsAre(testing::StartsWith("middle:")));
  EXPECT_THAT(packets[4], ElementsAre(long_text(90), "last"));
  EXPECT_THAT(packets[6], ElementsAre(testing::StartsWith("last:")));
}

TEST_F(SendWindowTest, BulkComesAfterWhatWasAcceptedBefore) {
  for (int i = 0; i < 3; ++i) append(long_text(90, static_cast<char>('A' + i)));
  append(long_text(100), RecordKind::bulk);
  for (int i = 0; i < 3; ++i) append(long_text(90, static_cast<char>('a' + i)));
  append("B", RecordKind::bulk);
  append("c");
  std::vector<char> order;
  for (const auto& packet : take_all()) {
    for (const std::string& record : packet) order.push_back(record[0]);
  }
  EXPECT_EQ(std::string(order.begin(), order.end()), "ABCfalbcBc") << "f and l: the first and the last of its pieces";
}

TEST_F(SendWindowTest, BulkMessagesGoOneAfterTheOther) {
  append(long_text(150), RecordKind::bulk);
  append(long_text(150, 'A'), RecordKind::bulk);
  append("", RecordKind::bulk);
  const auto packets = take_all();
  ASSERT_THAT(packets, SizeIs(5));
  EXPECT_THAT(packets[1], ElementsAre(testing::StartsWith("last:")));
  EXPECT_THAT(packets[2], ElementsAre(testing::StartsWith("first:A")));
  EXPECT_THAT(packets[4], ElementsAre(""));
  EXPECT_THAT(kinds_, testing::Each(RecordKind::bulk));
}

// A packet that is not full would otherwise wait until all of the long message has gone out.
TEST_F(SendWindowTest, BulkDoesNotStarveWhatWaitsToBeFlushed) {
  window_.set_credit(1);
  append(long_text(1000), RecordKind::bulk);
  ASSERT_TRUE(take(false));
  append("small");
  window_.on_stable({1});
  EXPECT_THAT(take(false)->records, ElementsAre("small"));
  EXPECT_FALSE(take(false));
  EXPECT_TRUE(window_.is_held_up());
  window_.on_stable({2});
  EXPECT_THAT(take(false)->records, ElementsAre(testing::StartsWith("middle:")));
}

TEST_F(SendWindowTest, WhatOvertakesBulkIsCountedOnceThatIsThere) {
  append("one");
  append(long_text(150), RecordKind::bulk);
  append("three");
  EXPECT_THAT(take_all(), SizeIs(4));
  for (const std::uint64_t stable : {1U, 1U, 1U, 3U}) {
    window_.on_stable({window_.stable_seqno().value + 1});
    EXPECT_EQ(window_.stable_messages(), stable);
  }
}

TEST_F(SendWindowTest, BulkStartsAnewInTheNextView) {
  append("one");
  append(long_text(250), RecordKind::bulk);
  append("three");
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(take());
  window_.start_view({8, 8}, 0);
  EXPECT_EQ(window_.stable_messages(), 1U);
  const auto packets = take_all();
  ASSERT_THAT(packets, SizeIs(3));
  EXPECT_THAT(packets[0], ElementsAre("first:" + long_text(91)));
  EXPECT_THAT(packets[1], ElementsAre("middle:" + long_text(250).substr(91, 91)));
  window_.on_stable({3});
  EXPECT_EQ(window_.stable_messages(), 3U);
}

TEST_F(SendWindowTest, BulkFollowsAMessageThatStartsAnew) {
  append(long_text(250));
  append(long_text(150, 'A'), RecordKind::bulk);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(take());
  window_.start_view({8, 8}, 0);
  std::vector<std::string> starts;
  for (const auto& packet : take_all()) starts.push_back(packet.front().substr(0, 7));
  EXPECT_THAT(starts, ElementsAre("first:a", "middle:", "last:" + long_text(250).substr(182, 2), "first:A",
                                  "last:" + long_text(150, 'A').substr(91, 2)));
}

// ---- What is given back ----

TEST_F(SendWindowTest, WhatDidNotGoOutIsGivenBackBulkLast) {
  append("out");
  ASSERT_TRUE(take());
  append("small");
  append(long_text(250), RecordKind::bulk);
  append(long_text(150, 'A'));
  std::vector<std::string> unsent;
  for (const auto& [kind, message] : window_.take_unsent()) unsent.push_back(text_of(message));
  EXPECT_THAT(unsent, ElementsAre("small", long_text(150, 'A'), long_text(250)));
  EXPECT_FALSE(window_.has_waiting());
  EXPECT_EQ(window_.waiting_bytes(), 0U);
}

TEST_F(SendWindowTest, WhatIsGivenBackIsOnItsWayUntilThatIsSettled) {
  append("one");
  append(long_text(250), RecordKind::bulk);
  append("three");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(take());
  window_.take_unsent();
  window_.count_as_given_back();
  window_.start_view({8, 8}, 0);
  EXPECT_EQ(window_.accepted(), 4U);
  EXPECT_EQ(window_.stable_messages(), 1U);
  window_.settle_given_back();
  EXPECT_EQ(window_.stable_messages(), 4U);
  append("five");
  ASSERT_TRUE(take());
  EXPECT_EQ(window_.stable_messages(), 4U);
  window_.on_stable({1});
  EXPECT_EQ(window_.stable_messages(), 5U);
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
