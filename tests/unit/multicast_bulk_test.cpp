// Bulk messages in a send window, and what is given back.
#include <array>

#include "tests/unit/send_window_fixture.hpp"
#include "transport/multicast/fragments.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::SizeIs;

using SendWindowBulk = SendWindowTest;

TEST_F(SendWindowBulk, BulkTakesTurnsWithWhatIsAcceptedLater) {
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

TEST_F(SendWindowBulk, BulkComesAfterWhatWasAcceptedBefore) {
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

TEST_F(SendWindowBulk, BulkMessagesGoOneAfterTheOther) {
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

// Not a copy: that would take long.
TEST_F(SendWindowBulk, WhatIsKeptForItGoesOutAndComesBackFromThere) {
  const std::string text = long_text(250);
  const Buffer memory = Buffer::copy_of(bytes_of(text));
  const std::array parts{bytes_of("head "), memory.bytes()};
  ASSERT_TRUE(window_.append(RecordKind::bulk, Parts{parts, &memory}));
  Reassembler reassembler;
  std::optional<Slice> whole;
  for (auto packet = take(); packet; packet = take()) {
    Reader reader{packet->data.records};
    while (const auto record = next_record(reader)) whole = reassembler.on_piece(*record);
  }
  ASSERT_TRUE(whole);
  EXPECT_EQ(text_of(*whole), "head " + text);
  ASSERT_TRUE(window_.append(RecordKind::bulk, Parts{parts, &memory}));
  const std::vector<UnsentRecord> unsent = window_.take_unsent();
  ASSERT_THAT(unsent, SizeIs(1));
  EXPECT_EQ(text_of(unsent[0].head), "head ");
  EXPECT_EQ(unsent[0].rest.bytes().data(), memory.data());
}

// A packet that is not full would otherwise wait until all of the long message has gone out.
TEST_F(SendWindowBulk, BulkDoesNotStarveWhatWaitsToBeFlushed) {
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

TEST_F(SendWindowBulk, WhatOvertakesBulkIsCountedOnceThatIsThere) {
  append("one");
  append(long_text(150), RecordKind::bulk);
  append("three");
  EXPECT_THAT(take_all(), SizeIs(4));
  for (const std::uint64_t stable : {1U, 1U, 1U, 3U}) {
    window_.on_stable({window_.stable_seqno().value + 1});
    EXPECT_EQ(window_.stable_messages(), stable);
  }
}

TEST_F(SendWindowBulk, BulkStartsAnewInTheNextView) {
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

TEST_F(SendWindowBulk, BulkFollowsAMessageThatStartsAnew) {
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

TEST_F(SendWindowBulk, WhatDidNotGoOutIsGivenBackBulkLast) {
  append("out");
  ASSERT_TRUE(take());
  append("small");
  append(long_text(250), RecordKind::bulk);
  append(long_text(150, 'A'));
  std::vector<std::string> unsent;
  for (const UnsentRecord& message : window_.take_unsent())
    unsent.push_back(text_of(message.head) + text_of(message.rest));
  EXPECT_THAT(unsent, ElementsAre("small", long_text(150, 'A'), long_text(250)));
  EXPECT_FALSE(window_.has_waiting());
  EXPECT_EQ(window_.waiting_bytes(), 0U);
}

TEST_F(SendWindowBulk, WhatIsGivenBackIsOnItsWayUntilThatIsSettled) {
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

}  // namespace
}  // namespace hawser
