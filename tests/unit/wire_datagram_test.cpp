#include "transport/wire/datagram.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser::wire {
namespace {

using namespace transport_test;

DatagramHeader some_header() {
  DatagramHeader header{0x1122334455667788, {0x99aabbccddeeff00}, 0x0102030405060708, 0xa1b2c3d4, {}};
  for (std::size_t i = 0; i < header.tag.size(); ++i) header.tag[i] = static_cast<std::byte>(0xf0 + i);
  return header;
}

std::vector<std::byte> datagram_with(const DatagramHeader& header) {
  std::vector<std::byte> datagram(kHeaderBytes);
  encode_header(header, datagram);
  return datagram;
}

TEST(DatagramHeader, SurvivesTheWay) {
  const DecodedHeader decoded = decode_header(datagram_with(some_header()));
  EXPECT_EQ(decoded.fault, HeaderFault::none);
  EXPECT_EQ(decoded.version, kVersion);
  EXPECT_EQ(decoded.header, some_header());
}

TEST(DatagramHeader, BeginsWithHWSRAndTheVersion) {
  EXPECT_EQ(text_of(datagram_with(some_header())).substr(0, 8), std::string("HWSR\x01\0\0\0", 8));
}

TEST(DatagramHeader, OneThatIsCutShortIsNotOurs) {
  const std::vector<std::byte> datagram = datagram_with(some_header());
  for (std::size_t length = 0; length < kHeaderBytes; ++length) {
    EXPECT_EQ(decode_header(std::span{datagram}.first(length)).fault, HeaderFault::not_hawser) << length;
  }
}

TEST(DatagramHeader, AnotherMagicIsNotOurs) {
  for (std::size_t at = 0; at < 4; ++at) {
    std::vector<std::byte> datagram = datagram_with(some_header());
    datagram[at] ^= std::byte{0x20};
    EXPECT_EQ(decode_header(datagram).fault, HeaderFault::not_hawser) << at;
  }
}

TEST(DatagramHeader, AnotherVersionIsToldAndNotRead) {
  std::vector<std::byte> datagram = datagram_with(some_header());
  datagram[4] = std::byte{2};
  const DecodedHeader decoded = decode_header(datagram);
  EXPECT_EQ(decoded.fault, HeaderFault::other_version);
  EXPECT_EQ(decoded.version, 2);
}

TEST(DatagramHeader, FlagsAndReservedBytesAreNotLookedAt) {
  std::vector<std::byte> datagram = datagram_with(some_header());
  datagram[5] = datagram[6] = datagram[7] = std::byte{0xff};
  EXPECT_EQ(decode_header(datagram).header, some_header());
}

TEST(DatagramHeader, LeavesWhatFollowsAlone) {
  std::vector<std::byte> datagram(kHeaderBytes + 4, std::byte{0x55});
  encode_header(some_header(), datagram);
  EXPECT_THAT(std::vector(datagram.begin() + kHeaderBytes, datagram.end()), testing::Each(std::byte{0x55}));
}

TEST(DomainDigest, KeepsNamesApart) {
  EXPECT_EQ(domain_digest("default"), domain_digest("default"));
  EXPECT_NE(domain_digest("default"), domain_digest("Default"));
  EXPECT_NE(domain_digest("a"), domain_digest(""));
  EXPECT_NE(domain_digest("ab"), domain_digest("ba"));
}

}  // namespace
}  // namespace hawser::wire
