#include "transport/ordering/causal_order.hpp"

#include <gmock/gmock.h>

#include <string>

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using transport_test::bytes_of;
using transport_test::seqnos;

constexpr ViewId kView{4, 77};

/// A member of three, whose streams' packets hold a message each.
class Member {
 public:
  explicit Member(ViewId view = kView) { order_.start_view(view, 3); }

  /// Hears the sender's next packet, with a message of another class.
  void hear(Rank sender) {
    ++clock_.packets[sender].value;
    take();
  }
  /// Hears the sender's next packet, with this causal message.
  void hear(Rank sender, const Slice& message) {
    ++clock_.packets[sender].value;
    ASSERT_TRUE(order_.on_message(sender, clock_.packets[sender], message));
    take();
  }
  void deliver_total() {
    ++clock_.total_messages;
    take();
  }
  /// Sends and delivers it itself, as `self`.
  Slice send(Rank self, const std::string& text) {
    std::vector<std::byte> bytes = order_.stamp(clock_);
    order_.on_stamped(clock_);
    const ByteView payload = bytes_of(text);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    const Slice message{Buffer::copy_of(bytes)};
    hear(self, message);
    return message;
  }

  [[nodiscard]] const std::vector<std::string>& delivered() const { return delivered_; }
  [[nodiscard]] CausalOrder& order() { return order_; }

 private:
  void take() {
    while (const auto message = order_.next(clock_)) {
      const ByteView bytes = message->payload.bytes();
      delivered_.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
  }

  CausalOrder order_;
  CausalClock clock_{seqnos({0, 0, 0}), 0};
  std::vector<std::string> delivered_;
};

TEST(CausalOrder, AnAnswerWaitsForItsQuestion) {
  Member a;
  Member b;
  Member c;
  const Slice question = a.send(0, "question");
  b.hear(0, question);
  const Slice answer = b.send(1, "answer");
  c.hear(1, answer);
  EXPECT_THAT(c.delivered(), IsEmpty());
  c.hear(0, question);
  EXPECT_THAT(c.delivered(), ElementsAre("question", "answer"));
}

TEST(CausalOrder, WhatIsConcurrentWaitsForNothing) {
  Member a;
  Member b;
  Member c;
  const Slice x = a.send(0, "x");
  const Slice y = b.send(1, "y");
  c.hear(1, y);
  c.hear(0, x);
  EXPECT_THAT(c.delivered(), ElementsAre("y", "x"));
}

TEST(CausalOrder, ItWaitsForMessagesOfOtherClassesToo) {
  Member b;
  Member c;
  b.hear(0);
  b.deliver_total();
  const Slice message = b.send(1, "m");
  c.hear(1, message);
  c.deliver_total();
  EXPECT_THAT(c.delivered(), IsEmpty());
  c.hear(0);
  EXPECT_THAT(c.delivered(), ElementsAre("m"));
}

TEST(CausalOrder, WhatWaitsHoldsUpWhatDependsOnIt) {
  Member a;
  Member b;
  Member c;
  const Slice one = a.send(0, "1");
  b.hear(0, one);
  const Slice two = b.send(1, "2");
  a.hear(1, two);
  const Slice three = a.send(0, "3");
  c.hear(1, two);  // Its packet is here, and waits for 1.
  const Slice own = c.send(2, "own");
  EXPECT_THAT(c.delivered(), ElementsAre("own"));
  c.hear(0, one);
  c.hear(0, three);
  EXPECT_THAT(c.delivered(), ElementsAre("own", "1", "2", "3"));
  Member d;
  d.hear(1, two);
  d.hear(2, own);
  EXPECT_THAT(d.delivered(), ElementsAre("own")) << "it was sent before anything else was delivered there";
}

TEST(CausalOrder, WhatCameAfterAMessageThatWaitsCountsToo) {
  Member a;
  Member b;
  Member c;
  Member d;
  const Slice one = a.send(0, "1");
  b.hear(0, one);
  const Slice two = b.send(1, "2");
  c.hear(1, two);  // It waits for 1; what follows it does not:
  c.hear(1);
  const Slice own = c.send(2, "own");
  d.hear(0, one);
  d.hear(1, two);
  d.hear(2, own);
  EXPECT_THAT(d.delivered(), ElementsAre("1", "2"));
  d.hear(1);
  EXPECT_THAT(d.delivered(), ElementsAre("1", "2", "own"));
}

TEST(CausalOrder, AStampSaysOnlyWhatIsNew) {
  Member b;
  b.hear(0);
  const std::size_t first = b.send(1, "").size();
  const std::size_t second = b.send(1, "").size();
  const std::size_t third = b.send(1, "").size();
  EXPECT_EQ(first, second) << "one pair: A's packet, then its own";
  EXPECT_EQ(second, third);
}

TEST(CausalOrder, WhatWasNotAcceptedHasSaidNothing) {
  Member a;
  Member b;
  Member c;
  const Slice question = a.send(0, "question");
  b.hear(0, question);
  static_cast<void>(b.order().stamp({seqnos({1, 0, 0}), 0}));  // The queue was full.
  c.hear(1, b.send(1, "answer"));
  EXPECT_THAT(c.delivered(), IsEmpty());
}

TEST(CausalOrder, AStampOfAFormerViewNamesNothing) {
  Member b;
  b.hear(0);
  const Slice message = b.send(1, "m");
  Member later{{5, 78}};
  later.hear(1, message);
  EXPECT_THAT(later.delivered(), ElementsAre("m"));
}

TEST(CausalOrder, AStampCanBeTakenOff) {
  Member b;
  b.hear(0);
  const Slice bare = CausalOrder::without_stamp(b.send(1, "text"));
  EXPECT_TRUE(std::ranges::equal(bare.bytes(), bytes_of("text")));
}

TEST(CausalOrder, ABadStampIsRefused) {
  Member c;
  EXPECT_FALSE(c.order().on_message(0, {1}, Slice{Buffer::copy_of(bytes_of("short"))}));
  Slice message = c.send(2, "");
  EXPECT_FALSE(c.order().on_message(0, {1}, Slice{Buffer::copy_of(message.bytes().first(message.size() - 1))}));
}

}  // namespace
}  // namespace hawser
