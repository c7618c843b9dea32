// What the tests of transport share: nodes, bytes and times in few words, and the frames inside a datagram.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/time.hpp"
#include "transport/wire/datagram.hpp"
#include "transport/wire/frames.hpp"
#include "transport/wire/long_frames.hpp"
#include "transport/wire/packer.hpp"

namespace hawser::transport_test {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// When the tests' virtual time begins: not at zero, which means nothing to a node.
inline constexpr Time kStart{std::chrono::hours{1}};

/// Nodes are called 'A', 'B', …; a later letter has the higher id.
inline NodeId node_id(char name) {
  const auto number = static_cast<std::uint16_t>(name - 'A' + 1);
  return {Incarnation{0x100U + number}, Endpoint{0x7f000001, static_cast<std::uint16_t>(40000 + number)}};
}
inline char name_of(const NodeId& node) { return static_cast<char>('A' + (node.incarnation.value - 0x101U)); }

inline std::vector<NodeId> node_ids(std::string_view names) {
  std::vector<NodeId> nodes;
  for (const char name : names) nodes.push_back(node_id(name));
  return nodes;
}
inline std::string names_of(const std::vector<NodeId>& nodes) {
  std::string names;
  for (const NodeId& node : nodes) names += name_of(node);
  return names;
}
inline std::vector<Incarnation> incarnations(std::string_view names) {
  std::vector<Incarnation> all;
  for (const char name : names) all.push_back(node_id(name).incarnation);
  return all;
}
inline std::vector<Seqno> seqnos(std::initializer_list<std::uint64_t> values) {
  std::vector<Seqno> all;
  for (const std::uint64_t value : values) all.push_back({value});
  return all;
}

inline ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }
inline std::string text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline std::string text_of(const Slice& slice) { return text_of(slice.bytes()); }
inline Slice slice_of(std::string_view text) { return Slice{Buffer::copy_of(bytes_of(text))}; }

/// A frame's body as it lies in a datagram.
template <typename Frame>
std::vector<std::byte> body_of(const Frame& frame) {
  std::vector<std::byte> body(wire::body_size(frame));
  Writer writer{body};
  wire::encode_body(frame, writer);
  EXPECT_EQ(writer.room(), 0U) << "body_size() promises more than encode_body() writes";
  return body;
}
/// The bytes of a data frame's body; `data.records` included.
inline std::vector<std::byte> body_of(const wire::Data& data) {
  std::vector<std::byte> body(wire::kDataPreambleBytes);
  wire::encode_data_preamble(data, body);
  body.insert(body.end(), data.records.begin(), data.records.end());
  return body;
}

/// A datagram as `from` would send it.
template <typename Frame>
Buffer datagram_from(char from, const Frame& frame, std::string_view domain = "default") {
  wire::Packer packer{wire::domain_digest(domain), node_id(from).incarnation, 1472};
  Outbox out;
  packer.send(Destination::to_group(kControlGroup), frame, out);
  return out.control.at(0).bytes;
}

/// The frames of one type in a datagram. Data frames' records refer to `datagram`.
template <typename Frame>
std::vector<Frame> frames_in(ByteView datagram) {
  std::vector<Frame> frames;
  Reader reader{datagram.subspan(wire::kHeaderBytes)};
  while (const auto raw = wire::next_frame(reader)) {
    if (raw->type != Frame::kType) continue;
    auto frame = wire::decode_body<Frame>(raw->body);
    EXPECT_TRUE(frame) << "a datagram of ours does not decode";
    if (frame) frames.push_back(std::move(*frame));
  }
  EXPECT_TRUE(reader.done());
  return frames;
}
/// Long ones too, whose pieces are all there.
template <typename Frame>
std::vector<Frame> frames_in(const std::vector<OutboundDatagram>& datagrams) {
  std::vector<Frame> frames;
  wire::LongFrames long_frames;
  for (const OutboundDatagram& datagram : datagrams) {
    for (Frame& frame : frames_in<Frame>(datagram.bytes.bytes())) frames.push_back(std::move(frame));
    for (const wire::FramePiece& piece : frames_in<wire::FramePiece>(datagram.bytes.bytes())) {
      const auto whole = long_frames.on_piece({}, piece);
      if (!whole) continue;
      Reader reader{whole->bytes()};
      const auto raw = wire::next_frame(reader);
      EXPECT_TRUE(raw);
      if (raw && raw->type == Frame::kType) frames.push_back(wire::decode_body<Frame>(raw->body).value());
    }
  }
  return frames;
}

}  // namespace hawser::transport_test
