#include "transport/wire/frames.hpp"
#include "transport/wire/greeting.hpp"

#include <array>

#include "tests/unit/transport_helpers.hpp"

namespace hawser::wire {
namespace {

using namespace transport_test;

const ViewId kView{7, 0xfeedfacecafebeef};

Sync some_sync() {
  return {{130}, kView, {{{9}, {1}}, {{8}, {UINT64_MAX}}, {{0}, {200}}},
          1,     3,     {{kControlGroup, kView, seqnos({5, 0, UINT64_MAX})}, {{UINT64_MAX}, {300, 1}, {}}}};
}

/// One of each type whose body has fields, with values that take one byte, several, and all that there are.
template <typename Frame>
Frame some();
template <>
Beacon some() {
  return {UINT64_MAX, 2, 3, 212992};
}
template <>
Heartbeat some() {
  return {{{1}, {2}, {UINT64_MAX}}};
}
template <>
Probe some() {
  return {};
}
template <>
Leave some() {
  return {};
}
template <>
Proposal some() {
  return {{300}, kView, 2, false, true, node_ids("ABC"), {{1}, {128}, {0}}};
}
template <>
Sync some() {
  return some_sync();
}
template <>
Completion some() {
  return {{kView, node_ids("CAB"), {{1}, {128}, {UINT64_MAX}}}};
}
template <>
RelayedSync some() {
  return {node_id('B'), some_sync()};
}
template <>
Nak some() {
  return {{3}, kView, 65535, {{{1}, {1}}, {{3}, {200}}, {{UINT64_MAX}, {UINT64_MAX}}}};
}
template <>
Ack some() {
  return {{3}, kView, {200}, UINT64_MAX, true, seqnos({0, 127, 128, UINT64_MAX}), {0, 65535}};
}

template <>
Greeting some() {
  return {true, true, true, {{1}, {UINT64_MAX}}, {{2}, {UINT64_MAX}}, {{1, 2}, {1, 3}, {UINT32_MAX, 65535}}};
}
template <>
Traffic some() {
  return {{{1}, {UINT64_MAX}}};
}

template <typename Frame>
class FramesOfEveryType : public testing::Test {};
using Types = testing::Types<Beacon, Heartbeat, Probe, Leave, Proposal, Sync, Completion, RelayedSync, Nak, Ack,
                             Greeting, Traffic>;
TYPED_TEST_SUITE(FramesOfEveryType, Types);

TYPED_TEST(FramesOfEveryType, SurviveTheWay) {
  const TypeParam frame = some<TypeParam>();
  EXPECT_EQ(decode_body<TypeParam>(body_of(frame)), frame);
}

TYPED_TEST(FramesOfEveryType, SurviveTheWayWithNothingInThem) {
  EXPECT_EQ(decode_body<TypeParam>(body_of(TypeParam{})), TypeParam{});
}

TYPED_TEST(FramesOfEveryType, AreMalformedAtEveryLengthButTheirOwn) {
  std::vector<std::byte> body = body_of(some<TypeParam>());
  for (std::size_t length = 0; length < body.size(); ++length) {
    EXPECT_FALSE(decode_body<TypeParam>(std::span{body}.first(length))) << length;
  }
  body.push_back(std::byte{0});
  EXPECT_FALSE(decode_body<TypeParam>(body)) << "with a byte too many";
}

TYPED_TEST(FramesOfEveryType, GoBehindAFrameHeader) {
  const TypeParam frame = some<TypeParam>();
  std::vector<std::byte> bytes(4 + body_size(frame));
  Writer writer{bytes};
  encode_frame(frame, writer);
  ASSERT_EQ(writer.room(), 0U);

  Reader reader{bytes};
  const auto raw = next_frame(reader);
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->type, TypeParam::kType);
  EXPECT_EQ(decode_body<TypeParam>(raw->body), frame);
  EXPECT_FALSE(next_frame(reader));
  EXPECT_TRUE(reader.done());
}

// ---- Cutting a datagram into frames ----

std::vector<std::byte> raw_frame(std::uint8_t type, std::uint8_t flags, std::uint16_t length, std::string_view body) {
  std::vector<std::byte> bytes(4 + body.size());
  Writer writer{bytes};
  writer.number(type);
  writer.number(flags);
  writer.number(length);
  writer.bytes(bytes_of(body));
  return bytes;
}

TEST(NextFrame, CutsFramesOffOneAfterTheOther) {
  std::vector<std::byte> bytes = raw_frame(1, 0, 2, "ab");
  const std::vector<std::byte> second = raw_frame(200, 255, 0, "");  // unknown type, unknown flags
  bytes.insert(bytes.end(), second.begin(), second.end());
  Reader reader{bytes};
  const auto first = next_frame(reader);
  ASSERT_TRUE(first);
  EXPECT_EQ(text_of(first->body), "ab");
  const auto unknown = next_frame(reader);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(static_cast<int>(unknown->type), 200);
  EXPECT_TRUE(unknown->body.empty());
  EXPECT_TRUE(reader.done());
}

TEST(NextFrame, AHeaderThatIsCutShortIsMalformed) {
  const std::vector<std::byte> bytes = raw_frame(1, 0, 0, "");
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    Reader reader{std::span{bytes}.first(length)};
    EXPECT_FALSE(next_frame(reader));
    EXPECT_FALSE(reader.ok()) << length;
  }
}

