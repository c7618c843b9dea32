#include "transport/multicast/fragments.hpp"

#include "tests/unit/transport_helpers.hpp"
#include "transport/core/limits.hpp"

namespace hawser {
namespace {

using namespace transport_test;

class ReassemblerTest : public testing::Test {
 protected:
  std::optional<std::string> piece(Piece piece, std::string_view text, std::uint64_t message_bytes = 0) {
    const auto message = reassembler_.on_piece({RecordKind::fifo, piece, message_bytes, bytes_of(text)});
    if (!message) return std::nullopt;
    return text_of(*message);
  }
  Reassembler reassembler_;
};

TEST_F(ReassemblerTest, PutsPiecesTogether) {
  EXPECT_EQ(piece(Piece::first, "a thi", 12), std::nullopt);
  EXPECT_EQ(piece(Piece::middle, "ck r"), std::nullopt);
  EXPECT_EQ(piece(Piece::last, "ope"), "a thick rope");
}

TEST_F(ReassemblerTest, OneMessageFollowsAnother) {
  for (int i = 0; i < 2; ++i) {
    piece(Piece::first, "ha", 6);
    EXPECT_EQ(piece(Piece::last, "wser"), "hawser");
  }
}

TEST_F(ReassemblerTest, PiecesOfAMessageThatNeverBeganAreDropped) {
  EXPECT_EQ(piece(Piece::middle, "ck r"), std::nullopt);
  EXPECT_EQ(piece(Piece::last, "ope"), std::nullopt);
}

TEST_F(ReassemblerTest, ABeginningForgetsWhatWasBegun) {
  piece(Piece::first, "lost", 8);
  piece(Piece::first, "ha", 6);
  EXPECT_EQ(piece(Piece::last, "wser"), "hawser");
}

TEST_F(ReassemblerTest, ResetForgetsWhatWasBegun) {
  piece(Piece::first, "ha", 6);
  reassembler_.reset();
  EXPECT_EQ(piece(Piece::last, "wser"), std::nullopt);
}

TEST_F(ReassemblerTest, AMessageLongerThanItSaidIsDropped) {
  piece(Piece::first, "ha", 5);
  EXPECT_EQ(piece(Piece::last, "wser"), std::nullopt);
  EXPECT_EQ(piece(Piece::first, "hawser", 5), std::nullopt);
  EXPECT_EQ(piece(Piece::last, ""), std::nullopt);
}

TEST_F(ReassemblerTest, AMessageShorterThanItSaidIsDropped) {
  piece(Piece::first, "ha", 7);
  EXPECT_EQ(piece(Piece::last, "wser"), std::nullopt);
}

TEST_F(ReassemblerTest, AMessageBeyondTheLimitIsDroppedWhole) {
  piece(Piece::first, "ha", 6);
  EXPECT_EQ(piece(Piece::first, "too", kMessageBytesMax + 1), std::nullopt);
  EXPECT_EQ(piece(Piece::last, "wser"), std::nullopt) << "its end is not the end of the one before";
}

}  // namespace
}  // namespace hawser
