// The harness's own check at the surface of the bus: each way of breaking a topic's stream is seen.
#include <gtest/gtest.h>

#include "tests/sim/application.hpp"

namespace hawser::sim {
namespace {

const NodeId kPublisher{Incarnation{1}, Endpoint{1, 1}};

class TopicStreams : public testing::Test {
 protected:
  void SetUp() override {
    EXPECT_EQ(stream_.on_retained(kPublisher, 4, "key"), "");
    stream_.on_synced();
    EXPECT_EQ(stream_.on_live(kPublisher, 5), "");
  }
  TopicStream stream_;
};

TEST_F(TopicStreams, TheNextMessageIsRight) { EXPECT_EQ(stream_.on_live(kPublisher, 6), ""); }

TEST_F(TopicStreams, ADoubledMessageIsSeen) { EXPECT_NE(stream_.on_live(kPublisher, 5), ""); }

TEST_F(TopicStreams, AMissingMessageIsSeen) { EXPECT_NE(stream_.on_live(kPublisher, 7), ""); }

TEST_F(TopicStreams, AMissingMessageIsForgivenAfterAGapEvent) {
  stream_.on_gap();
  EXPECT_EQ(stream_.on_live(kPublisher, 7), "");
}

TEST_F(TopicStreams, AMessageThatWentBackIsSeenEvenAfterAGapEvent) {
  stream_.on_gap();
  EXPECT_NE(stream_.on_live(kPublisher, 4), "");
}

TEST(TopicStream, AMessageThatTheStateHadIsSeen) {
  TopicStream stream;
  EXPECT_EQ(stream.on_retained(kPublisher, 4, "key"), "");
  stream.on_synced();
  EXPECT_NE(stream.on_live(kPublisher, 4), "");
}

TEST(TopicStream, ALiveMessageBeforeTheStateIsSeen) {
  TopicStream stream;
  EXPECT_NE(stream.on_live(kPublisher, 1), "");
}

TEST(TopicStream, TwoValuesOfOneKeyInTheStateAreSeen) {
  TopicStream stream;
  EXPECT_EQ(stream.on_retained(kPublisher, 4, "key"), "");
  EXPECT_NE(stream.on_retained(kPublisher, 5, "key"), "");
}

TEST(LedgerOfMessages, KnowsWhatWasPublishedAndNothingElse) {
  Ledger ledger;
  const TopicNumber topic = ledger.topic_number("t");
  EXPECT_TRUE(ledger.record(kPublisher, topic, 1, 77));
  EXPECT_FALSE(ledger.record(kPublisher, topic, 3, 78)) << "number 2 is next";
  EXPECT_EQ(ledger.find(kPublisher, topic, 1), 77U);
  EXPECT_FALSE(ledger.find(kPublisher, topic, 2).has_value());
  EXPECT_FALSE(ledger.find(kPublisher, topic, 0).has_value());
  EXPECT_FALSE(ledger.find(kPublisher, topic + 1, 1).has_value());
}

TEST(LedgerOfMessages, KeyAndPayloadAreToldApart) {
  const auto bytes = [](std::string_view text) { return std::as_bytes(std::span{text}); };
  EXPECT_NE(content_digest("a", bytes("bc")), content_digest("ab", bytes("c")));
  EXPECT_NE(content_digest("", bytes("123456789")), content_digest("", bytes("123456788")));
}

}  // namespace
}  // namespace hawser::sim
