#include "transport/wire/long_frames.hpp"

#include "tests/unit/transport_helpers.hpp"
#include "transport/wire/packer.hpp"

namespace hawser::wire {
namespace {

using namespace transport_test;

constexpr std::size_t kDatagramBytes = 300;

class LongFramesTest : public testing::Test {
 protected:
  /// A heartbeat of somebody who hears so many, as it goes out.
  std::vector<FramePiece> pieces_of_heartbeat(std::size_t hears) {
    Heartbeat heartbeat;
    for (std::uint64_t i = 1; i <= hears; ++i) heartbeat.heard.push_back({i});
    out_ = {};
    packer_.send(Destination::to_group(kControlGroup), heartbeat, out_);
    std::vector<FramePiece> pieces;
    for (const OutboundDatagram& datagram : out_.control) {
      EXPECT_LE(datagram.bytes.size(), kDatagramBytes);
      Reader reader{datagram.bytes.bytes().subspan(kHeaderBytes)};
      while (const auto frame = next_frame(reader)) {
        if (const auto piece = decode_body<FramePiece>(frame->body)) pieces.push_back(*piece);
      }
    }
    return pieces;
  }
  static std::size_t hears(const std::optional<Buffer>& whole) {
    if (!whole) return 0;
    Reader reader{whole->bytes()};
    const auto frame = next_frame(reader);
    EXPECT_TRUE(reader.done());
    return frame && frame->type == FrameType::heartbeat ? decode_body<Heartbeat>(frame->body)->heard.size() : 0;
  }

  static constexpr Incarnation kSender{7};
  Packer packer_{1, kSender, kDatagramBytes};
  Outbox out_;
  LongFrames frames_;
};

TEST_F(LongFramesTest, WhatFitsIsNotCut) { EXPECT_TRUE(pieces_of_heartbeat(20).empty()); }

TEST_F(LongFramesTest, AFrameIsWholeWithItsLastPieceInWhateverOrderTheyCome) {
  const std::vector<FramePiece> pieces = pieces_of_heartbeat(100);
  ASSERT_EQ(pieces.size(), 4U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, pieces[2])), 0U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, pieces[0])), 0U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, pieces[2])), 0U) << "a duplicate";
  EXPECT_EQ(hears(frames_.on_piece(kSender, pieces[3])), 0U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, pieces[1])), 100U);
}

TEST_F(LongFramesTest, FramesOfOneSenderAndOfOthersDoNotMix) {
  const std::vector<FramePiece> first = pieces_of_heartbeat(50);
  const Outbox kept = std::exchange(out_, {});
  const std::vector<FramePiece> second = pieces_of_heartbeat(60);
  ASSERT_EQ(first.size(), 2U);
  ASSERT_EQ(second.size(), 3U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, first[0])), 0U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, second[1])), 0U);
  EXPECT_EQ(hears(frames_.on_piece({8}, first[1])), 0U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, second[0])), 0U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, first[1])), 50U);
  EXPECT_EQ(hears(frames_.on_piece(kSender, second[2])), 60U);
}

TEST_F(LongFramesTest, TheOldestGivesWay) {
  const FramePiece piece{1, 0, 2, bytes_of("x")};
  EXPECT_FALSE(frames_.on_piece(kSender, piece));
  for (std::uint32_t number = 2; number < 2 + kIncompleteMax; ++number) {
    EXPECT_FALSE(frames_.on_piece(kSender, {number, 0, 2, bytes_of("x")}));
  }
  EXPECT_FALSE(frames_.on_piece(kSender, {1, 1, 2, bytes_of("y")}));
  EXPECT_TRUE(frames_.on_piece(kSender, {1 + kIncompleteMax, 1, 2, bytes_of("y")}));
}

TEST_F(LongFramesTest, PiecesThatMakeNoSenseAreMalformed) {
  const auto decodes = [](std::uint16_t index, std::uint16_t count, std::string_view bytes) {
    const FramePiece piece{1, index, count, bytes_of(bytes)};
    std::vector<std::byte> body(body_size(piece));
    Writer writer{body};
    encode_body(piece, writer);
    return decode_body<FramePiece>(body).has_value();
  };
  EXPECT_TRUE(decodes(1, 2, "x"));
  EXPECT_FALSE(decodes(2, 2, "x"));
  EXPECT_FALSE(decodes(0, 1, "x"));
  EXPECT_FALSE(decodes(0, kPiecesMax + 1, "x"));
  EXPECT_FALSE(decodes(0, 2, ""));
}

}  // namespace
}  // namespace hawser::wire
