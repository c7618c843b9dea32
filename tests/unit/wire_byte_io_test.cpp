#include "transport/wire/byte_io.hpp"

#include <array>

#include "tests/unit/transport_helpers.hpp"

namespace hawser {
namespace {

using namespace transport_test;
using testing::ElementsAreArray;

std::vector<std::uint8_t> varint_bytes(std::uint64_t value) {
  std::array<std::byte, 10> space{};
  Writer writer{space};
  writer.varint(value);
  std::vector<std::uint8_t> bytes;
  for (const std::byte byte : writer.written()) bytes.push_back(std::to_integer<std::uint8_t>(byte));
  return bytes;
}

/// What a varint of these bytes reads as; nothing where it is malformed.
std::optional<std::uint64_t> read_varint(const std::vector<std::uint8_t>& bytes) {
  Reader reader{std::as_bytes(std::span{bytes})};
  const std::uint64_t value = reader.varint();
  if (!reader.done()) return std::nullopt;
  return value;
}

TEST(ByteIo, NumbersAreLittleEndian) {
  std::array<std::byte, 15> space{};
  Writer writer{space};
  writer.number(std::uint8_t{0x01});
  writer.number(std::uint16_t{0x0203});
  writer.number(std::uint32_t{0x04050607});
  writer.number(std::uint64_t{0x08090a0b0c0d0e0f});
  EXPECT_EQ(text_of(writer.written()), "\x01\x03\x02\x07\x06\x05\x04\x0f\x0e\x0d\x0c\x0b\x0a\x09\x08");
  EXPECT_EQ(writer.room(), 0U);

  Reader reader{space};
  EXPECT_EQ(reader.number<std::uint8_t>(), 0x01U);
  EXPECT_EQ(reader.number<std::uint16_t>(), 0x0203U);
  EXPECT_EQ(reader.number<std::uint32_t>(), 0x04050607U);
  EXPECT_EQ(reader.number<std::uint64_t>(), 0x08090a0b0c0d0e0fU);
  EXPECT_TRUE(reader.done());
}

TEST(ByteIo, VarintsTakeSevenBitsAByte) {
  EXPECT_THAT(varint_bytes(0), ElementsAreArray({0x00}));
  EXPECT_THAT(varint_bytes(127), ElementsAreArray({0x7f}));
  EXPECT_THAT(varint_bytes(128), ElementsAreArray({0x80, 0x01}));
  EXPECT_THAT(varint_bytes(300), ElementsAreArray({0xac, 0x02}));
  EXPECT_THAT(varint_bytes(UINT64_MAX), ElementsAreArray({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
}

TEST(ByteIo, VarintsSurviveTheWayAtEveryLength) {
  for (unsigned bits = 0; bits <= 63; ++bits) {
    for (const std::uint64_t value : {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1, UINT64_MAX >> bits}) {
      const std::vector<std::uint8_t> bytes = varint_bytes(value);
      EXPECT_EQ(bytes.size(), varint_size(value)) << value;
      EXPECT_EQ(read_varint(bytes), value);
    }
  }
}

TEST(ByteIo, AVarintThatIsCutShortIsBad) {
  for (std::size_t length = 0; length < 10; ++length) {
    EXPECT_EQ(read_varint(std::vector<std::uint8_t>(length, 0xff)), std::nullopt) << length;
  }
}

TEST(ByteIo, AVarintOfMoreThan64BitsIsBad) {
  std::vector<std::uint8_t> bytes(9, 0xff);
  bytes.push_back(0x02);
  EXPECT_EQ(read_varint(bytes), std::nullopt);
  bytes.back() = 0x81;  // says that an eleventh byte follows
  bytes.push_back(0x00);
  EXPECT_EQ(read_varint(bytes), std::nullopt);
}

// Padding is harmless where a value is read; nothing may rely on one value having one encoding.
TEST(ByteIo, APaddedVarintReadsAsItsValue) { EXPECT_EQ(read_varint({0x85, 0x80, 0x00}), 5U); }

TEST(ByteIo, AReaderStaysBadOnceItReadPastTheEnd) {
  Reader reader{bytes_of("abc")};
  EXPECT_EQ(reader.number<std::uint32_t>(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.number<std::uint8_t>(), 0U);
  EXPECT_TRUE(reader.rest().empty());
  EXPECT_FALSE(reader.done());
}

TEST(ByteIo, AReaderIsDoneOnlyAtTheLastByte) {
  Reader reader{bytes_of("abc")};
  EXPECT_EQ(text_of(reader.bytes(2)), "ab");
  EXPECT_TRUE(reader.ok());
  EXPECT_FALSE(reader.done());
  EXPECT_EQ(text_of(reader.rest()), "c");
  EXPECT_TRUE(reader.done());
}

TEST(ByteIo, TextCarriesItsLength) {
  std::array<std::byte, 16> space{};
  Writer writer{space};
  writer.text("rope");
  writer.text("");
  Reader reader{writer.written()};
  EXPECT_EQ(reader.text(), "rope");
  EXPECT_EQ(reader.text(), "");
  EXPECT_TRUE(reader.done());
}

TEST(ByteIo, TextLongerThanWhatIsLeftIsBad) {
  Reader reader{bytes_of("\x05rope")};
  EXPECT_EQ(reader.text(), "");
  EXPECT_FALSE(reader.ok());
}

TEST(ByteIo, ACountThatCannotFitIsBad) {
  Reader fits{
      bytes_of("\x02"
               "12345678")};
  EXPECT_EQ(fits.count(4), 2U);
  EXPECT_TRUE(fits.ok());
  Reader too_many{
      bytes_of("\x03"
               "12345678")};
  EXPECT_EQ(too_many.count(4), 0U);
  EXPECT_FALSE(too_many.ok());
  const std::vector<std::uint8_t> huge = varint_bytes(UINT64_MAX);
  Reader reader{std::as_bytes(std::span{huge})};
  EXPECT_EQ(reader.count(1), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteIo, APatchOverwritesWhatWasWritten) {
  std::array<std::byte, 4> space{};
  Writer writer{space};
  writer.bytes(bytes_of("abcd"));
  writer.patch(1, std::uint16_t{0x7a79});
  EXPECT_EQ(text_of(writer.written()), "ayzd");
}

TEST(ByteIoDeathTest, WritingPastTheEndIsAnErrorOfProgramming) {
  std::array<std::byte, 3> space{};
  Writer writer{space};
  EXPECT_DEATH(writer.number(std::uint32_t{1}), "HAWSER_CHECK");
  writer.number(std::uint16_t{1});
  EXPECT_DEATH(writer.patch(1, std::uint16_t{1}), "HAWSER_CHECK");
}

}  // namespace
}  // namespace hawser
