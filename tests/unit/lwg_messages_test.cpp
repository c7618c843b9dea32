// The layer's own messages and the directory's snapshot: bytes there and back, and bytes that are neither.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lwg/early_messages.hpp"
#include "lwg/light_messages.hpp"
#include "lwg/snapshot.hpp"
#include "transport/core/rng.hpp"

namespace hawser {
namespace {

const NodeId kA{{0x1122334455667788}, {0x7f000001, 4000}};
const NodeId kB{{2}, {0x7f000001, 4001}};

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

std::vector<std::byte> data_message(LightGroupId group, const EraTag& era, std::string_view payload) {
  std::array<std::byte, kDataHeaderBytesMax> room;
  const ByteView header = encode_data_header(group, era, room);
  std::vector<std::byte> message(header.begin(), header.end());
  const auto body = std::as_bytes(std::span{payload});
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

TEST(LwgMessages, ADataMessageHasTheBytesThatTheReadmeShows) {
  const EraTag era = tag_of(Era{{300, 0xabcdef0123456789}, 5});
  EXPECT_EQ(data_message(LightGroupId{0x0807060504030201}, era, "hi"),
            bytes_of({1, 1, 2, 3, 4, 5, 6, 7, 8, 0xac, 0x02, 0x89, 0x67, 5, 'h', 'i'}));
}

TEST(LwgMessages, DataComesBackAsItWas) {
  const EraTag era{~0ULL, ~0ULL, 0xffff};
  const auto message = data_message(LightGroupId{42}, era, "payload");
  const auto decoded = decode_light_message(message);
  ASSERT_TRUE(decoded);
  const auto& data = std::get<LightData>(*decoded);
  EXPECT_EQ(data.group, LightGroupId{42});
  EXPECT_EQ(data.era, era);
  EXPECT_EQ(data.payload.size(), 7U);
}

TEST(LwgMessages, OperationsComeBackAsTheyWere) {
  const std::vector<Operation> batch{{Operation::Kind::ready, Role::publisher, LightGroupId{7}, "stocks.a"},
                                     {Operation::Kind::remove, Role::subscriber, {}, "stocks.b"}};
  const auto bytes = encode(9, batch);
  const auto decoded = decode_light_message(bytes);
  ASSERT_TRUE(decoded);
  const auto& operations = std::get<OperationBatch>(*decoded).operations;
  ASSERT_EQ(operations.size(), 2U);
  EXPECT_EQ(operations[0].kind, Operation::Kind::ready);
  EXPECT_EQ(operations[0].role, Role::publisher);
  EXPECT_EQ(operations[0].proposed_id, LightGroupId{7});
  EXPECT_EQ(operations[0].name, "stocks.a");
  EXPECT_EQ(operations[1].kind, Operation::Kind::remove);
  EXPECT_EQ(operations[1].name, "stocks.b");
}

TEST(LwgMessages, MarkersVotesAndPartsComeBackAsTheyWere) {
  const auto marker = encode(Marker{{{4, 5}, 6}});
  EXPECT_EQ(std::get<Marker>(*decode_light_message(marker)).era, (Era{{4, 5}, 6}));
  const auto vote = encode(LineageVote{{1, 2}, kA});
  EXPECT_EQ(std::get<LineageVote>(*decode_light_message(vote)).lineage, kA);
  const auto blank = encode(LineageVote{{1, 2}, std::nullopt});
  EXPECT_EQ(std::get<LineageVote>(*decode_light_message(blank)).lineage, std::nullopt);
  const auto content = bytes_of({9, 8, 7});
  const auto part = encode(SnapshotPart{{1, 2}, true, content});
  const auto decoded = decode_light_message(part);
  EXPECT_TRUE(std::get<SnapshotPart>(*decoded).last);
  EXPECT_EQ(std::get<SnapshotPart>(*decoded).bytes.size(), 3U);
}

TEST(LwgMessages, NamesThatAreTooLongOrEmptyAreRefused) {
  const std::string longest(kGroupNameBytesMax, 'x');
  const std::string longer(kGroupNameBytesMax + 1, 'x');
  const auto encode_one = [](std::string_view name) {
    return encode(9, std::vector<Operation>{{Operation::Kind::ready, Role::subscriber, LightGroupId{7}, name}});
  };
  EXPECT_TRUE(decode_light_message(encode_one(longest)));
  EXPECT_FALSE(decode_light_message(encode_one(longer)));
  EXPECT_FALSE(decode_light_message(encode_one("")));
}

TEST(LwgMessages, WhatIsCutShortOrTooLongIsRefused) {
  const std::vector<Operation> batch{{Operation::Kind::ready, Role::publisher, LightGroupId{7}, "g"}};
  for (const auto& whole : {encode(9, batch), encode(Marker{{{4, 5}, 6}}), encode(LineageVote{{1, 2}, kA})}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(decode_light_message(ByteView{whole}.first(size)));
    }
    auto longer = whole;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(decode_light_message(longer));
  }
}

TEST(LwgMessages, ACountThatTheBytesCannotHoldReservesNothing) {
  EXPECT_FALSE(decode_light_message(bytes_of({3, 9, 0xff, 0xff, 0xff, 0xff, 0x7f})));
}

// Two groups: one at rest, one in the middle of a repair and two changes.
struct Example {
  Directory directory;
  LightViewTracker tracker;