TEST(NextFrame, ALengthBeyondTheDatagramIsMalformed) {
  const std::vector<std::byte> bytes = raw_frame(1, 0, 3, "ab");
  Reader reader{bytes};
  EXPECT_FALSE(next_frame(reader));
  EXPECT_FALSE(reader.ok());
}

// ---- Values that can't be ----

TEST(FrameDecoding, RefusesGreetingsOutOfOrder) {
  EXPECT_FALSE(decode_body<Greeting>(body_of(Greeting{.groups = {{2}, {1}}, .by_unicast = {}, .others = {}})));
  EXPECT_FALSE(decode_body<Greeting>(body_of(Greeting{.groups = {}, .by_unicast = {{1}, {1}}, .others = {}})));
  EXPECT_FALSE(decode_body<Greeting>(body_of(Greeting{.groups = {}, .by_unicast = {}, .others = {{1, 2}, {1, 2}}})));
}

TEST(FrameDecoding, RefusesTrafficOutOfOrder) {
  EXPECT_FALSE(decode_body<Traffic>(body_of(Traffic{{{2}, {1}}})));
  EXPECT_FALSE(decode_body<Traffic>(body_of(Traffic{{{1}, {1}}})));
}

TEST(FrameDecoding, RefusesHeartbeatsOutOfOrder) {
  EXPECT_FALSE(decode_body<Heartbeat>(body_of(Heartbeat{{{2}, {1}}})));
  EXPECT_FALSE(decode_body<Heartbeat>(body_of(Heartbeat{{{1}, {1}}}))) << "twice the same";
}

TEST(FrameDecoding, RefusesProposalsWhoseMembersAreNotASet) {
  EXPECT_FALSE(decode_body<Proposal>(body_of(Proposal{.members = node_ids("BA"), .seen = {{1}, {1}}})));
  EXPECT_FALSE(decode_body<Proposal>(body_of(Proposal{.members = node_ids("AA"), .seen = {{1}, {1}}})));
}

TEST(FrameDecoding, RefusesProposalsInAnUnknownState) {
  std::vector<std::byte> body = body_of(Proposal{.members = node_ids("AB"), .seen = {{1}, {1}}});
  ASSERT_EQ(body.at(1 + 16 + 2), std::byte{1});
  body[1 + 16 + 2] = std::byte{4};
  EXPECT_FALSE(decode_body<Proposal>(body));
}

TEST(FrameDecoding, RefusesPartsOfSyncsThatThereAreNot) {
  Sync sync = some_sync();
  sync.part = sync.parts;
  EXPECT_FALSE(decode_body<Sync>(body_of(sync)));
  EXPECT_FALSE(decode_body<RelayedSync>(body_of(RelayedSync{node_id('A'), sync})));
  sync.part = sync.parts = 0;
  EXPECT_FALSE(decode_body<Sync>(body_of(sync)));
}

