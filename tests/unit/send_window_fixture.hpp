// A send window with packets of 200 bytes, and what comes out of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/transport_helpers.hpp"
#include "transport/multicast/send_window.hpp"

namespace hawser::transport_test {

inline constexpr std::size_t kOverhead = wire::kHeaderBytes + wire::kFrameHeaderBytes + wire::kDataPreambleBytes;
inline constexpr std::size_t kRecordBytesMax = 102;  // in a datagram of 200 bytes
static_assert(kOverhead + kRecordBytesMax == 200);

/// What a taken packet says of itself on the wire.
struct Taken {
  wire::Data data;
  Buffer datagram;
  std::vector<std::string> records;  // whole messages as they are, pieces as "first:…", "middle:…", "last:…"
};

inline std::string shown(const Record& record) {
  const char* const prefixes[] = {"", "first:", "middle:", "last:"};
  return prefixes[static_cast<std::size_t>(record.piece)] + text_of(record.bytes);
}

class SendWindowTest : public testing::Test {
 protected:
  SendWindowTest() {
    window_.start_view({7, 8}, 2);
    window_.set_credit(1U << 20U);
  }
  Status try_append(std::string_view text, RecordKind kind = RecordKind::fifo) {
    const ByteView part = bytes_of(text);
    return window_.append(kind, std::span{&part, 1});
  }
  void append(std::string_view text, RecordKind kind = RecordKind::fifo) { EXPECT_TRUE(try_append(text, kind)); }
  std::optional<Taken> take(bool flush = true) {
    Packet packet;
    Seqno seqno;
    if (!window_.take(flush, packet, seqno)) return std::nullopt;
    EXPECT_LE(packet.datagram.size(), 200U);
    const std::vector<wire::Data> frames = frames_in<wire::Data>(packet.datagram.bytes());
    EXPECT_THAT(frames, testing::SizeIs(1));
    EXPECT_EQ(frames[0].seqno, seqno);
    EXPECT_EQ(text_of(frames[0].records), text_of(packet.records()));
    Taken taken{frames[0], packet.datagram, {}};
    Reader reader{frames[0].records};
    while (const auto record = next_record(reader)) {
      taken.records.push_back(shown(*record));
      kinds_.push_back(record->kind);
    }
    EXPECT_TRUE(reader.done());
    return taken;
  }
  /// The records of all packets that go out now, a list a packet.
  std::vector<std::vector<std::string>> take_all() {
    std::vector<std::vector<std::string>> packets;
    while (auto taken = take()) packets.push_back(taken->records);
    return packets;
  }
  static std::string long_text(std::size_t bytes, char first = 'a') {
    std::string text(bytes, first);
    for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(first + static_cast<char>(i % 26));
    return text;
  }

  SendWindow window_{GroupId{3}, {200, 2000}};
  std::vector<RecordKind> kinds_;
};

}  // namespace hawser::transport_test
