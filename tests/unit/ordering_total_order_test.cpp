#include "transport/ordering/total_order.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;

const ViewId kView{7, 0xfeedfacecafebeef};

/// One member's TotalOrder in a view of three.
class Member {
 public:
  explicit Member(Rank self) { order_.start_view(kView, 3, self); }
  void hear(Rank sender, const std::string& text) { order_.on_message({sender, 0, {}, slice_of(text)}); }
  void hear_all(std::initializer_list<std::pair<Rank, const char*>> messages) {
    for (const auto& [sender, text] : messages) hear(sender, text);
  }
  /// All that can be delivered now, as "sender:text".
  std::vector<std::string> deliver() {
    std::vector<std::string> delivered;
    while (const auto message = order_.next()) delivered.push_back(shown(*message));
    return delivered;
  }
  std::vector<std::string> deliver_leftovers(const std::vector<bool>& goes_on = {true, true, true}) {
    std::vector<std::string> delivered;
    while (const auto message = order_.next_leftover(goes_on)) delivered.push_back(shown(*message));
    return delivered;
  }
  TotalOrder& order() { return order_; }

 private:
  static std::string shown(const TotalMessage& message) {
    return std::to_string(message.sender) + ":" + text_of(message.payload);
  }
  TotalOrder order_;
};

std::vector<std::byte> sequence_record(std::uint64_t digest, std::initializer_list<std::uint64_t> numbers) {
  std::vector<std::byte> record(8 + numbers.size() * 10);
  Writer writer{record};
  writer.number(digest);
  for (const std::uint64_t number : numbers) writer.varint(number);
  record.resize(writer.size());
  return record;
}

TEST(TotalOrder, TheOldestMemberSaysWhoseTurnItIs) {
  Member sequencer{0};
  Member other{2};
  sequencer.hear_all({{2, "x"}, {0, "a"}, {1, "b"}});
  other.hear_all({{0, "a"}, {1, "b"}, {2, "x"}});
  EXPECT_THAT(other.deliver(), IsEmpty());
  EXPECT_THAT(sequencer.deliver(), IsEmpty()) << "its own word has to come back through its stream";

  const std::vector<std::byte> record = sequencer.order().take_sequence(512);
  sequencer.order().on_sequence(record, {});
  other.order().on_sequence(record, {});
  EXPECT_THAT(sequencer.deliver(), ElementsAre("2:x", "0:a", "1:b"));
  EXPECT_THAT(other.deliver(), ElementsAre("2:x", "0:a", "1:b"));
}

TEST(TotalOrder, OnlyTheOldestMemberSpeaks) {
  Member other{1};
  other.hear(0, "a");
  EXPECT_THAT(other.order().take_sequence(512), IsEmpty());
}

TEST(TotalOrder, TheSequencerSaysEverythingOnce) {
  Member sequencer{0};
  EXPECT_THAT(sequencer.order().take_sequence(512), IsEmpty());
  sequencer.hear_all({{1, "b1"}, {1, "b2"}, {2, "c"}});
  EXPECT_EQ(sequencer.order().take_sequence(512), sequence_record(kView.digest, {1, 2, 2, 1})) << "a run is one entry";
  EXPECT_THAT(sequencer.order().take_sequence(512), IsEmpty());
}

TEST(TotalOrder, WhatDoesNotFitIntoARecordIsSaidInTheNext) {
  Member sequencer{0};
  Member other{1};
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) {
    const auto sender = static_cast<Rank>(i % 3);
    sequencer.hear(sender, std::to_string(i));
    other.hear(sender, std::to_string(i));
    expected.push_back(std::to_string(sender) + ":" + std::to_string(i));
  }
  int records = 0;
  for (;; ++records) {
    const std::vector<std::byte> record = sequencer.order().take_sequence(50);
    if (record.empty()) break;
    EXPECT_LE(record.size(), 50U);
    other.order().on_sequence(record, {});
  }
  EXPECT_GT(records, 3);
  EXPECT_EQ(other.deliver(), expected);
}

TEST(TotalOrder, ATurnWaitsForItsMessage) {
  Member member{1};
  member.hear(2, "c");
  member.order().on_sequence(sequence_record(kView.digest, {1, 2, 2, 1}), {});
  EXPECT_THAT(member.deliver(), IsEmpty());
  member.hear(1, "b1");
  EXPECT_THAT(member.deliver(), ElementsAre("1:b1"));
  member.hear(1, "b2");
  EXPECT_THAT(member.deliver(), ElementsAre("1:b2", "2:c"));
}