TEST(FrameDecoding, RefusesRangesThatOverlapOrGoBack) {
  const auto nak = [](std::vector<SeqnoRange> missing) { return body_of(Nak{{}, kView, 0, std::move(missing)}); };
  EXPECT_TRUE(decode_body<Nak>(nak({{{1}, {2}}, {{4}, {4}}})));
  EXPECT_FALSE(decode_body<Nak>(nak({{{0}, {0}}}))) << "no packet has number 0";
  EXPECT_FALSE(decode_body<Nak>(nak({{{1}, {4}}, {{4}, {5}}})));
  EXPECT_FALSE(decode_body<Nak>(nak({{{4}, {5}}, {{1}, {2}}})));
  EXPECT_FALSE(decode_body<Nak>(nak({{{5}, {4}}}))) << "the length wraps around";
}

TEST(FrameDecoding, RefusesDataWithoutANumberOrStableBeyondIt) {
  const auto data = [](std::uint64_t seqno, std::uint64_t stable) {
    return body_of(Data{{}, kView, 0, {seqno}, {stable}, bytes_of("records")});
  };
  EXPECT_TRUE(decode_body<Data>(data(1, 0)));
  EXPECT_FALSE(decode_body<Data>(data(0, 0)));
  EXPECT_FALSE(decode_body<Data>(data(5, 5)));
}

TEST(FrameDecoding, DataSurvivesTheWayAndItsRecordsAreNotCopied) {
  const std::vector<std::byte> body = body_of(Data{{3}, kView, 2, {5}, {4}, bytes_of("records")});
  const auto data = decode_body<Data>(body);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->group, GroupId{3});
  EXPECT_EQ(data->view, kView);
  EXPECT_EQ(data->origin, 2);
  EXPECT_EQ(data->seqno, Seqno{5});
  EXPECT_EQ(data->stable, Seqno{4});
  EXPECT_EQ(text_of(data->records), "records");
  EXPECT_EQ(data->records.data(), body.data() + kDataPreambleBytes);
}

TEST(FrameDecoding, DataIsMalformedWhereItsPreambleIsCutShort) {
  const std::vector<std::byte> body = body_of(Data{{3}, kView, 2, {5}, {4}, {}});
  for (std::size_t length = 0; length < body.size(); ++length) {
    EXPECT_FALSE(decode_body<Data>(std::span{body}.first(length))) << length;
  }
  EXPECT_TRUE(decode_body<Data>(body)) << "no records are no error";
}

// ---- Counts that claim more than is there ----

// 2^63 items would be more than any memory: these tests end at once, or not at all.
TEST(FrameDecoding, AHugeCountAllocatesNothing) {
  std::array<std::byte, 64> space{};
  const auto body_with_count = [&](std::size_t bytes_before) {
    std::fill(space.begin(), space.end(), std::byte{0});
    Writer writer{space};
    writer.bytes(std::vector<std::byte>(bytes_before));
    writer.varint(std::uint64_t{1} << 63U);
    return writer.written();
  };
  EXPECT_FALSE(decode_body<Heartbeat>(body_with_count(0)));
  EXPECT_FALSE(decode_body<Proposal>(body_with_count(1 + 16 + 3)));
  EXPECT_FALSE(decode_body<Sync>(body_with_count(1 + 16)));
  EXPECT_FALSE(decode_body<Sync>(body_with_count(1 + 16 + 1 + 4)));
  EXPECT_FALSE(decode_body<Completion>(body_with_count(16)));
  EXPECT_FALSE(decode_body<RelayedSync>(body_with_count(14 + 1 + 16)));
  EXPECT_FALSE(decode_body<Nak>(body_with_count(8 + 16 + 2)));
  EXPECT_FALSE(decode_body<Ack>(body_with_count(8 + 16 + 2)));
}

}  // namespace
}  // namespace hawser::wire
