#include "transport/core/buffer.hpp"

#include <thread>

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;

TEST(Buffer, DefaultHasNoBytesAndIsFalse) {
  const Buffer none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.size(), 0U);
  EXPECT_EQ(none.capacity(), 0U);
  EXPECT_TRUE(none.bytes().empty());
}

TEST(Buffer, StartsEmptyAndGrowsWithinItsCapacity) {
  Buffer buffer = Buffer::allocate(8);
  EXPECT_TRUE(buffer);
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(buffer.capacity(), 8U);
  buffer.resize(8);
  EXPECT_EQ(buffer.bytes().size(), 8U);
}

TEST(Buffer, OfNoCapacityIsStillABuffer) {
  const Buffer buffer = Buffer::allocate(0);
  EXPECT_TRUE(buffer);
  EXPECT_TRUE(buffer.bytes().empty());
  EXPECT_TRUE(Buffer::copy_of({}));
}

TEST(Buffer, CopiesShareTheBytes) {
  const Buffer first = Buffer::copy_of(bytes_of("hawser"));
  const Buffer second = first;
  EXPECT_EQ(second.data(), first.data());
  EXPECT_EQ(text_of(second.bytes()), "hawser");
}

TEST(Buffer, LivesAsLongAsItsLastReference) {
  Buffer last;
  {
    Buffer first = Buffer::copy_of(bytes_of("hawser"));
    const Buffer copy = first;
    last = std::move(first);
  }
  EXPECT_EQ(text_of(last.bytes()), "hawser");
}

TEST(Buffer, AssignedToItselfStays) {
  Buffer buffer = Buffer::copy_of(bytes_of("hawser"));
  const Buffer& same = buffer;
  buffer = same;
  EXPECT_EQ(text_of(buffer.bytes()), "hawser");
}

TEST(BufferDeathTest, GrowingBeyondTheCapacityIsAnErrorOfProgramming) {
  Buffer buffer = Buffer::allocate(8);
  EXPECT_DEATH(buffer.resize(9), "HAWSER_CHECK");
  EXPECT_DEATH(Buffer{}.resize(0), "HAWSER_CHECK");
}

TEST(Slice, KeepsTheWholeBufferAlive) {
  Slice slice;
  {
    const Buffer buffer = Buffer::copy_of(bytes_of("a thick rope"));
    slice = Slice{buffer, buffer.bytes().subspan(2, 5)};
  }
  EXPECT_EQ(text_of(slice), "thick");
  EXPECT_EQ(text_of(slice.buffer().bytes()), "a thick rope");
}

TEST(Slice, PartsOfAPartReferToTheSameBytes) {
  const Slice whole = slice_of("a thick rope");
  const Slice tail = whole.subslice(8);
  EXPECT_EQ(text_of(tail), "rope");
  EXPECT_EQ(text_of(whole.subslice(tail.bytes().first(2))), "ro");
  EXPECT_EQ(tail.bytes().data(), whole.bytes().data() + 8);
}

// References are taken and dropped on several threads at once; the sanitizers see a count that went wrong.
TEST(BufferThreads, ReferencesMayBeCopiedAndDroppedAnywhere) {
  constexpr int kThreads = 4;
  constexpr int kCopies = 20000;
  Slice slice = slice_of("hawser");
  std::vector<std::thread> threads;
  std::vector<std::size_t> bytes_seen(kThreads);
  for (std::size_t& seen : bytes_seen) {
    threads.emplace_back([slice, &seen] {
      for (int i = 0; i < kCopies; ++i) {
        const Slice copy = slice;
        seen += copy.subslice(0).size();
      }
    });
  }
  slice = {};  // The threads' references are all that is left.
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(bytes_seen, testing::Each(6U * kCopies));
}

}  // namespace
}  // namespace hawser
