#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/transport_helpers.hpp"
#include "transport/link/flight_recorder.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> texts_of(const FlightRecorder& recorder) {
  std::vector<std::string> texts;
  for (const FlightEntry& entry : recorder.entries()) texts.push_back(entry.text);
  return texts;
}

ReceivedDatagram received(const Buffer& bytes, char from = 'B') { return {node_id(from).endpoint, bytes}; }

TEST(FlightRecorder, TellsWhatWasReceivedSentAndWentOnInTheOrderOfTime) {
  FlightRecorder recorder;
  recorder.on_event("view 7 of 3 members", kStart + milliseconds{2});
  recorder.on_received(received(datagram_from('B', wire::Heartbeat{incarnations("AC")})), kStart + milliseconds{1});
  const OutboundDatagram sent{Destination::to_node(node_id('B').endpoint), datagram_from('A', wire::Probe{})};
  recorder.on_sent({&sent, 1}, kStart + milliseconds{3});
  EXPECT_THAT(texts_of(recorder), ElementsAre("heartbeat, hears 2", "view 7 of 3 members", "probe"));
  const auto entries = recorder.entries();
  EXPECT_EQ(to_string(entries[0], kStart + milliseconds{3}),
            "-0.002000 s  received  127.0.0.1:40002  73 bytes  heartbeat, hears 2");
  EXPECT_EQ(to_string(entries[2], kStart + milliseconds{3}), "0.000000 s  sent      127.0.0.1:40002  56 bytes  probe");
}

TEST(FlightRecorder, TellsInWhichGroupAMulticastCame) {
  FlightRecorder recorder;
  ReceivedDatagram datagram = received(datagram_from('B', wire::Probe{}));
  datagram.group = GroupId{9};
  recorder.on_received(datagram, kStart);
  EXPECT_EQ(to_string(recorder.entries()[0], kStart),
            "0.000000 s  received  127.0.0.1:40002 in group 0000000000000009  56 bytes  probe");
}

TEST(FlightRecorder, MuchTrafficDoesNotPushOutViews) {
  FlightRecorder recorder;
  recorder.on_event("first", kStart);
  recorder.on_received(received(datagram_from('B', wire::Leave{})), kStart);
  const Buffer heartbeat = datagram_from('B', wire::Heartbeat{});
  for (std::size_t i = 0; i < 3 * FlightRecorder::kTrafficKept; ++i) {
    recorder.on_received(received(heartbeat), kStart + microseconds{i});
  }
  const auto entries = recorder.entries();
  EXPECT_EQ(entries.size(), FlightRecorder::kTrafficKept + 2);
  EXPECT_EQ(entries[0].text, "leave");
  EXPECT_EQ(entries[1].text, "first");
  EXPECT_EQ(entries.back().at, kStart + microseconds{3 * FlightRecorder::kTrafficKept - 1}) << "the newest are kept";
  EXPECT_EQ(entries[2].at, kStart + microseconds{2 * FlightRecorder::kTrafficKept});
}

TEST(FlightRecorder, KeepsNoMoreThanItsBounds) {
  FlightRecorder recorder;
  for (std::size_t i = 0; i < 2 * FlightRecorder::kProtocolKept; ++i) {
    recorder.on_received(received(datagram_from('B', wire::Leave{})), kStart);
    recorder.on_event(std::to_string(i), kStart);
  }
  EXPECT_EQ(recorder.entries().size(), FlightRecorder::kProtocolKept + FlightRecorder::kEventsKept);
}

TEST(FlightRecorder, OfALongDatagramTheBeginningIsTold) {
  FlightRecorder recorder;
  wire::Packer packer{1, node_id('B').incarnation, 1472};
  const std::vector<std::byte> records(1000);
  recorder.on_received(received(packer.datagram_of({GroupId{9}, ViewId{7, 1}, 2, {17}, {15}, records})), kStart);
  wire::Heartbeat many;
  for (std::uint64_t i = 0; i < 100; ++i) many.heard.push_back({i});
  recorder.on_received(received(datagram_from('B', many)), kStart);
  const auto texts = texts_of(recorder);
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_THAT(texts[0], HasSubstr("of rank 2 number 17, stable 15"));
  EXPECT_EQ(texts[1], "heartbeat…");
}

TEST(FlightRecorder, WhatIsNoDatagramOfOursIsKeptToo) {
  FlightRecorder recorder;
  recorder.on_received(received(Buffer::copy_of(bytes_of("hello"))), kStart);
  EXPECT_THAT(texts_of(recorder), ElementsAre("too short"));
}

}  // namespace
}  // namespace hawser