TEST(TotalOrder, WhatOthersSentIsLostWithWhatItMayFollowFrom) {
  Member member{1};
  member.hear_all({{0, "a"}, {1, "b"}, {2, "c1"}, {2, "c2"}});
  // Before c2 comes a message of 0 that is not here: c2 may have been sent because of it.
  member.order().on_sequence(sequence_record(kView.digest, {2, 1, 0, 2, 2, 1}), {});
  EXPECT_THAT(member.deliver(), ElementsAre("2:c1", "0:a"));
  EXPECT_THAT(member.deliver_leftovers({false, true, false}), ElementsAre("1:b"));
}

TEST(TotalOrder, ARecordOfAnotherViewIsIgnored) {
  Member member{1};
  member.hear(1, "b");
  member.order().on_sequence(sequence_record(kView.digest + 1, {1, 1}), {});
  EXPECT_THAT(member.deliver(), IsEmpty());
}

TEST(TotalOrder, AMalformedRecordDoesNoHarm) {
  Member member{1};
  member.hear(1, "b");
  member.order().on_sequence({}, {});
  member.order().on_sequence(bytes_of("short"), {});
  member.order().on_sequence(sequence_record(kView.digest, {3, 1}), {});  // no such member
  member.order().on_sequence(sequence_record(kView.digest, {1, 0}), {});  // no message
  member.order().on_sequence(sequence_record(kView.digest, {1}), {});     // half an entry
  EXPECT_THAT(member.deliver(), IsEmpty());
  member.order().on_sequence(sequence_record(kView.digest, {1, 1}), {});
  EXPECT_THAT(member.deliver(), ElementsAre("1:b"));
}

// ---- The end of a view ----

// The sequencer crashed. All that are left hold the same messages and the same of its words.
TEST(TotalOrder, LeftoversComeInTheSameOrderEverywhere) {
  Member one{1};
  Member other{2};
  const std::vector<std::byte> record = sequence_record(kView.digest, {2, 1});
  one.hear_all({{2, "c1"}, {1, "b1"}});
  one.order().on_sequence(record, {});
  EXPECT_THAT(one.deliver(), ElementsAre("2:c1"));
  one.hear_all({{1, "b2"}, {2, "c2"}});
  other.hear_all({{2, "c1"}, {2, "c2"}, {1, "b1"}, {1, "b2"}});
  other.order().on_sequence(record, {});
  EXPECT_THAT(other.deliver(), ElementsAre("2:c1"));
  EXPECT_THAT(one.deliver_leftovers(), ElementsAre("1:b1", "1:b2", "2:c2"));
  EXPECT_THAT(other.deliver_leftovers(), ElementsAre("1:b1", "1:b2", "2:c2"));
}

TEST(TotalOrder, TurnsComeBeforeLeftovers) {
  Member member{1};
  member.hear_all({{1, "b1"}, {1, "b2"}, {2, "c1"}});
  member.order().on_sequence(sequence_record(kView.digest, {2, 1, 1, 1}), {});
  EXPECT_THAT(member.deliver_leftovers(), ElementsAre("2:c1", "1:b1", "1:b2"));
}

TEST(TotalOrder, ATurnWhoseMessageNobodyHasIsSkipped) {
  Member member{1};
  member.hear_all({{1, "b"}, {2, "c"}});
  member.order().on_sequence(sequence_record(kView.digest, {0, 5, 2, 1, 0, 1}),
                             {});  // rank 0 is gone, and its messages
  EXPECT_THAT(member.deliver(), IsEmpty());
  EXPECT_THAT(member.deliver_leftovers(), ElementsAre("2:c", "1:b"));
}

TEST(TotalOrder, AViewBeginsWithNothing) {
  Member member{0};
  member.hear_all({{1, "b"}, {2, "c"}});
  member.order().on_sequence(sequence_record(kView.digest, {1, 1}), {});
  member.order().start_view({8, 9}, 2, 0);
  EXPECT_THAT(member.deliver(), IsEmpty());
  EXPECT_THAT(member.order().take_sequence(512), IsEmpty());
  EXPECT_THAT(member.deliver_leftovers(), IsEmpty());
}

}  // namespace
}  // namespace hawser
