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

TEST(LwgMessages, RequestsComeBackAsTheyWere) {
  const std::vector<Request> batch{{Request::Kind::join, Role::publisher, LightGroupId{7}, {}, 0, "stocks.a"},
                                   {Request::Kind::leave, Role::subscriber, {}, {}, 0, "stocks.b"},
                                   {Request::Kind::release, Role::subscriber, {}, GroupId{70}, 300, {}}};
  const auto bytes = encode(9, batch);
  const auto decoded = decode_light_message(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<RequestBatch>(*decoded).number, 9U);
  const auto& requests = std::get<RequestBatch>(*decoded).requests;
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].kind, Request::Kind::join);
  EXPECT_EQ(requests[0].role, Role::publisher);
  EXPECT_EQ(requests[0].proposed_id, LightGroupId{7});
  EXPECT_EQ(requests[0].name, "stocks.a");
  EXPECT_EQ(requests[1].kind, Request::Kind::leave);
  EXPECT_EQ(requests[1].name, "stocks.b");
  EXPECT_EQ(requests[2].kind, Request::Kind::release);
  EXPECT_EQ(requests[2].heavy, GroupId{70});
  EXPECT_EQ(requests[2].seen, 300U);
}

const std::vector<Operation> kOperations{
    {Operation::Kind::create, LightGroupId{7}, 0, {}, GroupId{70}, PlacementReason::nothing_covers, "stocks.a"},
    {Operation::Kind::add, LightGroupId{7}, 300, Role::publisher, {}, {}, {}},
    {Operation::Kind::remove, LightGroupId{8}, 2, {}, {}, {}, {}},
    {Operation::Kind::move, LightGroupId{9}, 0, {}, GroupId{71}, PlacementReason::superset, {}}};

TEST(LwgMessages, OperationsComeBackAsTheyWere) {
  const auto bytes = encode(9, kOperations);
  const auto decoded = decode_light_message(bytes);
  ASSERT_TRUE(decoded);
  const auto& operations = std::get<OperationBatch>(*decoded).operations;
  ASSERT_EQ(operations.size(), kOperations.size());
  for (std::size_t i = 0; i < operations.size(); ++i) {
    EXPECT_EQ(operations[i].kind, kOperations[i].kind);
    EXPECT_EQ(operations[i].group, kOperations[i].group);
    EXPECT_EQ(operations[i].rank, kOperations[i].rank);
    EXPECT_EQ(operations[i].role, kOperations[i].role);
    EXPECT_EQ(operations[i].heavy, kOperations[i].heavy);
    EXPECT_EQ(operations[i].why, kOperations[i].why);
    EXPECT_EQ(operations[i].name, kOperations[i].name);
  }
}

TEST(LwgMessages, AnOperationAddsToABatchWhatItIsSaidToAdd) {
  const std::size_t none = encode(9, std::span<const Operation>{}).size();
  for (const Operation& operation : kOperations) {
    EXPECT_EQ(encode(9, std::span{&operation, 1}).size() - none, encoded_bytes(operation));
  }
}

Request watch(Pattern::Kind kind, std::string_view text) {
  return {.kind = Request::Kind::watch, .name = text, .pattern = kind};
}

TEST(LwgMessages, WatchesComeBackAsTheyWere) {
  const std::vector<Request> asked{watch(Pattern::Kind::wildcards, "a.*"), watch(Pattern::Kind::prefix, "")};
  const auto request_bytes = encode(9, asked);
  const auto requests = decode_light_message(request_bytes);
  ASSERT_TRUE(requests);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Request& request = std::get<RequestBatch>(*requests).requests[i];
    EXPECT_EQ(request.kind, Request::Kind::watch);
    EXPECT_EQ(pattern_of(request), pattern_of(asked[i]));
  }
  const std::vector<Operation> ordered{
      {.kind = Operation::Kind::unwatch, .rank = 300, .name = "a.>", .pattern = Pattern::Kind::wildcards}};
  const auto operation_bytes = encode(9, ordered);
  EXPECT_EQ(operation_bytes.size() - encode(9, std::span<const Operation>{}).size(), encoded_bytes(ordered.front()));
  const auto operations = decode_light_message(operation_bytes);
  ASSERT_TRUE(operations);
  const Operation& operation = std::get<OperationBatch>(*operations).operations.front();
  EXPECT_EQ(operation.kind, Operation::Kind::unwatch);
  EXPECT_EQ(operation.rank, 300);
  EXPECT_EQ(pattern_of(operation), Pattern::parse("a.>").value());
}

