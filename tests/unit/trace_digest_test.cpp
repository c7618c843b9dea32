#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "pubsub-api/src/trace/trace.hpp"

namespace hawser {
namespace {

ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

TEST(TraceDigest, OfPartsIsThatOfTheirConcatenation) {
  const std::array<ByteView, 3> parts{bytes_of("one"), ByteView{}, bytes_of(" two")};
  EXPECT_EQ(digest_of(parts), digest_of(bytes_of("one two")));
}

TEST(TraceDigest, IsTheSameOnEveryMachine) {
  EXPECT_EQ(digest_of(ByteView{}), 0x2d06800538d394c2U);  // XXH3's own test vector.
  EXPECT_NE(digest_of(bytes_of("a")), digest_of(bytes_of("b")));
}

}  // namespace
}  // namespace hawser
