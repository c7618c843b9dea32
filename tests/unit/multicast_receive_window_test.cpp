#include "transport/multicast/receive_window.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::IsEmpty;

class ReceiveWindowTest : public testing::Test {
 protected:
  bool packet(std::uint64_t seqno) { return window_.on_packet({seqno}, slice_of("p" + std::to_string(seqno))); }
  void packets(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t seqno = first; seqno <= last; ++seqno) EXPECT_TRUE(packet(seqno));
  }
  std::vector<std::string> deliver() {
    std::vector<std::string> delivered;
    while (const Slice* next = window_.next()) {
      delivered.push_back(text_of(*next));
      window_.taken();
    }
    return delivered;
  }
  /// "2-4 6" for the ranges {2,4} and {6,6}.
  [[nodiscard]] std::string missing(std::uint64_t through, std::size_t ranges_max = 10) const {
    std::string text;
    for (const wire::SeqnoRange& range : window_.missing({through}, ranges_max)) {
      if (!text.empty()) text += ' ';
      text += std::to_string(range.first.value);
      if (range.last != range.first) text += '-' + std::to_string(range.last.value);
    }
    return text;
  }
  std::optional<std::string> repair(std::uint64_t seqno, Time now = kStart) {
    const Slice* records = window_.held({seqno});
    if (records == nullptr || window_.was_repaired({seqno}, now)) return std::nullopt;
    window_.on_repaired({seqno}, now);
    return text_of(*records);
  }
  ReceiveWindow window_;
};

TEST_F(ReceiveWindowTest, DeliversInOrder) {
  EXPECT_TRUE(packet(2));
  EXPECT_TRUE(packet(3));
  EXPECT_THAT(deliver(), IsEmpty());
  EXPECT_EQ(window_.contiguous(), Seqno{0});
  EXPECT_TRUE(packet(1));
  EXPECT_EQ(window_.contiguous(), Seqno{3});
  EXPECT_THAT(deliver(), ElementsAre("p1", "p2", "p3"));
  EXPECT_EQ(window_.delivered(), Seqno{3});
}

TEST_F(ReceiveWindowTest, KeepsNoPacketTwice) {
  packets(1, 2);
  EXPECT_TRUE(packet(4));
  for (const std::uint64_t seqno : {1U, 2U, 4U}) EXPECT_FALSE(packet(seqno)) << seqno;
  deliver();
  window_.release({2});
  EXPECT_FALSE(packet(1)) << "forgotten, but not new";
}

TEST_F(ReceiveWindowTest, DropsWhatIsTooFarAhead) {
  EXPECT_FALSE(packet(kReceiveWindowPackets + 1));
  EXPECT_FALSE(packet(UINT64_MAX));
  EXPECT_FALSE(window_.has_gap()) << "nor does it ask for all that lies before";
  EXPECT_TRUE(packet(kReceiveWindowPackets));
  packets(1, 1);
  deliver();
  window_.release({1});
  EXPECT_TRUE(packet(kReceiveWindowPackets + 1)) << "the window moves on with what is stable";
}

// ---- Gaps ----

TEST_F(ReceiveWindowTest, AGapShowsByALaterPacket) {
  packets(1, 1);
  EXPECT_FALSE(window_.has_gap());
  packets(3, 3);
  EXPECT_TRUE(window_.has_gap());
  packets(2, 2);
  EXPECT_FALSE(window_.has_gap());
}

TEST_F(ReceiveWindowTest, AGapShowsByAnAnnouncement) {
  window_.on_announced({2});
  EXPECT_TRUE(window_.has_gap());
  window_.on_announced({1});
  EXPECT_EQ(window_.announced(), Seqno{2}) << "late announcements do not take it back";
  packets(1, 2);
  EXPECT_FALSE(window_.has_gap());
}

TEST_F(ReceiveWindowTest, SaysWhatIsMissing) {
  packets(1, 1);
  packets(5, 5);
  packets(7, 8);
  EXPECT_EQ(missing(8), "2-4 6");
  EXPECT_EQ(missing(6), "2-4 6");
  EXPECT_EQ(missing(5), "2-4");
  EXPECT_EQ(missing(3), "2-3");
  EXPECT_EQ(missing(1), "");
  EXPECT_EQ(missing(0), "");
}

TEST_F(ReceiveWindowTest, WhatIsMissingBeyondAllThatCameIsOneRange) {
  packets(1, 1);
  packets(3, 3);
  EXPECT_EQ(missing(10), "2 4-10");
  EXPECT_EQ(missing(std::uint64_t{1} << 60U), "2 4-1152921504606846976") << "and it is found at once";
}

TEST_F(ReceiveWindowTest, RangesHaveABound) {
  for (std::uint64_t seqno = 2; seqno <= 20; seqno += 2) packets(seqno, seqno);
  EXPECT_EQ(missing(20, 3), "1 3 5");
}

TEST_F(ReceiveWindowTest, WhatIsMissingDoesNotDependOnWhatIsReleased) {
  packets(1, 3);
  packets(6, 6);
  deliver();
  window_.release({2});
  EXPECT_EQ(missing(8), "4-5 7-8");
  window_.release({3});
  EXPECT_EQ(missing(8), "4-5 7-8");
}

// ---- Forgetting and repairing ----

TEST_F(ReceiveWindowTest, ForgetsWhatIsStableAndDelivered) {
  packets(1, 4);
  window_.taken();
  window_.taken();
  window_.release({3});
  EXPECT_EQ(window_.released(), Seqno{2}) << "the third is not delivered yet";
  EXPECT_EQ(repair(2), std::nullopt);
  EXPECT_EQ(repair(3), "p3");
  EXPECT_THAT(deliver(), ElementsAre("p3", "p4"));
  window_.release({1});
  EXPECT_EQ(window_.released(), Seqno{2}) << "it never goes back";
}

TEST_F(ReceiveWindowTest, RepairsOnlyWhatItHolds) {
  packets(1, 1);
  packets(3, 3);
  EXPECT_EQ(repair(1), "p1");
  EXPECT_EQ(repair(2), std::nullopt);
  EXPECT_EQ(repair(3), "p3");
  EXPECT_EQ(repair(4), std::nullopt);
  EXPECT_EQ(repair(0), std::nullopt);
  EXPECT_EQ(repair(UINT64_MAX), std::nullopt);
}

TEST_F(ReceiveWindowTest, DoesNotRepairTheSamePacketTwiceAtOnce) {
  packets(1, 2);
  EXPECT_EQ(repair(1), "p1");
  EXPECT_EQ(repair(1, kStart + milliseconds{2}), std::nullopt);
  EXPECT_EQ(repair(2, kStart + milliseconds{2}), "p2");
  EXPECT_EQ(repair(1, kStart + milliseconds{3}), "p1");
}

TEST_F(ReceiveWindowTest, BytesOutliveTheWindow) {
  packets(1, 1);
  const Slice held = *window_.next();
  window_.taken();
  window_.release({1});
  EXPECT_EQ(text_of(held), "p1");
}

}  // namespace
}  // namespace hawser