TEST(LwgMessages, WatchesOfNoPatternAreRefused) {
  const std::string longer(kSubjectBytesMax + 1, 'x');
  for (const Request& request : {watch(Pattern::Kind::wildcards, "a.b"), watch(Pattern::Kind::wildcards, "a..*"),
                                 watch(Pattern::Kind::topic, "a"), watch(Pattern::Kind::prefix, longer),
                                 watch(static_cast<Pattern::Kind>(3), "a.*")}) {
    EXPECT_FALSE(decode_light_message(encode(9, std::vector<Request>{request}))) << request.name;
  }
}

TEST(LwgMessages, MarkersVotesAndPartsComeBackAsTheyWere) {
  const auto marker = encode(Marker{4, 6});
  EXPECT_EQ(std::get<Marker>(*decode_light_message(marker)).epoch, 4U);
  EXPECT_EQ(std::get<Marker>(*decode_light_message(marker)).number, 6U);
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
  const auto join = [](std::string_view name) {
    return encode(9, std::vector<Request>{{Request::Kind::join, Role::subscriber, LightGroupId{7}, {}, 0, name}});
  };
  const auto creation = [](std::string_view name) {
    return encode(9, std::vector<Operation>{{Operation::Kind::create, LightGroupId{7}, 0, {}, GroupId{70}, {}, name}});
  };
  for (const auto& named : {join(longest), creation(longest)}) EXPECT_TRUE(decode_light_message(named));
  for (const auto& named : {join(longer), creation(longer), join(""), creation("")}) {
    EXPECT_FALSE(decode_light_message(named));
  }
}

TEST(LwgMessages, WhatIsCutShortOrTooLongIsRefused) {
  const std::vector<Request> requests{{Request::Kind::join, Role::publisher, LightGroupId{7}, {}, 0, "g"},
                                      {Request::Kind::release, Role::subscriber, {}, GroupId{70}, 3, {}}};
  for (const auto& whole :
       {encode(9, kOperations), encode(9, requests), encode(Marker{4, 6}), encode(LineageVote{{1, 2}, kA})}) {
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

// Two groups on two heavy-weight ones.
Directory example() {
  const View view{{1, 1}, {kA, kB}, {}};
  Directory directory;
  std::uint64_t number = 0;
  const auto apply = [&](const Operation& operation) {
    static_cast<void>(directory.apply(operation, view, {view.id, ++number}));
  };
  directory.arrange(GroupId{70}, {kA});
  directory.arrange(GroupId{71}, {kB, kA});
  apply({.kind = Operation::Kind::create, .group = {1}, .heavy = {70}, .why = PlacementReason::superset, .name = "g"});
  apply({.kind = Operation::Kind::add, .group = {1}, .rank = 0, .role = Role::publisher});
  apply({.kind = Operation::Kind::create, .group = {2}, .heavy = {71}, .name = "h"});
  apply({.kind = Operation::Kind::add, .group = {2}, .rank = 1});
  apply({.kind = Operation::Kind::add, .group = {2}, .rank = 0});
  apply({.kind = Operation::Kind::watch, .rank = 1, .name = "g.*", .pattern = Pattern::Kind::wildcards});
  apply({.kind = Operation::Kind::watch, .rank = 0, .name = "h", .pattern = Pattern::Kind::prefix});
  return directory;
}

TEST(LwgSnapshot, ComesBackAsItWas) {
  const Directory directory = example();
  const auto copy = decode_snapshot(encode_snapshot(directory));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->groups(), directory.groups());
  EXPECT_EQ(copy->heavies(), directory.heavies());
  EXPECT_EQ(copy->watchers(), directory.watchers());
  EXPECT_EQ(copy->watchers_of("g.a"), std::vector<NodeId>{kB});
  EXPECT_EQ(copy->digest(), directory.digest());
}

TEST(LwgSnapshot, OfAnEmptyDirectoryIsOneToo) {
  const auto copy = decode_snapshot(encode_snapshot(Directory{}));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->digest(), Directory{}.digest());
}

TEST(LwgSnapshot, DamagedBytesNeverDoHarm) {
  const auto whole = encode_snapshot(example());
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