  Example() {
    const std::array both{kB, kA};  // sorted
    tracker.on_view({1, 1}, both, true);
    add("g", LightGroupId{1}, kA, 1);
    add("h", LightGroupId{2}, kA, 2);
    add("h", LightGroupId{2}, kB, 3);
    tracker.on_marker(kA, {{1, 1}, 3});
    tracker.on_marker(kB, {{1, 1}, 3});
    while (tracker.advance()) {
    }
    tracker.on_view({2, 2}, std::array{kA}, false);
    directory.retain(std::array{kA});
    tracker.on_decided({{2, 2}, 4});
    add("h", LightGroupId{2}, kB, 5);
  }
  void add(std::string_view name, LightGroupId id, const NodeId& node, std::uint64_t number) {
    const std::uint64_t epoch = number < 4 ? 1 : 2;
    const Operation operation{Operation::Kind::ready, Role::subscriber, id, name};
    tracker.on_change(*directory.apply(operation, node, {{epoch, epoch}, number}), name);
  }
};

TEST(LwgSnapshot, ComesBackAsItWas) {
  const Example example;
  const auto snapshot = decode_snapshot(encode_snapshot(example.directory, example.tracker));
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->directory.groups(), example.directory.groups());
  EXPECT_EQ(snapshot->directory.digest(), example.directory.digest());
  EXPECT_EQ(snapshot->marked, example.tracker.marked());
  ASSERT_EQ(snapshot->groups.size(), 2U);
  for (const auto& [id, group] : example.tracker.groups()) {
    const TrackedGroup& copy = snapshot->groups.at(id);
    EXPECT_EQ(copy.name, group.name);
    EXPECT_EQ(copy.view, group.view);
    EXPECT_EQ(copy.gone, group.gone);
    ASSERT_EQ(copy.pending.size(), group.pending.size());
    for (std::size_t i = 0; i < group.pending.size(); ++i) {
      EXPECT_EQ(copy.pending[i].era, group.pending[i].era);
      EXPECT_EQ(copy.pending[i].kind, group.pending[i].kind);
      EXPECT_EQ(copy.pending[i].gone, group.pending[i].gone);
      EXPECT_EQ(copy.pending[i].member, group.pending[i].member);
    }
  }
}

TEST(LwgSnapshot, OfAnEmptyDirectoryIsOneToo) {
  const auto snapshot = decode_snapshot(encode_snapshot(Directory{}, LightViewTracker{}));
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->directory.digest(), Directory{}.digest());
}

TEST(LwgSnapshot, DamagedBytesNeverDoHarm) {
  const Example example;
  const auto whole = encode_snapshot(example.directory, example.tracker);
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode_snapshot(ByteView{whole}.first(size)));
  Rng rng{1};
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = whole;
    for (std::uint64_t left = rng.between(1, 4); left > 0; --left) {
      damaged[rng.below(damaged.size())] = static_cast<std::byte>(rng.next());
    }
    static_cast<void>(decode_snapshot(damaged));
    static_cast<void>(decode_light_message(damaged));
  }
}

EarlyMessages::Message early(std::uint64_t era, const Buffer& payload) { return {{1, era, 0}, kA, Slice{payload}}; }

TEST(LwgEarlyMessages, ComeOutInTheOrderTheyCameInUpToTheirEra) {
  EarlyMessages waiting;
  const Buffer payload = Buffer::copy_of(bytes_of({1}));
  for (const std::uint64_t era : {2, 3, 2, 4}) ASSERT_TRUE(waiting.keep(LightGroupId{1}, early(era, payload)));
  EXPECT_EQ(waiting.take_until(LightGroupId{1}, {1, 1, 0}).size(), 0U);
  EXPECT_EQ(waiting.take_until(LightGroupId{2}, {1, 9, 0}).size(), 0U);
  EXPECT_EQ(waiting.take_until(LightGroupId{1}, {1, 3, 0}).size(), 3U);
  EXPECT_EQ(waiting.forget(LightGroupId{1}), 1U);
  EXPECT_EQ(waiting.bytes(), 0U);
}

TEST(LwgEarlyMessages, WhatIsBeyondTheBoundIsRefused) {
  EarlyMessages waiting;
  Buffer big = Buffer::allocate(EarlyMessages::kBytesMax / 2);
  big.resize(big.capacity());
  ASSERT_TRUE(waiting.keep(LightGroupId{1}, early(2, big)));
  EXPECT_FALSE(waiting.keep(LightGroupId{2}, early(2, big)));
  EXPECT_EQ(waiting.forget(LightGroupId{1}), 1U);
  EXPECT_TRUE(waiting.keep(LightGroupId{2}, early(2, big)));
}

TEST(LwgEarlyMessages, ASmallMessageDoesNotKeepItsPacketInMemory) {
  EarlyMessages waiting;
  const Buffer packet = Buffer::copy_of(std::vector<std::byte>(1400));
  ASSERT_TRUE(waiting.keep(LightGroupId{1}, {{1, 2, 0}, kA, Slice{packet, packet.bytes().first(64)}}));
  const auto taken = waiting.take_until(LightGroupId{1}, {1, 2, 0});
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].payload.size(), 64U);
  EXPECT_EQ(taken[0].payload.buffer().capacity(), 64U);
}

}  // namespace
}  // namespace hawser
