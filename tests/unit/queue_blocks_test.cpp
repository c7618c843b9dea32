#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <thread>
#include <vector>

#include "pubsub-api/src/bus/application_queue_blocks.hpp"

namespace hawser {
namespace {

void put(BlockChain& chain, std::uint64_t value, std::size_t bytes = sizeof(std::uint64_t)) {
  std::byte* record = chain.reserve(bytes);
  std::memcpy(record, &value, sizeof value);
  BlockChain::commit(record, bytes);
}

std::uint64_t take(BlockChain& chain) {
  std::uint64_t value = 0;
  std::memcpy(&value, chain.front(), sizeof value);
  chain.pop();
  return value;
}

TEST(QueueBlocks, AnEmptyChainHasNoFront) {
  const BlockChain chain;
  EXPECT_EQ(chain.front(), nullptr);
}

TEST(QueueBlocks, RecordsComeOutInTheOrderOfTheirReservation) {
  BlockChain chain;
  std::byte* first = chain.reserve(8);
  put(chain, 2);
  EXPECT_EQ(chain.front(), nullptr) << "the first is not committed, so the second has to wait";

  const std::uint64_t one = 1;
  std::memcpy(first, &one, sizeof one);
  BlockChain::commit(first, 8);

  EXPECT_EQ(take(chain), 1U);
  EXPECT_EQ(take(chain), 2U);
  EXPECT_EQ(chain.front(), nullptr);
}

TEST(QueueBlocks, RecordsOfAllSizesSurviveManyLapsThroughTheBlocks) {
  BlockChain chain;
  std::uint64_t put_in = 0;
  std::uint64_t taken = 0;
  for (int lap = 0; lap < 200; ++lap) {
    for (std::size_t bytes = 8; bytes <= BlockChain::kRecordBytesMax; bytes = bytes * 3 + 5)
      put(chain, put_in++, bytes);
    while (chain.front() != nullptr) EXPECT_EQ(take(chain), taken++);
  }
  EXPECT_EQ(taken, put_in);
}

TEST(QueueBlocks, ABlockThatIsFilledToItsLastByteIsFollowedByTheNext) {
  constexpr std::size_t kPayload = BlockChain::kRecordBytesMax - BlockChain::kRecordHeaderBytes;
  constexpr std::uint64_t kRecords = 3 * BlockChain::kBlockBytes / BlockChain::kRecordBytesMax;
  static_assert(BlockChain::kBlockBytes % (kPayload + BlockChain::kRecordHeaderBytes) == 0);
  BlockChain chain;
  for (std::uint64_t i = 0; i < kRecords; ++i) put(chain, i, kPayload);
  for (std::uint64_t i = 0; i < kRecords; ++i) EXPECT_EQ(take(chain), i);
  EXPECT_EQ(chain.front(), nullptr);
}

TEST(QueueBlocks, ThreadsLoseNothingAndKeepTheirOrder) {
  constexpr std::uint64_t kProducers = 4;
  constexpr std::uint64_t kRecordsEach = 40000;
  BlockChain chain;
  std::vector<std::thread> producers;
  for (std::uint64_t producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&chain, producer] {
      for (std::uint64_t i = 0; i < kRecordsEach; ++i) put(chain, producer << 32U | i, 8 + (i * 37 + producer) % 700);
    });
  }
  std::vector<std::uint64_t> next(kProducers, 0);
  for (std::uint64_t taken = 0; taken < kProducers * kRecordsEach;) {
    if (chain.front() == nullptr) {
      std::this_thread::yield();
      continue;
    }
    const std::uint64_t value = take(chain);
    ASSERT_EQ(value & 0xffffffffU, next[value >> 32U]++);
    ++taken;
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(chain.front(), nullptr);
}

}  // namespace
}  // namespace hawser
