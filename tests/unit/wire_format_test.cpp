// FORMAT.md is the reference for other implementations: its examples must be, to the byte, what this one does.
#include <fstream>
#include <map>
#include <sstream>

#include "tests/unit/transport_helpers.hpp"
#include "transport/multicast/records.hpp"
#include "transport/ordering/total_order.hpp"
#include "transport/wire/greeting.hpp"

namespace hawser::wire {
namespace {

using namespace transport_test;

constexpr ViewId kView{7, 0x0123456789abcdef};

/// The ```hex blocks of FORMAT.md by name. Each line: offset, bytes, and after two spaces what they are.
std::map<std::string, std::vector<std::byte>> examples() {
  std::ifstream file{HAWSER_SOURCE_DIR "/transport/wire/FORMAT.md"};
  EXPECT_TRUE(file);
  std::map<std::string, std::vector<std::byte>> blocks;
  std::vector<std::byte>* block = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```hex ")) {
      block = &blocks[line.substr(7)];
    } else if (line.starts_with("```")) {
      block = nullptr;
    } else if (block != nullptr) {
      EXPECT_EQ(std::stoul(line.substr(0, 4), nullptr, 16), block->size()) << "a wrong offset: " << line;
      std::istringstream bytes{line.substr(6, line.find("  ", 6) - 6)};
      for (std::string byte; bytes >> byte;) block->push_back(static_cast<std::byte>(std::stoul(byte, nullptr, 16)));
    }
  }
  return blocks;
}

std::string hex(ByteView bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    text += "0123456789abcdef"[std::to_integer<unsigned>(bytes[at]) >> 4U];
    text += "0123456789abcdef"[std::to_integer<unsigned>(bytes[at]) & 15U];
    text += at % 16 == 15 ? '\n' : ' ';
  }
  return text;
}

/// What the example says in words.
template <typename Frame>
Frame described();
template <>
Beacon described() {
  return {0x1122334455667788, 4026531840, 4711, 212992};
}
template <>
Heartbeat described() {
  return {incarnations("BC")};
}
template <>
Probe described() {
  return {};
}
template <>
Leave described() {
  return {};
}
template <>
Proposal described() {
  return {{300}, kView, 1, true, false, node_ids("AB"), {{300}, {5}}};
}
template <>
Sync described() {
  return {{300},
          kView,
          {{node_id('B').incarnation, {4}}, {node_id('A').incarnation, {299}}},
          0,
          1,
          {{kControlGroup, kView, seqnos({17, 128}), {{0, {{19}, {20}}}}},
           {GroupId{9}, {kView.epoch << 32U, 5}, seqnos({3}), {}}},
          VotingState{{11}, 3, 2, 1, {1, {3, 5}, {{11}, {13}}}, {{2, kView, {{11}}}}}};
}
template <>
Completion described() {
  return {{kView, node_ids("BA"), {{4}, {299}}}};
}
template <>
RelayedSync described() {
  return {node_id('B'),
          {{5}, kView, {{node_id('B').incarnation, {4}}}, 1, 2, {{kControlGroup, kView, seqnos({9}), {}}}}};
}
template <>
Nak described() {
  return {kControlGroup, kView, 0, {{{19}, {19}}, {{200}, {211}}}};
}
template <>
Ack described() {
  return {kControlGroup, kView, {15}, 3, true, seqnos({18, 128}), {1}};
}

template <>
Greeting described() {
  return {true, false, false, {{9}}, {{11}}, {node_id('B').endpoint, node_id('C').endpoint}};
}
template <>
Traffic described() {
  return {{{9}, {11}}};
}

template <typename Frame>
const char* name_of_type();
template <>
const char* name_of_type<Beacon>() {
  return "beacon";
}
template <>
const char* name_of_type<Heartbeat>() {
  return "heartbeat";
}
template <>
const char* name_of_type<Probe>() {
  return "probe";
}
template <>
const char* name_of_type<Leave>() {
  return "leave";
}
template <>
const char* name_of_type<Proposal>() {
  return "proposal";
}
template <>
const char* name_of_type<Sync>() {
  return "sync";
}
template <>
const char* name_of_type<Completion>() {
  return "completion";
}
template <>
const char* name_of_type<RelayedSync>() {
  return "relayed_sync";
}
template <>
const char* name_of_type<Nak>() {
  return "nak";
}
template <>
const char* name_of_type<Ack>() {
  return "ack";
}
template <>
const char* name_of_type<Greeting>() {
  return "greeting";
}
template <>
const char* name_of_type<Traffic>() {
  return "traffic";
}

