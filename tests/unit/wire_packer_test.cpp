#include "transport/wire/packer.hpp"

#include "tests/unit/transport_helpers.hpp"

namespace hawser::wire {
namespace {

using namespace transport_test;
using testing::ElementsAre;
using testing::SizeIs;

const Destination kEveryone = Destination::to_group(kControlGroup);
const Destination kOne = Destination::to_node(node_id('B').endpoint);

class PackerTest : public testing::Test {
 protected:
  [[nodiscard]] DatagramHeader header(std::size_t index) const {
    return decode_header(out_.control.at(index).bytes.bytes()).header;
  }
  Packer packer_{0xd0, {0x5e1f}, 200};
  Outbox out_;
};

TEST_F(PackerTest, FramesForOneDestinationShareADatagram) {
  packer_.send(kEveryone, Heartbeat{incarnations("A")}, out_);
  packer_.send(kEveryone, Leave{}, out_);
  ASSERT_THAT(out_.control, SizeIs(1));
  EXPECT_EQ(out_.control[0].destination, kEveryone);
  EXPECT_THAT(frames_in<Heartbeat>(out_.control), ElementsAre(Heartbeat{incarnations("A")}));
  EXPECT_THAT(frames_in<Leave>(out_.control), SizeIs(1));
  EXPECT_TRUE(out_.data.empty());
}

TEST_F(PackerTest, AnotherDestinationInBetweenDoesNotSplitThem) {
  packer_.send(kEveryone, Leave{}, out_);
  packer_.send(kOne, Probe{}, out_);
  packer_.send(kEveryone, Leave{}, out_);
  ASSERT_THAT(out_.control, SizeIs(2));
  EXPECT_THAT(frames_in<Leave>(out_.control[0].bytes.bytes()), SizeIs(2));
  EXPECT_EQ(out_.control[1].destination, kOne);
}

TEST_F(PackerTest, AFullDatagramIsFollowedByAnother) {
  const Beacon beacon{1, 2, 3, 4};
  for (int i = 0; i < 6; ++i) packer_.send(kEveryone, beacon, out_);  // 28 bytes each: five fit beside the header
  ASSERT_THAT(out_.control, SizeIs(2));
  EXPECT_EQ(out_.control[0].bytes.size(), kHeaderBytes + 5 * 28);
  EXPECT_THAT(frames_in<Beacon>(out_.control), SizeIs(6));
}

TEST_F(PackerTest, AFrameFillsADatagramToTheLastByte) {
  Heartbeat heartbeat;
  heartbeat.heard.resize((200 - kHeaderBytes - kFrameHeaderBytes - 1) / 8);
  for (std::size_t i = 0; i < heartbeat.heard.size(); ++i) heartbeat.heard[i] = {i};
  packer_.send(kEveryone, heartbeat, out_);
  EXPECT_THAT(out_.control, SizeIs(1));
  EXPECT_LE(out_.control[0].bytes.size(), 200U);
}

TEST_F(PackerTest, AFrameLongerThanADatagramGoesOutInPieces) {
  Heartbeat heartbeat;
  for (std::uint64_t i = 0; i < 100; ++i) heartbeat.heard.push_back({i});
  packer_.send(kEveryone, Leave{}, out_);
  packer_.send(kEveryone, heartbeat, out_);
  EXPECT_GT(out_.control.size(), 4U);
  for (const OutboundDatagram& datagram : out_.control) EXPECT_LE(datagram.bytes.size(), 200U);
  EXPECT_THAT(frames_in<Heartbeat>(out_.control), ElementsAre(heartbeat));
}

TEST_F(PackerTest, EveryDatagramHasItsHeaderAndANumberOfItsOwn) {
  packer_.send(kEveryone, Leave{}, out_);
  packer_.send(kOne, Probe{}, out_);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(header(i).domain, 0xd0U);
    EXPECT_EQ(header(i).sender, Incarnation{0x5e1f});
    EXPECT_EQ(header(i).key_epoch, 0U);
  }
  EXPECT_LT(header(0).counter, header(1).counter);
}

TEST_F(PackerTest, APacketOfDataGetsADatagramOfItsOwn) {
  const Buffer datagram = packer_.datagram_of(Data{{3}, {7, 8}, 2, {5}, {4}, bytes_of("records")});
  EXPECT_EQ(decode_header(datagram.bytes()).header.sender, Incarnation{0x5e1f});
  const std::vector<Data> frames = frames_in<Data>(datagram.bytes());
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_EQ(frames[0].seqno, Seqno{5});
  EXPECT_EQ(text_of(frames[0].records), "records");
}

}  // namespace
}  // namespace hawser::wire