template <typename Frame>
class FormatOfEveryType : public testing::Test {};
using Types = testing::Types<Beacon, Heartbeat, Probe, Leave, Proposal, Sync, Completion, RelayedSync, Nak, Ack,
                             Greeting, Traffic>;
TYPED_TEST_SUITE(FormatOfEveryType, Types);

TYPED_TEST(FormatOfEveryType, IsEncodedAsDocumented) {
  const Buffer datagram = datagram_from('A', described<TypeParam>());
  EXPECT_EQ(hex(datagram.bytes()), hex(examples()[name_of_type<TypeParam>()]));
}

TYPED_TEST(FormatOfEveryType, IsDecodedAsDocumented) {
  const std::vector<std::byte> datagram = examples()[name_of_type<TypeParam>()];
  EXPECT_EQ(decode_header(datagram).header,
            (DatagramHeader{domain_digest("default"), node_id('A').incarnation, 1, 0, {}}));
  EXPECT_THAT(frames_in<TypeParam>(datagram), testing::ElementsAre(described<TypeParam>()));
}

// ---- Data ----

void append(std::vector<std::byte>& records, RecordKind kind, Piece piece, ByteView bytes, std::uint64_t message = 0) {
  std::vector<std::byte> header(record_header_size({kind, piece, message, bytes}));
  Writer writer{header};
  encode_record_header(kind, piece, message, bytes.size(), writer);
  records.insert(records.end(), header.begin(), header.end());
  records.insert(records.end(), bytes.begin(), bytes.end());
}

std::string datagram_of(std::uint64_t seqno, const std::vector<std::byte>& records) {
  Packer packer{domain_digest("default"), node_id('A').incarnation, 1472};
  return hex(packer.datagram_of({kControlGroup, kView, 0, {seqno}, {15}, records}).bytes());
}

TEST(FormatOfData, MessagesAndTheirOrderLieInItAsDocumented) {
  TotalOrder sequencer;
  sequencer.start_view(kView, 2, 0);
  sequencer.on_message({1, 0, {}, slice_of("add")});
  const std::vector<std::byte> sequence = sequencer.take_sequence(512);
  std::vector<std::byte> records;
  append(records, RecordKind::fifo, Piece::whole, bytes_of("tick"));
  append(records, RecordKind::total, Piece::whole, bytes_of("add"));
  append(records, RecordKind::sequence, Piece::whole, sequence);
  EXPECT_EQ(datagram_of(18, records), hex(examples()["data"]));
}

TEST(FormatOfData, PiecesLieInItAsDocumented) {
  std::vector<std::byte> records;
  append(records, RecordKind::fifo, Piece::first, bytes_of("haw"), 300);
  append(records, RecordKind::fifo, Piece::middle, bytes_of("se"));
  append(records, RecordKind::fifo, Piece::last, bytes_of("r"));
  EXPECT_EQ(datagram_of(19, records), hex(examples()["data_pieces"]));
}

TEST(FormatOfData, IsDecodedAsDocumented) {
  const std::vector<std::byte> datagram = examples()["data"];
  const std::vector<Data> frames = frames_in<Data>(datagram);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].view, kView);
  EXPECT_EQ(frames[0].origin, 0);
  EXPECT_EQ(frames[0].seqno, Seqno{18});
  EXPECT_EQ(frames[0].stable, Seqno{15});
  Reader reader{frames[0].records};
  EXPECT_EQ(text_of(next_record(reader)->bytes), "tick");
  EXPECT_EQ(text_of(next_record(reader)->bytes), "add");
  EXPECT_EQ(next_record(reader)->kind, RecordKind::sequence);
  EXPECT_TRUE(reader.done());
}

TEST(FormatOfData, EveryExampleIsChecked) {
  EXPECT_EQ(examples().size(), 14U) << "a frame type or example without a test";
}

}  // namespace
}  // namespace hawser::wire
